import { useState } from "react";
import type { CompareSnapshot } from "../../model/compare.ts";
import { Button } from "../kit/Button.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Digits } from "./Digits.tsx";

export interface DigitsActions {
  readonly check: (digits: string) => Promise<boolean>;
  readonly allSame: () => Promise<void>;
}

/** Sixty digits at any time: by eye or ear, or pasted from where they cannot have been changed. */
export function DigitsWay({
  compare,
  name,
  actions,
}: {
  readonly compare: CompareSnapshot;
  readonly name: string;
  readonly actions: DigitsActions;
}) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const check = useAct(() => actions.check(typed));
  const same = useAct(actions.allSame);
  const { digits, digitsDiffer, contact } = compare;
  if (digits === undefined) return undefined;
  const isVerified = contact?.trust.kind === "verified" && contact.trust.method === "digits";
  return (
    <section className="card">
      <Digits digits={digits.digits} />
      <p className="hint">{t("compare.digitsBoth")}</p>
      {isVerified ? (
        <Notice tone="good">{t("compare.verified", { name })}</Notice>
      ) : (
        <Button look="main" onPress={() => same.run()} isPending={same.isRunning}>
          {t("compare.allSame")}
        </Button>
      )}
      <Problem text={same.error} />
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          check.run();
        }}
      >
        <Field
          label={t("compare.typed", { name })}
          hint={t("compare.typedHint")}
          value={typed}
          onChange={setTyped}
          rows={3}
          isCode
          error={check.error ?? (digitsDiffer ? t("compare.wrongDigits") : undefined)}
        />
        <Button type="submit" isPending={check.isRunning}>
          {t("compare.check")}
        </Button>
      </form>
    </section>
  );
}
