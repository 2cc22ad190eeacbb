import { useState } from "react";
import { FULL_AMOUNT } from "../../model/trust-mark.ts";
import { byteOf } from "../../model/vouch-terms.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { AmountChoice } from "./AmountChoice.tsx";

/** Whether somebody's word counts like one's own, and how to change that. */
export function RootCard({
  name,
  amount,
  onSet,
}: {
  readonly name: string;
  /** Undefined: they are no root. */
  readonly amount: number | undefined;
  readonly onSet: (amount: number | undefined) => Promise<void>;
}) {
  const { t, number } = useWords();
  const [isAsking, setAsking] = useState(false);
  const set = useAct(onSet);
  return (
    <div className="stack tight">
      {amount === undefined ? undefined : (
        <p className="hint">{t("why.root", { name, amount: number(amount), full: number(FULL_AMOUNT) })}</p>
      )}
      <div className="buttons">
        <Button look="quiet" size="small" onPress={() => setAsking(true)}>
          {amount === undefined ? t("roots.make") : t("roots.change")}
        </Button>
        {amount === undefined ? undefined : (
          <Button
            look="quiet danger"
            size="small"
            label={t("roots.removeOf", { name })}
            onPress={() => set.run(undefined)}
            isPending={set.isRunning}
          >
            {t("roots.remove")}
          </Button>
        )}
      </div>
      <Problem text={set.error} />
      {isAsking ? <RootDialog name={name} amount={amount} onSet={onSet} onClose={() => setAsking(false)} /> : undefined}
    </div>
  );
}

function RootDialog({
  name,
  amount,
  onSet,
  onClose,
}: {
  readonly name: string;
  readonly amount: number | undefined;
  readonly onSet: (amount: number) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [text, setText] = useState(String(amount ?? FULL_AMOUNT));
  const value = byteOf(text);
  const make = useAct(async () => {
    if (value === undefined) return;
    await onSet(value);
    onClose();
  });
  return (
    <Dialog title={t("roots.makeTitle", { name })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make.run();
        }}
      >
        <p>{t("roots.means", { name })}</p>
        <AmountChoice text={text} onChange={setText} />
        <Problem text={make.error} />
        <div className="buttons">
          <Button type="submit" look="main" isDisabled={value === undefined} isPending={make.isRunning}>
            {amount === undefined ? t("roots.make") : t("vouch.save")}
          </Button>
          <Button look="quiet" onPress={onClose}>
            {t("app.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
