import { useState } from "react";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { Name } from "../kit/Name.tsx";
import { useWords } from "../surroundings.ts";

export interface Askable {
  readonly identityId: string;
  readonly name: string;
  /** Said that they do not come. */
  readonly hasDeclined?: boolean;
}

/** Asks somebody into a call. */
export function AskIn({
  people,
  hint,
  onAsk,
  onClose,
}: {
  readonly people: readonly Askable[];
  readonly hint: string;
  readonly onAsk: (identityId: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [failed, setFailed] = useState(false);
  const ask = (identityId: string): void => {
    onAsk(identityId).then(onClose, () => setFailed(true));
  };
  return (
    <Dialog title={t("call.ask")} onClose={onClose}>
      <p className="hint">{hint}</p>
      {failed ? (
        <p className="call-trouble" role="alert">
          {t("call.askFailed")}
        </p>
      ) : undefined}
      <ul className="call-askable">
        {people.map(({ identityId, name, hasDeclined = false }) => (
          <li key={identityId}>
            <Avatar identityId={identityId} name={name} size="small" />
            <span className="grow">
              <Name name={name} />
              {hasDeclined ? <span className="hint block">{t("call.hasDeclined")}</span> : undefined}
            </span>
            <Button size="small" label={t("call.askName", { name: shownName(name) })} onPress={() => ask(identityId)}>
              {t("call.askShort")}
            </Button>
          </li>
        ))}
      </ul>
      <Button onPress={onClose}>{t("app.close")}</Button>
    </Dialog>
  );
}
