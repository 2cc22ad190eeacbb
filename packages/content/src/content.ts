// What is inside a message: one JSON object, sealed as a whole by the session (spec/protocol/content.md section 2).
// The author is never a field here: it is the leaf that sealed the record.

/** 22 characters of base64url: 16 random bytes chosen by the sender. Unique per author; a repeat is the same content. */
export type ContentId = string;

interface Base {
  readonly id: ContentId;
  /** The sender's clock, milliseconds since the epoch. Shown, never trusted for order. */
  readonly sentAtMs: number;
}

export interface TextContent extends Base {
  readonly kind: "text";
  /** At most MAX_TEXT_BYTES of UTF-8, at least one character. */
  readonly text: string;
}

/** Cumulative: everything in the log up to and including the named content. */
export interface ReceiptContent extends Base {
  readonly kind: "receipt";
  readonly delivered?: ContentId;
  readonly read?: ContentId;
}

/** The short-code dialogue (spec/protocol/content.md section 4). `run` names one attempt; byte values are base64url. */
export interface SasCommitContent extends Base {
  readonly kind: "sasCommit";
  readonly run: ContentId;
  readonly commitment: string;
}
export interface SasReplyContent extends Base {
  readonly kind: "sasReply";
  readonly run: ContentId;
  readonly nonce: string;
}
export interface SasOpenContent extends Base {
  readonly kind: "sasOpen";
  readonly run: ContentId;
  readonly nonce: string;
}
export interface SasConfirmContent extends Base {
  readonly kind: "sasConfirm";
  readonly run: ContentId;
}
export const SAS_CANCEL_REASONS = ["declined", "mismatch", "timeout", "busy", "failed"] as const;
export type SasCancelReason = (typeof SAS_CANCEL_REASONS)[number];
export interface SasCancelContent extends Base {
  readonly kind: "sasCancel";
  readonly run: ContentId;
  readonly reason: SasCancelReason;
}

/** The sender's current certificate and profile, so that contacts learn of changes without asking a node. */
export interface ProfileUpdateContent extends Base {
  readonly kind: "profileUpdate";
  readonly certificate: string;
  readonly profile: string;
}

/** The first content after joining: profile and the two capabilities that only contacts hold. */
export interface ContactCardContent extends Base {
  readonly kind: "contactCard";
  readonly certificate: string;
  readonly profile: string;
  /** Lets its holder write large records into the sender's inbox (32 bytes). */
  readonly inboxToken: string;
  /** Lets its holder claim the sender's key packages (32 bytes). */
  readonly claimToken: string;
}

/** The sender deletes this identity, or leaves for good. Nothing more will come. */
export interface GoodbyeContent extends Base {
  readonly kind: "goodbye";
}

/** A kind (or a version) that this program does not know. Kept whole, so that a later version can show it. */
export interface UnknownContent extends Base {
  readonly kind: "unknown";
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type KnownContent =
  | TextContent
  | ReceiptContent
  | SasCommitContent
  | SasReplyContent
  | SasOpenContent
  | SasConfirmContent
  | SasCancelContent
  | ProfileUpdateContent
  | ContactCardContent
  | GoodbyeContent;

export type Content = KnownContent | UnknownContent;

/** Travels in ephemeral records only: never stored, by nobody. */
export type EphemeralContent =
  | { readonly kind: "typing"; readonly isTyping: boolean }
  | { readonly kind: "presence"; readonly state: PresenceState }
  | { readonly kind: "unknown"; readonly name: string };

export const PRESENCE_STATES = ["here", "away"] as const;
export type PresenceState = (typeof PRESENCE_STATES)[number];

export const MAX_TEXT_BYTES = 65_536;
/** Of one encoded content. The largest that a session seals. */
export const MAX_CONTENT_BYTES = 70_000;
export const MAX_EPHEMERAL_BYTES = 1_024;
/** Of one object, and of one nested inside it. */
export const MAX_CONTENT_FIELDS = 64;
export const MAX_CONTENT_DEPTH = 8;
export const MAX_CERTIFICATE_BYTES = 16_384;
export const MAX_PROFILE_BYTES = 8_192;
