import { X } from "lucide-react";
import type { ReactNode } from "react";
import { formatRoute } from "../../model/routes.ts";
import type { ThreadSnapshot } from "../../model/thread.ts";
import { shownName } from "../../text/printable.ts";
import { hostOf } from "../../words/failures.ts";
import { Digits } from "../compare/Digits.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Button } from "../kit/Button.tsx";
import { LinkButton } from "../kit/LinkButton.tsx";
import { Name } from "../kit/Name.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { Fingerprints } from "./Fingerprints.tsx";
import { TrustCard } from "./TrustCard.tsx";

export interface DetailsActions {
  readonly withdraw: () => Promise<void>;
  readonly block: () => Promise<void>;
  readonly unblock: () => Promise<void>;
  readonly leave: () => void;
}

export interface DetailsProps {
  readonly thread: ThreadSnapshot;
  readonly hasTwin: boolean;
  readonly nowMs: number;
  /** What the web of trust says of them: comes a moment later than the rest. */
  readonly belief: ReactNode;
  /** Of a group: everything below its name. */
  readonly group: ReactNode;
  /** What is set for this conversation. */
  readonly arrange: ReactNode;
  readonly actions: DetailsActions;
}

export function Details({ thread, hasTwin, nowMs, belief, group, arrange, actions }: DetailsProps) {
  const { t } = useWords();
  const { conversation } = thread;
  if (conversation === undefined) return undefined;
  const isSelf = conversation.kind === "self";
  const title = isSelf ? t("self.name") : conversation.name;
  return (
    <aside className="details" aria-label={t("details.title")}>
      <header className="bar">
        <h2 className="bar-title">{t("details.title")}</h2>
        <LinkButton
          to={formatRoute({ kind: "conversation", id: conversation.id, details: false })}
          label={t("app.close")}
          icon={<X size={20} aria-hidden />}
        />
      </header>
      <div className="scroll">
        <div className="column">
          <div className="who-head">
            <Avatar
              identityId={conversation.contactId}
              name={title}
              size="large"
              picture={conversation.picture}
              groupId={conversation.id}
            />
            <h3 className="who-name">
              <Name name={title} />
            </h3>
          </div>
          {isSelf ? arrange : undefined}
          {isSelf ? undefined : (group ?? <OfTwo {...{ thread, hasTwin, nowMs, belief, arrange, actions }} />)}
        </div>
      </div>
    </aside>
  );
}

/** What the details of a conversation of two say below the name. */
function OfTwo({ thread, hasTwin, nowMs, belief, arrange, actions }: Omit<DetailsProps, "group">) {
  const { t } = useWords();
  const act = useAct((run: () => Promise<void>) => run());
  const { conversation, contact } = thread;
  if (conversation === undefined) return undefined;
  const name = shownName(conversation.name);
  return (
    <>
      {contact === undefined ? undefined : (
        <>
          <TrustCard
            contact={contact}
            hasTwin={hasTwin}
            nowMs={nowMs}
            canCompare={conversation.state === "active"}
            onWithdraw={actions.withdraw}
          />
          {belief}
          <Fingerprints contact={contact} />
          <section className="stack tight">
            <h3>{t("details.devices", { count: contact.devices.length })}</h3>
            <ul className="stack tight">
              {contact.devices.map((id) => (
                <li key={id} className="code hint">
                  {id}
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
      <section className="stack tight">
        <h3>{t("details.members", { count: conversation.members.length })}</h3>
        <ul className="stack tight">
          {conversation.members.map((member) => (
            <li key={member.identityId} className="line">
              <Avatar identityId={member.identityId} name={member.name} size="small" />
              <span className="grow">
                <Name name={member.name} />
              </span>
              <span className="hint">
                {[member.isSelf ? t("details.you") : "", member.isAdmin ? t("details.admin") : ""]
                  .filter((word) => word !== "")
                  .join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {conversation.code === undefined ? undefined : (
        <section className="stack tight">
          <h3>{t("details.code")}</h3>
          <Digits digits={conversation.code.digits} />
          <p className="hint">{t("details.codeHint", { epoch: String(conversation.code.epoch) })}</p>
        </section>
      )}
      <section className="stack tight">
        <h3>{t("details.node")}</h3>
        {conversation.nodeUrls.map((url) => (
          <p key={url} className="code">
            {hostOf(url)}
          </p>
        ))}
      </section>
      {arrange}
      <section className="stack tight danger-zone">
        <h3>{t("details.danger")}</h3>
        {contact === undefined ? undefined : contact.state === "blocked" ? (
          <Button size="wide" onPress={() => act.run(actions.unblock)}>
            {t("details.unblock", { name })}
          </Button>
        ) : (
          <>
            <Button size="wide" look="quiet danger" onPress={() => act.run(actions.block)}>
              {t("details.block", { name })}
            </Button>
            <p className="hint">{t("details.blockMeans")}</p>
          </>
        )}
        {conversation.state === "active" ? (
          <>
            <Button size="wide" look="quiet danger" onPress={actions.leave}>
              {t("details.leave")}
            </Button>
            <p className="hint">{t("details.leaveMeans", { name })}</p>
          </>
        ) : undefined}
      </section>
    </>
  );
}
