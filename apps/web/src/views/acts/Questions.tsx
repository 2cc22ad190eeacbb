// What is asked or shown over a conversation about one of its messages, or about several.
import type { ConversationId, MessageEntry, MessageVersion, TextEntry } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import { shownName } from "../../text/printable.ts";
import { MessageText } from "../chat/MessageText.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Dialog } from "../kit/Dialog.tsx";
import { DialogButtons } from "../kit/DialogButtons.tsx";
import { Field, Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface Target {
  readonly id: ConversationId;
  readonly name: string;
  readonly contactId: string | undefined;
  readonly picture: string | undefined;
}

export function DeleteQuestion({
  entries,
  canDeleteForEveryone,
  onDelete,
  onClose,
}: {
  readonly entries: readonly MessageEntry[];
  readonly canDeleteForEveryone: boolean;
  readonly onDelete: (isForEveryone: boolean) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const { run, error } = useAct(onDelete);
  const isLogged = entries.every(({ number }) => number !== undefined);
  return (
    <Dialog title={t("acts.deleteTitle", { count: entries.length })} onClose={onClose}>
      <p className="hint">{canDeleteForEveryone ? t("acts.deleteHint") : t("acts.deleteForMeHint")}</p>
      <Problem text={error} />
      <div className="buttons">
        {canDeleteForEveryone ? (
          <Button look="bad" onPress={() => run(true)}>
            {t("acts.deleteForEveryone")}
          </Button>
        ) : undefined}
        {isLogged ? (
          <Button look="quiet danger" onPress={() => run(false)}>
            {t("acts.deleteForMe")}
          </Button>
        ) : undefined}
        <Button look="quiet" onPress={onClose}>
          {t("app.cancel")}
        </Button>
      </div>
    </Dialog>
  );
}

export function ForwardQuestion({
  targets,
  onForward,
  onClose,
}: {
  readonly targets: readonly Target[];
  readonly onForward: (to: readonly ConversationId[]) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [chosen, setChosen] = useState<ReadonlySet<ConversationId>>(new Set());
  const { run, error, isRunning } = useAct(onForward);
  const toggle = (id: ConversationId): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <Dialog title={t("acts.forwardTitle")} onClose={onClose}>
      <p className="hint">{t("acts.forwardHint")}</p>
      <fieldset className="pick">
        <legend className="unseen">{t("acts.forwardTitle")}</legend>
        {targets.map(({ id, name, contactId, picture }) => (
          <label key={id} className="pick-line">
            <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
            <Avatar identityId={contactId} name={name} size="small" picture={picture} groupId={id} />
            <span className="grow">
              <Name name={name} />
            </span>
          </label>
        ))}
      </fieldset>
      <Problem text={error} />
      <DialogButtons
        look="main"
        isDisabled={chosen.size === 0}
        isPending={isRunning}
        onPress={() => run([...chosen])}
        onClose={onClose}
      >
        {t("acts.forward")}
      </DialogButtons>
    </Dialog>
  );
}

/** Every text that a message had, the newest first. */
export function VersionsView({
  entry,
  load,
  onClose,
}: {
  readonly entry: TextEntry;
  readonly load: () => Promise<readonly MessageVersion[]>;
  readonly onClose: () => void;
}) {
  const { t, date, time } = useWords();
  const [versions, setVersions] = useState<readonly MessageVersion[]>([]);
  useEffect(() => {
    let isWanted = true;
    // Gone meanwhile: then there is nothing to show.
    load().then(
      (found) => (isWanted ? setVersions(found) : undefined),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [entry]);
  return (
    <Dialog title={t("acts.versions")} onClose={onClose}>
      <ol className="versions" reversed>
        {[...versions].reverse().map((version, at) => (
          <li key={versions.length - at}>
            <time className="hint" dateTime={new Date(version.atMs).toISOString()}>
              {date(version.atMs, version.atMs)} {time(version.atMs)}
            </time>
            <MessageText said={version} />
          </li>
        ))}
      </ol>
      <div className="buttons">
        <Button look="quiet" onPress={onClose}>
          {t("app.close")}
        </Button>
      </div>
    </Dialog>
  );
}

export function ReactionsView({ entry, onClose }: { readonly entry: MessageEntry; readonly onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t("acts.whoReacted")} onClose={onClose}>
      <ul className="versions">
        {(entry.reactions ?? []).map(({ emoji, author, authorName, isOwn }) => (
          <li key={author}>
            {emoji} {isOwn ? t("details.you") : shownName(authorName)}
          </li>
        ))}
      </ul>
      <div className="buttons">
        <Button look="quiet" onPress={onClose}>
          {t("app.close")}
        </Button>
      </div>
    </Dialog>
  );
}

/** Any symbol that the person's keyboard has. */
export function ReactQuestion({
  onReact,
  onClose,
}: {
  readonly onReact: (emoji: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [emoji, setEmoji] = useState("");
  const { run, error } = useAct(onReact);
  return (
    <Dialog title={t("acts.reactOther")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(emoji.trim());
        }}
      >
        <Field label={t("acts.symbol")} hint={t("acts.symbolHint")} value={emoji} onChange={setEmoji} error={error} />
        <div className="buttons">
          <Button look="main" type="submit" isDisabled={emoji.trim() === ""}>
            {t("acts.react")}
          </Button>
          <Button look="quiet" onPress={onClose}>
            {t("app.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
