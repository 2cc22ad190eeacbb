import { formatRoute } from "../../model/routes.ts";
import type { ThreadSnapshot } from "../../model/thread.ts";
import { shownName } from "../../text/printable.ts";
import { warningSentence } from "../../words/entries.ts";
import { hostOf } from "../../words/failures.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Notice } from "../kit/Notice.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface AlertActions {
  readonly acceptAlert: () => Promise<void>;
  readonly block: () => Promise<void>;
}

/** What is wrong with a contact, a node or this device's place in the conversation, each with what to do next. */
export function Alerts({
  thread,
  nowMs,
  actions,
}: {
  readonly thread: ThreadSnapshot;
  readonly nowMs: number;
  readonly actions: AlertActions;
}) {
  const words = useWords();
  const { t } = words;
  const act = useAct((run: () => Promise<void>) => run());
  const { conversation, contact } = thread;
  if (conversation === undefined) return undefined;
  const name = shownName(conversation.name);
  const alert = contact?.alert?.isDecided === false ? contact.alert : undefined;
  const warning = conversation.warnings.at(-1);
  const withWhom = conversation.kind === "group" ? t("warn.others") : name;
  const isStuck = conversation.state === "stuck";
  const added = contact?.newDevices.at(-1);
  const isQuiet = alert === undefined && warning === undefined && added === undefined;
  if (isQuiet && !isStuck && conversation.state !== "opening") return undefined;
  const compare = contact === undefined ? undefined : formatRoute({ kind: "compare", identityId: contact.identityId });
  return (
    <div className="alerts" role="status">
      {alert === undefined ? undefined : (
        <Notice
          tone="bad"
          actions={
            <>
              {alert.successor === undefined ? undefined : (
                <a className="button" href={formatRoute({ kind: "landing", link: alert.successor.link })}>
                  {t("alert.lookAt")}
                </a>
              )}
              {alert.kind === "revoked" || alert.kind === "successor" ? undefined : (
                <a className="button" href={compare}>
                  {t("alert.compare")}
                </a>
              )}
              <Button onPress={() => act.run(actions.acceptAlert)}>{t("alert.accept")}</Button>
              <Button look="quiet danger" onPress={() => act.run(actions.block)}>
                {t("alert.block")}
              </Button>
            </>
          }
        >
          <p>{t(`alert.${alert.kind}`, { name, date: words.date(alert.atMs, nowMs) })}</p>
          <p className="hint">{t("alert.acceptMeans")}</p>
          <Problem text={act.error} />
        </Notice>
      )}
      {warning === undefined ? undefined : (
        <Notice
          tone="bad"
          actions={
            conversation.code === undefined ? undefined : (
              <a className="button" href={formatRoute({ kind: "conversation", id: conversation.id, details: true })}>
                {t("warn.compare", { name: withWhom })}
              </a>
            )
          }
        >
          <p>{warningSentence(words, warning, { node: hostOf(warning.nodeUrl), name: withWhom, nowMs })}</p>
          <p className="hint">{t("warn.next", { name: withWhom })}</p>
        </Notice>
      )}
      {added === undefined ? undefined : (
        <Notice tone="info">{t("alert.newDevice", { name, date: words.date(added.atMs, nowMs) })}</Notice>
      )}
      {isStuck ? <Notice tone="warn">{t("chat.stuck", { name })}</Notice> : undefined}
      {conversation.state === "opening" ? <Notice tone="info">{t("chat.opening")}</Notice> : undefined}
    </div>
  );
}
