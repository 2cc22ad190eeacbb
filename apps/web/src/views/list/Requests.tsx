import type { ContactSnapshot } from "@p2pcrypt/client";
import { useEffect, useRef } from "react";
import { shownName, shownText } from "../../text/printable.ts";
import { grouped } from "../details/Fingerprints.tsx";
import { NameWarning } from "../details/NameWarning.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Name } from "../kit/Name.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";

export interface RequestActions {
  readonly accept: (contact: ContactSnapshot) => Promise<void>;
  readonly decline: (contact: ContactSnapshot) => Promise<void>;
  readonly block: (contact: ContactSnapshot) => Promise<void>;
  readonly declineAll: () => Promise<void>;
}

/** People who have the link and wait for an answer. */
export function Requests({
  requests,
  twins,
  actions,
}: {
  readonly requests: readonly ContactSnapshot[];
  readonly twins: ReadonlySet<string>;
  readonly actions: RequestActions;
}) {
  const { t } = useWords();
  const list = useRef<HTMLUListElement>(null);
  const before = useRef(requests.length);
  // Who was answered is gone, and the focus with them. It goes to the next one, not to a button: a key that is held answers nobody.
  useEffect(() => {
    const isShorter = requests.length < before.current;
    before.current = requests.length;
    if (isShorter && document.activeElement === document.body) list.current?.querySelector("article")?.focus();
  }, [requests.length]);
  return (
    <Page title={t("requests.title")} back="#/">
      <p className="hint">{requests.length === 0 ? t("requests.none") : t("requests.line")}</p>
      {requests.length > 1 ? <DeclineAll count={requests.length} onDecline={actions.declineAll} /> : undefined}
      <ul className="stack" ref={list}>
        {requests.map((contact) => (
          <li key={contact.identityId}>
            <Request contact={contact} hasTwin={twins.has(contact.identityId)} actions={actions} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

function DeclineAll({ count, onDecline }: { readonly count: number; readonly onDecline: () => Promise<void> }) {
  const { t } = useWords();
  const act = useAct(onDecline);
  return (
    <div className="buttons">
      <Button size="small" onPress={() => act.run()} isPending={act.isRunning}>
        {t("requests.declineAll", { count })}
      </Button>
      <Problem text={act.error} />
    </div>
  );
}

function Request({
  contact,
  hasTwin,
  actions,
}: {
  readonly contact: ContactSnapshot;
  readonly hasTwin: boolean;
  readonly actions: RequestActions;
}) {
  const { t } = useWords();
  const { accept, decline, block } = actions;
  const answer = useAct((act: (contact: ContactSnapshot) => Promise<void>) => act(contact));
  const { name, greeting, identityId } = contact;
  return (
    <article className="card" tabIndex={-1}>
      <div className="line">
        <Avatar identityId={identityId} name={name} />
        <div className="grow">
          <h2>
            <Name name={name} />
          </h2>
          <p className="hint">{t("trust.unverifiedLine", { name: shownName(name) })}</p>
        </div>
      </div>
      {greeting === undefined || greeting === "" ? (
        <p className="hint">{t("requests.noGreeting")}</p>
      ) : (
        <p className="greeting" dir="auto">
          {shownText(greeting)}
        </p>
      )}
      <NameWarning name={name} hasTwin={hasTwin} />
      <p className="hint">
        {t("details.fingerprint")}: <span className="code">{grouped(contact.fingerprint)}</span>
      </p>
      <div className="buttons">
        <Button look="main" onPress={() => answer.run(accept)} isPending={answer.isRunning}>
          {t("requests.accept")}
        </Button>
        <Button onPress={() => answer.run(decline)}>{t("requests.decline")}</Button>
        <Button look="quiet danger" onPress={() => answer.run(block)}>
          {t("requests.block")}
        </Button>
      </div>
      <Problem text={answer.error} />
    </article>
  );
}
