// What stands in the history of a conversation: messages, files, events, and what is missing. Plain data, as in snapshots.ts.
import type { CallMedia, CallOutcome } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { MentionSnapshot, MessageMarks, QuoteSnapshot } from "./message-snapshots.ts";
import type { ConversationId, VerificationMethod } from "./snapshots.ts";
import type { FileFactsSnapshot } from "./transfer-snapshots.ts";

export type MessageState = "queued" | "atNode" | "delivered" | "read" | "refused";

interface EntryBase {
  readonly conversationId: ConversationId;
  /** Place in this device's history, from 1, without gaps. Undefined for own messages that are still queued. */
  readonly number?: number;
  /** The node's clock when it took the record; this device's for queued ones. Shown, not used for order. */
  readonly atMs: number;
  /** Of a message: when it is erased, here and by everybody. */
  readonly disappearsAtMs?: number;
}

export interface TextEntry extends EntryBase, MessageMarks {
  readonly kind: "text";
  readonly id: string;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
  /** The newest, when it was edited. */
  readonly text: string;
  readonly editedAtMs?: number;
  /** Whom it names, in the order of the text. Only members: a name that is nobody's here is text. */
  readonly mentions?: readonly MentionSnapshot[];
  /** The message that this one answers. */
  readonly replyTo?: QuoteSnapshot;
  readonly sentAtMs: number;
  /** Own messages only. */
  readonly state?: MessageState;
  /** Whether the author was verified when the message arrived. Never changes later (I15). */
  readonly wasVerified: boolean;
}

/** A file that a node keeps. It is fetched when somebody asks for it (`Files.download`). */
export interface FileEntry extends EntryBase, MessageMarks {
  readonly kind: "file";
  readonly id: string;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
  readonly file: FileFactsSnapshot;
  readonly sentAtMs: number;
  /** Own messages only. */
  readonly state?: MessageState;
  /** As of a TextEntry. */
  readonly wasVerified: boolean;
}

/** A call that is over, as who called tells it. */
export interface CallEntry extends EntryBase, MessageMarks {
  readonly kind: "call";
  readonly id: string;
  readonly author: IdentityId;
  readonly authorName: string;
  /** Whether this person called. */
  readonly isOwn: boolean;
  readonly media: CallMedia;
  readonly outcome: CallOutcome;
  readonly durationS: number;
}

export interface UnknownEntry extends EntryBase, MessageMarks {
  readonly kind: "unknown";
  readonly id: string;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
  readonly name: string;
}

/** A message that its author took away for everybody. */
export interface DeletedEntry extends EntryBase {
  readonly kind: "deleted";
  readonly id: string;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
}

export type ConversationEvent =
  | { readonly what: "started" }
  /** The line that came with the request which led here: the first thing that was said. */
  | { readonly what: "greeting"; readonly name: string; readonly isOwn: boolean; readonly text: string }
  | { readonly what: "succeeded" }
  | {
      readonly what: "memberAdded";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly by: string;
      readonly byId?: IdentityId;
    }
  | {
      readonly what: "deviceAdded";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly deviceId: string;
      readonly by: string;
      readonly byId?: IdentityId;
    }
  | {
      readonly what: "memberRemoved";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly by: string;
      readonly byId?: IdentityId;
    }
  | {
      readonly what: "deviceRemoved";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly deviceId: string;
      readonly by: string;
      readonly byId?: IdentityId;
    }
  | { readonly what: "rolesChanged"; readonly by: string }
  | {
      readonly what: "promoted" | "demoted";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly by: string;
      readonly byId: IdentityId;
    }
  /** Somebody followed a link to the group, and waits to be let in. Told to who made the link. */
  | { readonly what: "knocked"; readonly name: string; readonly identityId: IdentityId; readonly greeting: string }
  /** A member pinned a message of this number. */
  | { readonly what: "pinned"; readonly by: string; readonly byId: IdentityId; readonly number: number }
  | { readonly what: "renamed"; readonly title: string; readonly by: string; readonly byId: IdentityId }
  | { readonly what: "pictureChanged" | "pictureRemoved"; readonly by: string; readonly byId: IdentityId }
  /** Messages are erased so many seconds after they were sent; 0: no longer. */
  | { readonly what: "disappearing"; readonly afterS: number; readonly by: string; readonly byId: IdentityId }
  /** What they offered to be added with did not hold. */
  | { readonly what: "notAdded"; readonly name: string; readonly identityId: IdentityId }
  /** A member could not follow a change by `committer`, and is taken in again. */
  | { readonly what: "memberStuck"; readonly name: string; readonly identityId: IdentityId; readonly committer: string }
  /** `nodeUrl`: where it goes on. */
  | { readonly what: "moved"; readonly by: string; readonly byId?: IdentityId; readonly nodeUrl?: string }
  /** The other node did not take the conversation. */
  | { readonly what: "notMoved"; readonly nodeUrl: string }
  /** Somebody moved the conversation from a state that is not this device's: `Conversations.rejoin` follows them. */
  | { readonly what: "movedApart"; readonly name: string; readonly nodeUrl: string }
  /** The old node is back, and has something else where the move should be. */
  | { readonly what: "forked"; readonly nodeUrl: string }
  | { readonly what: "left"; readonly name: string; readonly identityId: IdentityId }
  | { readonly what: "gone"; readonly name: string; readonly identityId: IdentityId }
  | { readonly what: "stuck"; readonly committer: string }
  /** A contact introduced somebody: `link` asks them. */
  | {
      readonly what: "introduced";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly by: IdentityId;
      readonly link: string;
    }
  /** A contact goes on under another identity, and both say so: `link` asks it. */
  | {
      readonly what: "successorNamed";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly by: IdentityId;
      readonly link: string;
    }
  /** I introduced the two. */
  | { readonly what: "introducedTo"; readonly name: string; readonly identityId: IdentityId }
  /** A contact made a public certification of me and asks that directories may hand it out. */
  | { readonly what: "attestationAsked"; readonly name: string; readonly by: IdentityId }
  | { readonly what: "verified"; readonly name: string; readonly identityId: IdentityId; readonly method: VerificationMethod };

export interface EventEntry extends EntryBase {
  readonly kind: "event";
  readonly event: ConversationEvent;
}

/** `count` records cannot be read any more; undefined when nobody can say how many. */
export interface MissingEntry extends EntryBase {
  readonly kind: "missing";
  readonly reason: "expired" | "skipped" | "unreadable" | "badContent";
  readonly count?: number;
  readonly author?: IdentityId;
}

export type MessageEntry = TextEntry | FileEntry | CallEntry | UnknownEntry;

export type Entry = MessageEntry | DeletedEntry | EventEntry | MissingEntry;
