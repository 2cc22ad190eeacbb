// What happened in a conversation, in words. Exhaustive: a new kind of event does not compile without a sentence.
import {
  type CallEntry,
  type ConversationEvent,
  type ConversationWarning,
  type DeletedEntry,
  isMissed,
  type MessageState,
  type MissingEntry,
} from "@p2pcrypt/client";
import { shownName, shownText } from "../text/printable.ts";
import type { WordKey } from "./catalogue.ts";
import { durationIn } from "./durations.ts";
import { hostOf } from "./failures.ts";
import type { Words } from "./words.ts";

export function eventSentence(words: Words, event: ConversationEvent): string {
  const { t } = words;
  switch (event.what) {
    case "started":
    case "succeeded":
      return t(`event.${event.what}`);
    case "greeting":
      return event.isOwn
        ? t("event.ownGreeting", { text: shownText(event.text) })
        : t("event.greeting", { name: shownName(event.name), text: shownText(event.text) });
    case "memberAdded":
    case "memberRemoved":
      return t(`event.${event.what}`, { name: shownName(event.name), by: shownName(event.by) });
    case "deviceAdded":
    case "deviceRemoved":
    case "left":
    case "gone":
    case "verified":
      return t(`event.${event.what}`, { name: shownName(event.name) });
    case "introduced":
    case "successorNamed":
    case "introducedTo":
    case "attestationAsked":
      return t(`event.${event.what}`, { name: shownName(event.name) });
    case "moved":
      return t("event.moved", { by: shownName(event.by), node: shownText(hostOf(event.nodeUrl ?? "")) });
    case "movedApart":
      return t("event.movedApart", { name: shownName(event.name), node: shownText(hostOf(event.nodeUrl)) });
    case "notMoved":
    case "forked":
      return t(`event.${event.what}`, { node: shownText(hostOf(event.nodeUrl)) });
    case "rolesChanged":
      return t(`event.${event.what}`, { by: shownName(event.by) });
    case "promoted":
    case "demoted":
      return t(`event.${event.what}`, { name: shownName(event.name), by: shownName(event.by) });
    case "pinned":
      return t("event.pinned", { by: shownName(event.by) });
    case "renamed":
      return t("event.renamed", { title: shownName(event.title), by: shownName(event.by) });
    case "pictureChanged":
    case "pictureRemoved":
      return t(`event.${event.what}`, { by: shownName(event.by) });
    case "disappearing":
      return event.afterS === 0
        ? t("event.disappearingOff", { by: shownName(event.by) })
        : t("event.disappearing", { by: shownName(event.by), time: durationIn(words, event.afterS) });
    case "knocked":
      return t("event.knocked", { name: shownName(event.name) });
    case "notAdded":
      return t("event.notAdded", { name: shownName(event.name) });
    case "memberStuck":
      return t("event.memberStuck", { name: shownName(event.name), by: shownName(event.committer) });
    case "stuck":
      return t("event.stuck", { by: shownName(event.committer) });
  }
}

export function callSentence({ t }: Words, entry: Pick<CallEntry, "media" | "outcome" | "durationS" | "isOwn">): string {
  if (isMissed(entry)) return t(`call.missed.${entry.media}`);
  const what = entry.outcome === "answered" ? lengthOf(entry.durationS) : t(`call.outcome.${entry.outcome}`);
  return t("call.line", { call: t(`call.of.${entry.media}`), what });
}

/** 4:05, or 1:04:05. */
export function lengthOf(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const tail = String(rest).padStart(2, "0");
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, "0")}:${tail}`;
}

export function deletedSentence({ t }: Words, { isOwn, authorName }: Pick<DeletedEntry, "isOwn" | "authorName">): string {
  return isOwn ? t("chat.deletedOwn") : t("chat.deleted", { name: shownName(authorName) });
}

export function missingSentence({ t }: Words, { reason, count }: Pick<MissingEntry, "reason" | "count">): string {
  switch (reason) {
    case "expired":
    case "skipped":
      return count === undefined ? t(`missing.${reason}Some`) : t(`missing.${reason}`, { count });
    case "unreadable":
    case "badContent":
      return t(`missing.${reason}`);
  }
}

export const STATE_WORDS = {
  queued: "chat.state.queued",
  atNode: "chat.state.atNode",
  delivered: "chat.state.delivered",
  read: "chat.state.read",
  refused: "chat.state.refused",
} as const satisfies Record<MessageState, WordKey>;

export function warningSentence(
  { t, date }: Words,
  { kind, atMs }: Pick<ConversationWarning, "kind" | "atMs">,
  { node, name, nowMs }: { readonly node: string; readonly name: string; readonly nowMs: number },
): string {
  switch (kind) {
    case "conflictingCheckpoints":
      return t("warn.conflictingCheckpoints", { node, name });
    case "brokenChain":
      return t("warn.brokenChain", { node, date: date(atMs, nowMs) });
    case "rolledBack":
    case "badSignature":
      return t(`warn.${kind}`, { node });
    case "fork":
      return t("warn.fork", { name });
  }
}
