import type { CallSnapshot } from "@p2pcrypt/client";
import { ArrowLeft, Info, Phone, Video } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { formatRoute, type Route } from "../../model/routes.ts";
import type { ThreadSnapshot } from "../../model/thread.ts";
import { trustMarkOf } from "../../model/trust-mark.ts";
import { shownName } from "../../text/printable.ts";
import { Avatar } from "../kit/Avatar.tsx";
import { IconButton } from "../kit/Button.tsx";
import { LinkButton } from "../kit/LinkButton.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";
import { type AlertActions, Alerts } from "./Alerts.tsx";
import { Closed } from "./Closed.tsx";
import { Composer, type ComposerActions, type ComposerHandle, type ComposerProps } from "./Composer.tsx";
import { useDrops } from "./drops.ts";
import { Timeline, type TimelineActions } from "./Timeline.tsx";
import type { Chosen } from "./TimelineItem.tsx";
import { WhoReads } from "./WhoReads.tsx";

export interface ConversationProps {
  readonly thread: ThreadSnapshot;
  readonly route: Route & { readonly kind: "conversation" };
  readonly draft: string;
  readonly sendsOnEnter: boolean;
  readonly nowMs: number;
  /** Files on their way out. */
  readonly uploads: ReactNode;
  readonly voice: ReactNode;
  /** What is pinned, while there is something. */
  readonly pinned: ReactNode;
  /** Over the field: what is answered or edited. */
  readonly bar: ReactNode;
  readonly naming: ComposerProps["naming"];
  /** Of the message that is edited: the field is another one meanwhile. */
  readonly editing: string | undefined;
  /** In place of the field while messages are chosen. */
  readonly choice: ReactNode;
  readonly chosen: Chosen;
  readonly onCall: (media: CallSnapshot["media"]) => void;
  readonly actions: TimelineActions &
    ComposerActions &
    AlertActions & {
      readonly unblock: () => Promise<void>;
      /** Of a group that one has left, and was taken into again. */
      readonly rejoin: () => Promise<void>;
      readonly stayOut: () => Promise<void>;
    };
}

export function Conversation(props: ConversationProps) {
  const {
    thread,
    route,
    draft,
    sendsOnEnter,
    nowMs,
    uploads,
    voice,
    pinned,
    bar,
    naming,
    editing,
    choice,
    chosen,
    onCall,
    actions,
  } = props;
  const { t } = useWords();
  const composer = useRef<ComposerHandle>(null);
  const { conversation, contact, typist, presence } = thread;
  const drops = useDrops(() => composer.current);
  // What is pasted beside every field is for this conversation.
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      const isElsewhere =
        event.target instanceof Element && event.target.closest("input, textarea, [role=dialog], [role=alertdialog]") !== null;
      if (event.defaultPrevented || isElsewhere || files.length === 0 || composer.current === null) return;
      event.preventDefault();
      composer.current.offer(files);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);
  if (conversation === undefined) return <p className="empty hint">{t("chat.notFound")}</p>;
  const title = conversation.kind === "self" ? t("self.name") : conversation.name;
  const name = shownName(title);
  // One word for one person: of a group it would be anybody's.
  const isThere = contact === undefined || conversation.state !== "active" || presence === "unknown" ? undefined : presence;
  const details = formatRoute({ ...route, details: !route.details });
  return (
    <section className="chat" aria-label={name} {...drops.handlers}>
      <header className="bar">
        <LinkButton to="#/" label={t("app.back")} icon={<ArrowLeft className="flips" size={20} aria-hidden />} isNarrowOnly />
        <a className="chat-who" href={details}>
          <Avatar
            identityId={conversation.contactId}
            name={title}
            size="small"
            picture={conversation.picture}
            groupId={conversation.id}
          />
          <span className="grow">
            <h1 className="chat-name">
              <Name name={title} />
            </h1>
            <span className="chat-sub">
              {contact === undefined ? undefined : <TrustWord mark={trustMarkOf(contact)} />}
              <span className="hint" aria-live="polite">
                {typist !== undefined ? t("list.typing") : isThere === undefined ? "" : t(`chat.${isThere}`)}
              </span>
            </span>
          </span>
        </a>
        {conversation.state === "active" && (conversation.kind === "group" || contact?.state === "accepted") ? (
          <>
            <IconButton label={t("call.of.voice")} icon={<Phone size={20} aria-hidden />} onPress={() => onCall("voice")} />
            <span className="video-call">
              <IconButton label={t("call.of.video")} icon={<Video size={20} aria-hidden />} onPress={() => onCall("video")} />
            </span>
          </>
        ) : undefined}
        <LinkButton to={details} label={t("chat.details")} icon={<Info size={20} aria-hidden />} />
      </header>
      <Alerts thread={thread} nowMs={nowMs} actions={actions} />
      {pinned}
      <Timeline thread={thread} name={name} nowMs={nowMs} chosen={chosen} actions={actions} />
      <footer className="chat-foot">
        {uploads}
        {choice}
        {chosen === undefined ? (
          <Closed thread={thread} onUnblock={actions.unblock} onRejoin={actions.rejoin} onStayOut={actions.stayOut}>
            <Composer
              ref={composer}
              key={`${conversation.id} ${editing ?? ""}`}
              draft={draft}
              sendsOnEnter={sendsOnEnter}
              voice={voice}
              bar={bar}
              naming={naming}
              actions={actions}
            />
          </Closed>
        ) : undefined}
        <WhoReads thread={thread} />
      </footer>
      {drops.isOver ? <p className="drop-sign">{t("file.drop", { name })}</p> : undefined}
    </section>
  );
}
