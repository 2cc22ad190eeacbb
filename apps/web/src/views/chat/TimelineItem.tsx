import type { CallEntry, ContactSnapshot, FileEntry, MessageEntry, TextEntry } from "@p2pcrypt/client";
import { memo, type ReactNode } from "react";
import { formatRoute } from "../../model/routes.ts";
import { localDay, type ShownEntry, type TimelineItem } from "../../model/timeline.ts";
import { shownName } from "../../text/printable.ts";
import { deletedSentence, eventSentence, missingSentence } from "../../words/entries.ts";
import type { Words } from "../../words/words.ts";
import { useWords } from "../surroundings.ts";
import { AttestationCard } from "./AttestationCard.tsx";
import { Bubble } from "./Bubble.tsx";
import { IntroductionCard, type People } from "./IntroductionCard.tsx";
import type { NameOf } from "./MessageText.tsx";

export type Chosen = ReadonlyMap<string, MessageEntry> | undefined;

export interface SaidActions {
  /** What can be done with a message, beside it. */
  readonly menu: (entry: MessageEntry, beside: Element) => void;
  readonly react: (entry: MessageEntry, emoji: string) => void;
  readonly versions: (entry: TextEntry) => void;
  readonly goTo: (number: number) => void;
  readonly toggle: (entry: MessageEntry) => void;
  readonly people: People;
  /** What somebody in the conversation is called. */
  readonly nameOf: NameOf;
  readonly attest: (by: ContactSnapshot["identityId"], isAttested: boolean) => Promise<void>;
  readonly unsend: (id: string) => void;
  /** Calls back. */
  readonly call: (media: CallEntry["media"]) => void;
  readonly copyText: (text: string) => void;
  /** A file that somebody sent. */
  readonly file: (entry: FileEntry) => ReactNode;
}

export interface TimelineItemProps {
  readonly item: TimelineItem;
  readonly lastOwn: string | undefined;
  readonly nowMs: number;
  /** In a group: each row says who. */
  readonly saysWho: boolean;
  readonly chosen: Chosen;
  readonly actions: SaidActions;
}

export const TimelineItemView = memo(
  function TimelineItemView({ item, lastOwn, nowMs, saysWho, chosen, actions }: TimelineItemProps) {
    const words = useWords();
    switch (item.kind) {
      case "day":
        return (
          <h2 className="day" data-key={item.key}>
            <time dateTime={new Date(item.atMs).toISOString()}>{dayName(words, item.atMs, nowMs)}</time>
          </h2>
        );
      case "unread":
        return (
          <p className="unread-line" data-unread-line>
            <span>{words.t("chat.unreadFrom")}</span>
          </p>
        );
      case "note":
        return (
          cardOf(item.shown, actions) ?? (
            <p className="log-note" data-key={item.key}>
              <Note shown={item.shown} />
            </p>
          )
        );
      case "said":
        return (
          <div className={`said ${item.isOwn ? "own" : ""}`}>
            {saysWho && !item.isOwn ? <AuthorName shown={item.entries[0]} /> : undefined}
            {item.entries.map((shown, at) => (
              <Bubble
                key={shown.key}
                shown={shown}
                isLast={at === item.entries.length - 1}
                isLastOwn={shown.key === lastOwn}
                chosen={chosen}
                actions={actions}
              />
            ))}
          </div>
        );
    }
  },
  // Actions do the same in every render; what is shown decides.
  (before, after) =>
    isSameItem(before.item, after.item) &&
    isSameDay(before, after) &&
    lastIn(before) === lastIn(after) &&
    before.chosen === after.chosen,
);

function AuthorName({ shown }: { readonly shown: ShownEntry | undefined }) {
  const entry = shown?.entry;
  return entry?.kind === "text" || entry?.kind === "unknown" ? (
    <p className="said-who" aria-hidden>
      {shownName(entry.authorName)}
    </p>
  ) : undefined;
}

function isSameDay(before: TimelineItemProps, after: TimelineItemProps): boolean {
  return before.item.kind !== "day" || localDay(before.nowMs) === localDay(after.nowMs);
}

/** Only the group that holds the last own message looks different for it. */
function lastIn({ item, lastOwn }: TimelineItemProps): string | undefined {
  return item.kind === "said" && item.isOwn && item.entries.some(({ key }) => key === lastOwn) ? lastOwn : undefined;
}

function isSameItem(one: TimelineItem, other: TimelineItem): boolean {
  if (one.kind === "said") {
    return (
      other.kind === "said" &&
      one.entries.length === other.entries.length &&
      one.entries.every((shown, at) => shown === other.entries[at])
    );
  }
  return one.kind === "note" ? other.kind === "note" && one.shown === other.shown : one.key === other.key;
}

function dayName(words: Words, atMs: number, nowMs: number): string {
  const day = localDay(atMs);
  if (day === localDay(nowMs)) return words.t("chat.today");
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  return day === localDay(yesterday.getTime()) ? words.t("chat.yesterday") : words.day(atMs, nowMs);
}

/** What somebody waits for is one press away. */
function Note({ shown }: { readonly shown: ShownEntry }) {
  const text = noteOf(useWords(), shown);
  const { entry } = shown;
  const isAsked = entry.kind === "event" && entry.event.what === "knocked";
  return isAsked ? <a href={formatRoute({ kind: "conversation", id: entry.conversationId, details: true })}>{text}</a> : text;
}

function noteOf(words: Words, { entry }: ShownEntry): string {
  if (entry.kind === "event") return eventSentence(words, entry.event);
  if (entry.kind === "deleted") return deletedSentence(words, entry);
  return entry.kind === "missing" ? missingSentence(words, entry) : "";
}

/** What asks something of the person is more than a note. */
function cardOf({ entry }: ShownEntry, { people, attest }: SaidActions) {
  if (entry.kind !== "event") return undefined;
  const { event } = entry;
  if (event.what === "introduced") return <IntroductionCard event={event} people={people} />;
  return event.what === "attestationAsked" ? <AttestationCard event={event} people={people} onAttest={attest} /> : undefined;
}
