import { BellOff, Hand, Pin } from "lucide-react";
import { memo } from "react";
import type { RosterRow } from "../../model/roster.ts";
import { formatRoute } from "../../model/routes.ts";
import { localDay } from "../../model/timeline.ts";
import { plainOf } from "../../text/markup.ts";
import { shownText } from "../../text/printable.ts";
import { callSentence, deletedSentence, eventSentence, missingSentence } from "../../words/entries.ts";
import type { Words } from "../../words/words.ts";
import { StateIcon } from "../chat/MessageState.tsx";
import { Avatar } from "../kit/Avatar.tsx";
import { Name } from "../kit/Name.tsx";
import { TrustWord } from "../kit/TrustWord.tsx";
import { useWords } from "../surroundings.ts";

const MAX_PREVIEW = 120;

export const ConversationRow = memo(function ConversationRow({
  row,
  isHere,
  nowMs,
}: {
  readonly row: RosterRow;
  readonly isHere: boolean;
  readonly nowMs: number;
}) {
  const words = useWords();
  const { t } = words;
  const { isSelf, identityId, mark, last, unread, isMentioned, calls, isTyping, atMs, isPinned, isMuted } = row;
  const name = isSelf ? t("self.name") : row.name;
  const isToday = localDay(atMs) === localDay(nowMs);
  return (
    <a
      className={`row ${unread > 0 || calls ? "unread" : ""}`}
      href={formatRoute(row.route)}
      aria-current={isHere ? "page" : undefined}
    >
      <Avatar identityId={identityId} name={name} picture={row.picture} groupId={row.key} />
      <span className="row-text">
        <span className="row-line">
          <span className="row-name">
            <Name name={name} />
          </span>
          {isPinned ? <Pin className="hint" size={14} aria-label={t("list.pinned")} /> : undefined}
          {isMuted ? <BellOff className="hint" size={14} aria-label={t("list.muted")} /> : undefined}
          {atMs === 0 ? undefined : (
            <time className="hint" dateTime={new Date(atMs).toISOString()}>
              {isToday ? words.time(atMs) : words.date(atMs, nowMs)}
            </time>
          )}
        </span>
        {mark === undefined ? undefined : <TrustWord mark={mark} />}
        <span className="row-line">
          <span className={`row-last ${isTyping ? "accent" : ""}`} dir="auto">
            {isTyping ? t("list.typing") : previewOf(words, row)}
          </span>
          {(last?.kind === "text" || last?.kind === "file") && last.isOwn && last.state !== undefined ? (
            <StateIcon state={last.state} />
          ) : undefined}
          {isMentioned ? (
            <b className="accent" role="img" aria-label={t("list.mentioned")}>
              @
            </b>
          ) : undefined}
          {unread > 0 ? (
            <span className="badge">
              <span aria-hidden>{words.number(unread)}</span>
              <span className="unseen">{t("list.unread", { count: unread })}</span>
            </span>
          ) : undefined}
          {calls && !isHere ? (
            <span className="badge">
              <Hand size={14} aria-hidden />
              <span className="unseen">{t("list.calls")}</span>
            </span>
          ) : undefined}
        </span>
      </span>
    </a>
  );
});

function previewOf(words: Words, { last, wait, draft }: RosterRow): string {
  const { t } = words;
  if (draft !== undefined) return t("list.draft", { text: shownText(draft.slice(0, MAX_PREVIEW)) });
  if (wait === "opening") return t("list.opening");
  if (wait === "waiting") return t("list.waiting");
  if (wait === "queued") return t("list.requestQueued");
  if (wait === "refused") return t("list.requestRefused");
  switch (last?.kind) {
    case undefined:
      return "";
    case "text": {
      const text = plainOf(shownText(last.text.slice(0, MAX_PREVIEW * 2)))
        .replaceAll(/\s+/g, " ")
        .slice(0, MAX_PREVIEW);
      return last.isOwn ? t("list.you", { text }) : text;
    }
    case "file": {
      const text =
        last.file.voice === undefined
          ? t("chat.file", { name: shownText(last.file.name).slice(0, MAX_PREVIEW) })
          : t("voice.message");
      return last.isOwn ? t("list.you", { text }) : text;
    }
    case "call":
      return callSentence(words, last);
    case "unknown":
      return t("chat.unknown", { name: last.authorName, kind: last.name });
    case "deleted":
      return deletedSentence(words, last);
    case "event":
      return eventSentence(words, last.event);
    case "missing":
      return missingSentence(words, last);
  }
}
