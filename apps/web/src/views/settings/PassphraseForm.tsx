import { useState } from "react";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

const MIN_CHARACTERS = 8;

export interface PassphraseFormProps {
  readonly hasPassphrase: boolean;
  readonly onChange: (change: { readonly present?: string; readonly next: string }) => Promise<boolean>;
  readonly onDone: () => void;
}

export function PassphraseForm({ hasPassphrase, onChange, onDone }: PassphraseFormProps) {
  const { t } = useWords();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState<string>();
  const change = useAct(async () => {
    const isRight = await onChange(hasPassphrase ? { present, next } : { next });
    if (isRight) onDone();
    else setProblem(t("locked.wrong"));
  });
  const submit = (): void => {
    const isShort = next !== "" && [...next].length < MIN_CHARACTERS;
    const found = next !== again ? t("settings.passphraseDiffer") : isShort ? t("settings.passphraseShort") : undefined;
    setProblem(found);
    if (found === undefined) change.run();
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {hasPassphrase ? (
        <Field
          label={t("settings.passphrasePresent")}
          type="password"
          value={present}
          onChange={setPresent}
          autoComplete="current-password"
          autoFocus
        />
      ) : undefined}
      <Field
        label={t("settings.passphraseNew")}
        hint={hasPassphrase ? `${t("settings.passphraseHint")} ${t("settings.passphraseEmpty")}` : t("settings.passphraseHint")}
        type="password"
        value={next}
        onChange={setNext}
        autoComplete="new-password"
        autoFocus={!hasPassphrase}
      />
      <Field
        label={t("settings.passphraseAgain")}
        type="password"
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
      />
      <Problem text={change.error ?? problem} />
      <div className="buttons">
        <Button type="submit" look="main" isDisabled={!hasPassphrase && next === ""} isPending={change.isRunning}>
          {hasPassphrase ? t("settings.passphraseChange") : t("settings.passphraseAdd")}
        </Button>
        <Button look="quiet" onPress={onDone}>
          {t("app.cancel")}
        </Button>
      </div>
    </form>
  );
}
