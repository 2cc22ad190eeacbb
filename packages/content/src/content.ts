// What is inside a message: one JSON object, sealed as a whole by the session (spec/protocol/content.md section 2).
// The author is never a field here: it is the leaf that sealed the record.
import type { CallMedia, CallOutcome, CallSignalContent } from "./call.ts";
import type { FileSignalContent } from "./file-signal.ts";
import type { Mention } from "./mention.ts";

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
  /** The message that this one answers. What it said is not repeated: a reader shows what it has. Both or neither. */
  readonly replyTo?: ContentId;
  /** Identity id of that message's author (32 bytes). */
  readonly replyToAuthor?: string;
  /** Somebody else's words, or one's own of another conversation, passed on. */
  readonly isForwarded?: true;
  /** Who is named in it. */
  readonly mentions?: readonly Mention[];
}

/**
 * Acts on an earlier message (spec/protocol/content.md section 8). `target` is its content id, `targetAuthor` the identity id of its
 * author (32 bytes); where there is none the author is whoever acts. What they lead to does not depend on the order they arrive in.
 */
export interface ReactionContent extends Base {
  readonly kind: "reaction";
  readonly target: ContentId;
  readonly targetAuthor: string;
  /** Counts from 1 for each member and message: the highest counts. */
  readonly revision: number;
  /** One symbol. None: the reaction is taken back. */
  readonly emoji?: string;
}

/** Another text in place of an own one. The earlier ones stay readable. */
export interface EditContent extends Base {
  readonly kind: "edit";
  readonly target: ContentId;
  /** Counts from 1 for each message: the highest is shown. */
  readonly revision: number;
  readonly text: string;
  /** Of this text: those of an earlier one are over with it. */
  readonly mentions?: readonly Mention[];
}

/** An own message is taken away for everybody, for good. */
export interface DeleteContent extends Base {
  readonly kind: "delete";
  readonly target: ContentId;
}

export interface PinContent extends Base {
  readonly kind: "pin";
  readonly target: ContentId;
  readonly targetAuthor: string;
}

/** Takes away the pins that it names, of whomever. One that is on its way meanwhile stays. */
export interface UnpinContent extends Base {
  readonly kind: "unpin";
  readonly target: ContentId;
  readonly targetAuthor: string;
  /** Content ids, 1 to MAX_PINS. */
  readonly pins: readonly ContentId[];
}

export type ActContent = ReactionContent | EditContent | DeleteContent | PinContent | UnpinContent;

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

/** The scan of a verification code (spec/protocol/content.md section 5). `proof` is base64url of 32 bytes. */
export interface ScanProofContent extends Base {
  readonly kind: "scanProof";
  readonly run: ContentId;
  /** Device that shows the code (16 bytes): no other one answers. */
  readonly device: string;
  /** In which the proof was made. */
  readonly epoch: number;
  readonly proof: string;
}
export interface ScanConfirmContent extends Base {
  readonly kind: "scanConfirm";
  readonly run: ContentId;
  readonly proof: string;
}
export const SCAN_CANCEL_REASONS = ["declined", "mismatch", "expired", "epochChanged", "unknown"] as const;
export type ScanCancelReason = (typeof SCAN_CANCEL_REASONS)[number];
export interface ScanCancelContent extends Base {
  readonly kind: "scanCancel";
  readonly run: ContentId;
  readonly reason: ScanCancelReason;
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

/**
 * Certificates with certifications on them that the sender passes on, private ones included: of people whom both know, or of introducers
 * on the way to them. Changes what is known of them and is not shown.
 */
export interface CertificationsContent extends Base {
  readonly kind: "certifications";
  /** base64url, 1 to MAX_CERTIFICATES of them. */
  readonly certificates: readonly string[];
}

/** The sender introduces somebody: their certificate with the sender's certification, and their profile, to ask them with. */
export interface IntroductionContent extends Base {
  readonly kind: "introduction";
  readonly certificate: string;
  readonly profile: string;
}

/** The sender made a public certification of the recipient, who alone decides whether directories hand it out. */
export interface AttestationRequestContent extends Base {
  readonly kind: "attestationRequest";
  /** The recipient's certificate with that certification. */
  readonly certificate: string;
}

/** The sender goes on under another identity, and both say so (identity.md section 12). Verifies nobody. */
export interface TransitionContent extends Base {
  readonly kind: "transition";
  /** Of the new identity. */
  readonly certificate: string;
  readonly profile: string;
  readonly transition: string;
}

/** A sealed file that a node keeps, with all that opens it (spec/protocol/content.md section 7). */
export interface FileContent extends Base {
  readonly kind: "file";
  /** 1 to MAX_FILE_NAME_BYTES of UTF-8, as the sender has it: shown truthfully, never used as a path. */
  readonly name: string;
  /** Media type as the sender names it, or nothing. */
  readonly type?: string;
  /** True size. */
  readonly bytes: number;
  readonly nodeUrl: string;
  readonly blob: string;
  readonly readToken: string;
  readonly key: string;
  readonly commitment: string;
  readonly hash: string;
  /** Until when the node keeps it. */
  readonly expiresMs: number;
  /** A small JPEG of at most MAX_THUMBNAIL_BYTES, made by the sender. */
  readonly thumbnail?: string;
  /** Both or neither: it was spoken for this conversation. How long it is, and how loud in parts of equal length, 0 to 255. */
  readonly durationMs?: number;
  readonly waveform?: string;
  /** As of a text. */
  readonly isForwarded?: true;
}

/** A call of the sender's that is over: what the history keeps of it. */
export interface CallContent extends Base {
  readonly kind: "call";
  readonly call: ContentId;
  readonly media: CallMedia;
  readonly outcome: CallOutcome;
  /** From the first moment both were connected; 0 when they never were. */
  readonly durationS: number;
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
  | ActContent
  | ReceiptContent
  | SasCommitContent
  | SasReplyContent
  | SasOpenContent
  | SasConfirmContent
  | SasCancelContent
  | ScanProofContent
  | ScanConfirmContent
  | ScanCancelContent
  | ProfileUpdateContent
  | ContactCardContent
  | CertificationsContent
  | IntroductionContent
  | AttestationRequestContent
  | TransitionContent
  | FileContent
  | CallContent
  | GoodbyeContent;

export type Content = KnownContent | UnknownContent;

/** Travels in ephemeral records only: never stored, by nobody. */
export type EphemeralContent =
  | { readonly kind: "typing"; readonly isTyping: boolean }
  | { readonly kind: "presence"; readonly state: PresenceState }
  | CallSignalContent
  | FileSignalContent
  | { readonly kind: "unknown"; readonly name: string };

export const PRESENCE_STATES = ["here", "away"] as const;
export type PresenceState = (typeof PRESENCE_STATES)[number];

export const MAX_TEXT_BYTES = 65_536;
/** Of one encoded content. The largest that a session seals. */
export const MAX_CONTENT_BYTES = 70_000;
/** With a session description inside. What is smaller is padded less. */
export const MAX_EPHEMERAL_BYTES = 16_380;
export const MAX_EMOJI_BYTES = 64;
/** Of one message that one act takes away. */
export const MAX_PINS = 32;
/** Of one object, and of one nested inside it. */
export const MAX_CONTENT_FIELDS = 64;
export const MAX_CONTENT_DEPTH = 8;
export const MAX_FILE_NAME_BYTES = 1_024;
export const MAX_THUMBNAIL_BYTES = 32_768;
export const MAX_WAVEFORM_BYTES = 128;
export const MAX_NODE_URL_BYTES = 512;
export const MAX_CERTIFICATE_BYTES = 16_384;
export const MAX_CERTIFICATES = 32;
export const MAX_PROFILE_BYTES = 8_192;
export const MAX_TRANSITION_BYTES = 8_192;
