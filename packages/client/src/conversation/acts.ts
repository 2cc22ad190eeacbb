// What an act does to the message it is about (spec/protocol/content.md section 8). Pure, and the same whatever order acts arrive in:
// reactions and edits by their revision, pins by name, and a delete ends it all.
import { decodeBase64Url, encodeHex } from "@p2pcrypt/bytes";
import type { ActContent, EditContent, ReactionContent, UnpinContent } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { DeletedEntry, Entry } from "../entry-snapshots.ts";
import type { MentionSnapshot, MessageRef } from "../message-snapshots.ts";
import type { MarkedEntry, MarkedMessage, MarksRow } from "../store/entry-rows.ts";

export interface Act {
  readonly content: ActContent;
  /** The leaf that sealed it. */
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
  readonly atMs: number;
  /** Of an edit: which members its text names. */
  readonly mentions?: readonly MentionSnapshot[];
}

const MAX_EDITS = 20;
const MAX_REACTORS = 1_000;
const MAX_PINS_KEPT = 32;
const MAX_UNPINNED = 64;

const ACTS: ReadonlySet<string> = new Set<ActContent["kind"]>(["reaction", "edit", "delete", "pin", "unpin"]);

export function isAct<Any extends { readonly kind: string }>(content: Any): content is Any & ActContent {
  return ACTS.has(content.kind);
}

/** Edits and deletes name no author: nobody else's message can be meant (M24). */
export function targetOf({ content, author }: Pick<Act, "content" | "author">): MessageRef {
  const isOwnOnly = content.kind === "edit" || content.kind === "delete";
  return { id: content.target, author: isOwnOnly ? author : toIdentityId(content.targetAuthor) };
}

export function toIdentityId(field: string): IdentityId {
  return encodeHex(decodeBase64Url(field)) as IdentityId;
}

/** @returns the same object when the act changes nothing. */
export function acted<Stored extends MarkedMessage>(entry: Stored, act: Act): Stored | MarkedMessage | DeletedEntry {
  const { content } = act;
  switch (content.kind) {
    case "reaction":
      return reacted(entry, act, content);
    case "edit":
      return edited(entry, act, content);
    case "delete":
      return deletedOf(entry);
    case "pin":
      return pinned(entry, content.id);
    case "unpin":
      return unpinned(entry, content);
  }
}

/** Several, until one of them ends it. */
export function actedByAll(entry: MarkedMessage, acts: readonly Act[]): MarkedMessage | DeletedEntry {
  let result: MarkedMessage | DeletedEntry = entry;
  for (const act of acts) {
    if (result.kind === "deleted") return result;
    result = acted(result, act);
  }
  return result;
}

/** Nothing stays but who said something, and where. */
export function deletedOf(entry: MarkedMessage): DeletedEntry {
  const { conversationId, number, atMs, disappearsAtMs, id, author, authorName, isOwn } = entry;
  const place = {
    conversationId,
    atMs,
    ...(number === undefined ? {} : { number }),
    ...(disappearsAtMs === undefined ? {} : { disappearsAtMs }),
  };
  return { kind: "deleted", ...place, id, author, authorName, isOwn };
}

/** What has the later revision counts; of two with the same one, made on two devices at once, that of the greater id. */
function isLater(one: { revision: number; id: string }, other: { revision: number; id: string }): boolean {
  return one.revision === other.revision ? one.id > other.id : one.revision > other.revision;
}

function reacted(
  entry: MarkedMessage,
  { author, authorName, isOwn }: Act,
  { id, revision, emoji }: ReactionContent,
): MarkedMessage {
  const reactions = entry.marks?.reactions ?? [];
  const row = { id, revision, author, authorName, isOwn, ...(emoji === undefined ? {} : { emoji }) };
  const known = reactions.find((one) => one.author === author);
  if (known === undefined) {
    if (reactions.length >= MAX_REACTORS) return entry;
    return withMarks(entry, { reactions: [...reactions, row] });
  }
  if (!isLater(row, known)) return entry;
  return withMarks(entry, { reactions: reactions.map((one) => (one === known ? row : one)) });
}

function edited(entry: MarkedMessage, { atMs, mentions }: Act, { id, revision, text }: EditContent): MarkedMessage {
  const known = entry.marks?.edits ?? [];
  if (entry.kind !== "text" || known.some((one) => one.id === id)) return entry;
  const { mentions: before, ...rest } = entry;
  const original = entry.marks?.original ?? { text: entry.text, atMs: entry.atMs, ...named(before) };
  const edits = [...known, { id, revision, text, atMs, ...named(mentions) }]
    .sort((a, b) => (isLater(a, b) ? 1 : -1))
    .slice(-MAX_EDITS);
  const newest = edits.at(-1) ?? original;
  return { ...withMarks(rest, { original, edits }), text: newest.text, editedAtMs: newest.atMs, ...named(newest.mentions) };
}

function named(mentions: readonly MentionSnapshot[] | undefined): { readonly mentions?: readonly MentionSnapshot[] } {
  return mentions === undefined ? {} : { mentions };
}

function pinned(entry: MarkedMessage, id: string): MarkedMessage {
  const { pins = [], unpinned: away = [] } = entry.marks ?? {};
  if (pins.includes(id) || away.includes(id)) return entry;
  return withMarks(entry, { pins: [...pins, id].slice(-MAX_PINS_KEPT) });
}

/** Remembers what it took away: a pin may come after it. */
function unpinned(entry: MarkedMessage, content: UnpinContent): MarkedMessage {
  const { pins = [], unpinned: away = [] } = entry.marks ?? {};
  const news = content.pins.filter((id) => !away.includes(id));
  if (news.length === 0) return entry;
  const left = pins.filter((id) => !news.includes(id));
  return withMarks(entry, { pins: left, unpinned: [...away, ...news].slice(-MAX_UNPINNED) });
}

function withMarks<Stored extends MarkedMessage>(entry: Stored, marks: MarksRow): Stored {
  return { ...entry, marks: { ...entry.marks, ...marks } };
}

/** As it is shown: what the marks come to, without what decides them. */
export function shown(stored: MarkedEntry): Entry {
  const { marks, ...entry } = stored;
  if (marks === undefined) return entry;
  const reactions = (marks.reactions ?? []).flatMap(({ emoji, author, authorName, isOwn }) =>
    emoji === undefined ? [] : [{ emoji, author, authorName, isOwn }],
  );
  return {
    ...entry,
    ...(reactions.length === 0 ? {} : { reactions }),
    ...((marks.pins ?? []).length === 0 ? {} : { isPinned: true }),
    ...(marks.isStarred === undefined ? {} : { isStarred: true }),
  };
}
