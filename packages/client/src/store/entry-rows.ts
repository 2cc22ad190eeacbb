// An entry as the history keeps it: what is shown, and what the acts on it are decided by.
import type { IdentityId } from "@p2pcrypt/session";
import type { Entry, MessageEntry } from "../entry-snapshots.ts";
import type { MentionSnapshot } from "../message-snapshots.ts";

export interface ReactionRow {
  readonly id: string;
  readonly revision: number;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
  /** None: taken back. Kept, so that an older one that comes later does not count. */
  readonly emoji?: string;
}

export interface EditRow {
  readonly id: string;
  readonly revision: number;
  readonly text: string;
  readonly atMs: number;
  readonly mentions?: readonly MentionSnapshot[];
}

export interface MarksRow {
  readonly reactions?: readonly ReactionRow[];
  /** As it was said first. */
  readonly original?: { readonly text: string; readonly atMs: number; readonly mentions?: readonly MentionSnapshot[] };
  /** By revision and id. */
  readonly edits?: readonly EditRow[];
  /** Ids of the pins on it, and of those that were taken away. */
  readonly pins?: readonly string[];
  readonly unpinned?: readonly string[];
  readonly isStarred?: true;
}

export type MarkedMessage = MessageEntry & { readonly marks?: MarksRow };
export type MarkedEntry = Entry & { readonly marks?: MarksRow };

/** An own mark. In one value for all conversations: they are few. */
export interface StarRow {
  readonly threadId: string;
  readonly number: number;
}
