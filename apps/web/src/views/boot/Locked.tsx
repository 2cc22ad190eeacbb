import { useState } from "react";
import { Button } from "../kit/Button.tsx";
import { Field } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Solo } from "./Solo.tsx";

export function Locked({ onUnlock }: { readonly onUnlock: (passphrase: string) => Promise<boolean> }) {
  const { t } = useWords();
  const [passphrase, setPassphrase] = useState("");
  const [isWrong, setWrong] = useState(false);
  const unlock = useAct(async () => {
    const isRight = await onUnlock(passphrase);
    setWrong(!isRight);
    if (!isRight) setPassphrase("");
  });
  return (
    <Solo isHero>
      <h1>{t("locked.title")}</h1>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          unlock.run();
        }}
      >
        <Field
          label={t("locked.passphrase")}
          type="password"
          autoComplete="current-password"
          autoFocus
          value={passphrase}
          onChange={(next) => {
            setPassphrase(next);
            setWrong(false);
          }}
          error={unlock.error ?? (isWrong ? t("locked.wrong") : undefined)}
        />
        <Button type="submit" look="main" size="wide" isDisabled={passphrase === ""} isPending={unlock.isRunning}>
          {unlock.isRunning ? t("locked.unlocking") : t("locked.unlock")}
        </Button>
      </form>
    </Solo>
  );
}
