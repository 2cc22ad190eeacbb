// What was done with messages: reactions, edits, pins, stars, and the message that another one answers.
import type { IdentityId } from "@p2pcrypt/session";

/** Names a message: an id is its author's own, so both are needed. */
export interface MessageRef {
  readonly id: string;
  readonly author: IdentityId;
}

export interface ReactionSnapshot {
  readonly emoji: string;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
}

/**
 * What this device has of a message that another one answers: nothing of it comes from whoever answers. `absent`: it was said before
 * this device was there, or is not there at all.
 */
export interface QuoteSnapshot extends MessageRef {
  readonly what: "text" | "file" | "call" | "unknown" | "deleted" | "absent";
  readonly authorName?: string;
  readonly isOwn?: boolean;
  readonly number?: number;
  /** The beginning of its text, or its file's name. */
  readonly excerpt?: string;
}

/** What a message carries besides what was said. */
export interface MessageMarks {
  /** In the order in which they came; one of each member. */
  readonly reactions?: readonly ReactionSnapshot[];
  readonly isPinned?: true;
  /** The person's own mark; nobody is told. */
  readonly isStarred?: true;
  readonly isForwarded?: true;
}

/** One text that a message has or had, oldest first; the last one is shown. */
export interface MessageVersion {
  readonly text: string;
  readonly atMs: number;
}

/** A part of a text that names a member: from `at`, `length` UTF-16 code units long. */
export interface MentionSnapshot {
  readonly at: number;
  readonly length: number;
  readonly identityId: IdentityId;
  /** Whether this person is meant. */
  readonly isSelf: boolean;
}

/** Names somebody in a text that is to be sent. */
export type MentionDraft = Omit<MentionSnapshot, "isSelf">;

export interface PinnedMessage extends MessageRef {
  readonly number: number;
}
