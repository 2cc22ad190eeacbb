import { useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { useAct, useWords } from "../surroundings.ts";

/** The one thing here that cannot be undone, so it is the one that asks. */
export function DeleteSection({
  name,
  hindrance,
  onDelete,
}: {
  readonly name: string;
  /** Why it is not ended here. */
  readonly hindrance: string | undefined;
  readonly onDelete: () => Promise<void>;
}) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useAct(onDelete);
  const shown = shownName(name);
  const close = (): void => {
    setAsking(false);
    setTyped("");
  };
  return (
    <section className="stack tight danger-zone">
      <h2>{t("settings.delete")}</h2>
      <p className="hint">{hindrance ?? t("settings.deleteMeans")}</p>
      <div className="buttons">
        <Button look="quiet danger" isDisabled={hindrance !== undefined} onPress={() => setAsking(true)}>
          {t("settings.delete")}
        </Button>
      </div>
      {isAsking ? (
        <Dialog title={t("settings.delete")} onClose={close}>
          <p>{t("settings.deleteMeans")}</p>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              if (typed.trim() === shown) remove.run();
            }}
          >
            <Field label={t("settings.deleteType", { name: shown })} value={typed} onChange={setTyped} autoFocus />
            <Problem text={remove.error} />
            <div className="buttons">
              <Button type="submit" look="bad" isDisabled={typed.trim() !== shown} isPending={remove.isRunning}>
                {remove.isRunning ? t("settings.deleting") : t("settings.deleteGo")}
              </Button>
              <Button look="quiet" onPress={close}>
                {t("app.cancel")}
              </Button>
            </div>
          </form>
        </Dialog>
      ) : undefined}
    </section>
  );
}
