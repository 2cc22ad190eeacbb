// Entries of a history as lines and as JSON.
import {
  type CallEntry,
  type Client,
  type ContactSnapshot,
  type ConversationEvent,
  type Entry,
  isMissed,
  type MessageMarks,
  pieces,
  type TextEntry,
} from "@p2pcrypt/client";
import { durationText } from "./duration.ts";
import { sizeText } from "./files/progress.ts";
import { printable } from "./printable.ts";

const MARKS: Record<NonNullable<TextEntry["state"]>, string> = {
  queued: "queued",
  atNode: "at the node",
  delivered: "delivered",
  read: "read",
  refused: "refused",
};

/** `client` knows what those are called now whom a message names. */
export function entryLine(entry: Entry, client?: Client): string {
  const time = timeOf(entry.atMs, Date.now());
  switch (entry.kind) {
    case "text": {
      const edited = entry.editedAtMs === undefined ? "" : " (edited)";
      const text = pieces(entry, (id) => nameIn(client, entry.conversationId, id)).map((piece) => piece.text);
      const said = `${quoteText(entry)}${printable(text.join(""))}${edited}`;
      return `${time}  ${fromOf(entry)}: ${said}${entry.state === undefined ? "" : `  [${MARKS[entry.state]}]`}${marksText(entry, callsYou(entry))}`;
    }
    case "file": {
      const mark = entry.state === undefined ? "" : `  [${MARKS[entry.state]}]`;
      const what = `${printable(entry.file.name)}, ${sizeText(entry.file.bytes)}`;
      return `${time}  ${fromOf(entry)} sent a file: ${what}${mark}${marksText(entry)}`;
    }
    case "deleted":
      return `${time}  — ${fromOf(entry)} deleted a message`;
    case "call":
      return `${time}  — ${callLine(entry)}`;
    case "unknown":
      return `${time}  ${printable(entry.authorName)} sent something that this version does not know (${printable(entry.name)})`;
    case "event":
      return `${time}  — ${eventLine(entry.event)}`;
    case "missing":
      return `${time}  — ${missingLine(entry)}`;
  }
}

function fromOf({ isOwn, authorName }: { readonly isOwn: boolean; readonly authorName: string }): string {
  return isOwn ? "you" : printable(authorName);
}

/** What a message answers, as this device has it. */
function quoteText({ replyTo }: TextEntry): string {
  if (replyTo === undefined) return "";
  const { what, isOwn = false, authorName = "", excerpt = "" } = replyTo;
  if (what === "absent") return "(answers a message that is not here) ";
  const said =
    what === "deleted" ? "deleted" : what === "text" || what === "file" ? `"${printable(excerpt)}"` : `a ${what} message`;
  return `(answers ${fromOf({ isOwn, authorName })}: ${said}) `;
}

/** Of somebody who is gone: as it was written. */
function nameIn(client: Client | undefined, conversation: string, identityId: ContactSnapshot["identityId"]): string | undefined {
  const members = client?.conversations.get(conversation)?.members ?? [];
  return members.find((one) => one.identityId === identityId)?.name ?? client?.contacts.get(identityId)?.name;
}

function callsYou({ mentions = [], isOwn }: TextEntry): boolean {
  return !isOwn && mentions.some(({ isSelf }) => isSelf);
}

function marksText({ reactions = [], isPinned, isStarred, isForwarded }: MessageMarks, isForYou = false): string {
  const given = reactions.map((one) => `${one.emoji} ${fromOf(one)}`).join(", ");
  const words = [
    isForYou && "mentions you",
    isForwarded === true && "forwarded",
    isPinned === true && "pinned",
    isStarred === true && "starred",
  ];
  const all = [given, ...words].filter((one) => one !== "" && one !== false);
  return all.length === 0 ? "" : `  {${all.join("; ")}}`;
}

const OUTCOMES: Record<Exclude<CallEntry["outcome"], "answered">, string> = {
  missed: "no answer",
  declined: "declined",
  busy: "busy",
  failed: "did not connect",
};

function callLine(entry: CallEntry): string {
  const { media, outcome, durationS, isOwn, authorName } = entry;
  const what = `a ${media} call ${isOwn ? "by you" : `by ${printable(authorName)}`}`;
  if (isMissed(entry)) return `${what}, missed`;
  return `${what}, ${outcome === "answered" ? `${durationS} s` : OUTCOMES[outcome]}`;
}

/** The time alone would lie about anything that is not of today. */
export function timeOf(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return at.toDateString() === new Date(nowMs).toDateString() ? time : `${at.toLocaleDateString()} ${time}`;
}

export function markOf(state: NonNullable<TextEntry["state"]>): string {
  return MARKS[state];
}

function eventLine(event: ConversationEvent): string {
  switch (event.what) {
    case "started":
      return "the conversation begins";
    case "greeting":
      return `${event.isOwn ? "you" : printable(event.name)} said hello: ${printable(event.text)}`;
    case "succeeded":
      return "the conversation goes on in a new group";
    case "memberAdded":
      return `${printable(event.name)} was added by ${printable(event.by)}`;
    case "deviceAdded":
      return `${printable(event.name)} has a new device, added by ${printable(event.by)}`;
    case "memberRemoved":
      return `${printable(event.name)} was removed by ${printable(event.by)}`;
    case "deviceRemoved":
      return `a device of ${printable(event.name)} was removed by ${printable(event.by)}`;
    case "rolesChanged":
      return `${printable(event.by)} changed who administers`;
    case "promoted":
      return `${printable(event.by)} made ${printable(event.name)} an administrator`;
    case "demoted":
      return `${printable(event.name)} no longer administers, by ${printable(event.by)}`;
    case "pinned":
      return `${printable(event.by)} pinned message ${event.number}`;
    case "renamed":
      return `${printable(event.by)} called the group "${printable(event.title)}"`;
    case "pictureChanged":
      return `${printable(event.by)} gave the group a picture`;
    case "pictureRemoved":
      return `${printable(event.by)} took the group's picture away`;
    case "disappearing":
      return event.afterS === 0
        ? `${printable(event.by)} lets messages stay`
        : `${printable(event.by)} lets messages disappear ${durationText(event.afterS)} after they were sent`;
    case "knocked":
      return `${printable(event.name)} followed your link and waits to be let in: "${printable(event.greeting)}"`;
    case "notAdded":
      return `${printable(event.name)} could not be added`;
    case "memberStuck":
      return `${printable(event.name)} could not follow a change by ${printable(event.committer)}, and is taken in again`;
    case "moved":
      return `${printable(event.by)} moved the conversation to ${printable(event.nodeUrl ?? "another node")}`;
    case "movedApart":
      return `${printable(event.name)} moved the group to ${printable(event.nodeUrl)} from another state than this device's: p2pcrypt conversation rejoin follows them`;
    case "forked":
      return `${printable(event.nodeUrl)} is back and has something else in the place of the move: compare the conversation code with the others`;
    case "notMoved":
      return `${printable(event.nodeUrl)} did not take the conversation: it stays where it is`;
    case "left":
      return `${printable(event.name)} left`;
    case "gone":
      return `${printable(event.name)} ended the conversation, or deleted their identity`;
    case "stuck":
      return `a change by ${printable(event.committer)} could not be followed; they were asked to add this device again`;
    case "introduced":
      return `${printable(event.name)} was introduced to you: p2pcrypt contact add "${event.link}"`;
    case "successorNamed":
      return `they go on as another identity, ${printable(event.name)}, not verified: p2pcrypt contact add "${event.link}"`;
    case "introducedTo":
      return `you introduced ${printable(event.name)}`;
    case "attestationAsked":
      return `${printable(event.name)} published that they checked you; to let directories hand it out: p2pcrypt trust attest`;
    case "verified":
      return `${printable(event.name)} was verified by you`;
  }
}

function missingLine({ reason, count }: Entry & { kind: "missing" }): string {
  const some = count === undefined ? "something" : count === 1 ? "one message" : `${count} messages`;
  if (reason === "expired") return `${some} missing: the node no longer keeps them`;
  if (reason === "skipped") return `${some} missing: they never arrived`;
  return reason === "unreadable" ? "something arrived that cannot be read" : "something arrived that is no message";
}

/** One line of `receive`, and what programs get. Text is exact. */
export function entryJson(entry: Entry, contact: ContactSnapshot | undefined): Record<string, unknown> {
  const common = { kind: entry.kind, conversation: entry.conversationId, number: entry.number, at: entry.atMs };
  if (entry.kind === "text") {
    const { authorName, author, text, sentAtMs, id, isOwn, state, wasVerified, replyTo, editedAtMs } = entry;
    return {
      ...common,
      kind: "message",
      from: authorName,
      identity: author,
      text,
      sentAt: sentAtMs,
      id,
      isOwn,
      state,
      wasVerified,
      replyTo,
      editedAt: editedAtMs,
      mentions: entry.mentions?.map(({ at, length, identityId }) => ({ at, length, identity: identityId })),
      mentionsYou: callsYou(entry) ? true : undefined,
      ...marksJson(entry),
    };
  }
  if (entry.kind === "file") {
    const { authorName, author, file, sentAtMs, id, isOwn, state, wasVerified } = entry;
    const { name, type, bytes, expiresMs } = file;
    const said = { from: authorName, identity: author, sentAt: sentAtMs, id, isOwn, state, wasVerified };
    return { ...common, ...said, name, type, bytes, expiresAt: expiresMs, ...marksJson(entry) };
  }
  if (entry.kind === "deleted") {
    const { authorName, author, id, isOwn } = entry;
    return { ...common, from: authorName, identity: author, id, isOwn };
  }
  if (entry.kind === "call") {
    const { authorName, author, id, isOwn, media, outcome, durationS } = entry;
    return { ...common, from: authorName, identity: author, id, isOwn, media, outcome, durationS };
  }
  if (entry.kind === "event") return { ...common, event: entry.event, from: contact?.name };
  if (entry.kind === "missing") return { ...common, reason: entry.reason, count: entry.count };
  return { ...common, from: entry.authorName, identity: entry.author, id: entry.id, name: entry.name };
}

function marksJson({ reactions, isPinned, isStarred, isForwarded }: MessageMarks): Record<string, unknown> {
  const given = reactions?.map(({ emoji, author, authorName }) => ({ emoji, from: authorName, identity: author }));
  return { reactions: given, isPinned, isStarred, isForwarded };
}
