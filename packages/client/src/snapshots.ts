// What views and commands see: plain data, safe to copy across a worker. A snapshot never changes; a later one replaces it.
import type { IdentityId } from "@p2pcrypt/session";

/** 64 hex characters. Stays the same when the group behind a conversation is succeeded by another. */
export type ConversationId = string;

export interface SelfSnapshot {
  readonly identityId: IdentityId;
  /** Upper-case hex of the OpenPGP fingerprint. */
  readonly fingerprint: string;
  readonly name: string;
  /** Hex, 16 bytes. */
  readonly deviceId: string;
  /** The device's fingerprint-like name for the device list of this identity. */
  readonly devices: readonly string[];
  readonly homeNodeUrl: string;
  readonly link: string;
  /** Whether the home node holds everything that others need to reach this identity. */
  readonly isPublished: boolean;
  /** The node's answer when it refuses to publish; undefined while all is well or the node is merely unreachable. */
  readonly publishRefusal?: string;
  readonly settings: Settings;
}

export interface Settings {
  readonly sendsReceipts: boolean;
  readonly sendsTyping: boolean;
  readonly sendsPresence: boolean;
}

/** Where a contact stands. `requested`: waiting for them. `asking`: they wait for me. */
export type ContactState = "requested" | "asking" | "accepted" | "declined" | "blocked" | "gone";

export type VerificationMethod = "digits" | "shortCode";

export type TrustSnapshot =
  | { readonly kind: "unverified" }
  | { readonly kind: "verified"; readonly method: VerificationMethod; readonly atMs: number };

/** Something about a contact that stops sending until the person decides (I15), with the date it was seen. */
export interface ContactAlert {
  readonly kind: "revoked" | "equivocation" | "expired";
  readonly atMs: number;
  readonly isDecided: boolean;
}

export interface ContactSnapshot {
  readonly identityId: IdentityId;
  readonly fingerprint: string;
  /** The name they gave themselves. Control characters are not removed here: that belongs to where it is shown. */
  readonly name: string;
  readonly state: ContactState;
  /** Of the request, whichever side made it. */
  readonly greeting?: string;
  readonly addedAtMs: number;
  readonly trust: TrustSnapshot;
  /** Runs of the short code that ended without verification. */
  readonly failedRuns: number;
  readonly alert?: ContactAlert;
  readonly devices: readonly string[];
  /** The conversation of two, once it exists. */
  readonly conversationId?: ConversationId;
  /** An own request or acceptance on its way: why it waits, if it does. */
  readonly delivery?: "queued" | "atNode" | { readonly refused: string };
}

export interface MemberSnapshot {
  readonly identityId: IdentityId;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly isSelf: boolean;
  readonly deviceIds: readonly string[];
}

/**
 * `active`: works. `opening`: created here, the node does not have it yet. `stuck`: a commit could not be processed, an
 * administrator was asked to add this device again. `removed`: by somebody. `left`: by oneself. `stopped`: see `client/cloned`.
 */
export type ConversationState = "opening" | "active" | "stuck" | "removed" | "left" | "stopped";

export interface ConversationWarning {
  /**
   * conflictingCheckpoints: the node signed two histories; `evidence` proves it to anyone. brokenChain: what the node sent does not
   * follow from what it sent before. rolledBack: the node's head is behind what it acknowledged. fork: a record of the present epoch
   * does not open.
   */
  readonly kind: "conflictingCheckpoints" | "brokenChain" | "rolledBack" | "fork" | "badSignature";
  readonly nodeUrl: string;
  readonly atMs: number;
  readonly evidence?: Uint8Array;
}

export interface ConversationSnapshot {
  readonly id: ConversationId;
  readonly kind: "direct" | "group" | "self";
  /** The other side of a conversation of two. */
  readonly contactId?: IdentityId;
  readonly name: string;
  readonly state: ConversationState;
  readonly members: readonly MemberSnapshot[];
  readonly nodeUrls: readonly string[];
  readonly unread: number;
  readonly last?: Entry;
  readonly queued: number;
  /** Why nothing is sent although the node is there. `undecided`: a member's alert waits for the person. */
  readonly sendingBlocked?: "undecided" | "removalPending" | "warning";
  readonly warnings: readonly ConversationWarning[];
  /** 60 digits and the epoch: equal for all members who see the same conversation. */
  readonly code?: { readonly digits: string; readonly epoch: bigint };
  /** Whether everything the node has was read once since start. */
  readonly isCaughtUp: boolean;
}

export type MessageState = "queued" | "atNode" | "delivered" | "read" | "refused";

interface EntryBase {
  readonly conversationId: ConversationId;
  /** Place in this device's history, from 1, without gaps. Undefined for own messages that are still queued. */
  readonly number?: number;
  /** The node's clock when it took the record; this device's for queued ones. Shown, not used for order. */
  readonly atMs: number;
}

export interface TextEntry extends EntryBase {
  readonly kind: "text";
  readonly id: string;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
  readonly text: string;
  readonly sentAtMs: number;
  /** Own messages only. */
  readonly state?: MessageState;
  /** Whether the author was verified when the message arrived. Never changes later (I15). */
  readonly wasVerified: boolean;
}

export interface UnknownEntry extends EntryBase {
  readonly kind: "unknown";
  readonly id: string;
  readonly author: IdentityId;
  readonly authorName: string;
  readonly isOwn: boolean;
  readonly name: string;
}

export type ConversationEvent =
  | { readonly what: "started" }
  | { readonly what: "succeeded" }
  | { readonly what: "memberAdded"; readonly name: string; readonly identityId: IdentityId; readonly by: string }
  | {
      readonly what: "deviceAdded";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly deviceId: string;
      readonly by: string;
    }
  | { readonly what: "memberRemoved"; readonly name: string; readonly identityId: IdentityId; readonly by: string }
  | {
      readonly what: "deviceRemoved";
      readonly name: string;
      readonly identityId: IdentityId;
      readonly deviceId: string;
      readonly by: string;
    }
  | { readonly what: "rolesChanged"; readonly by: string }
  | { readonly what: "moved"; readonly by: string }
  | { readonly what: "left"; readonly name: string; readonly identityId: IdentityId }
  | { readonly what: "gone"; readonly name: string; readonly identityId: IdentityId }
  | { readonly what: "stuck"; readonly committer: string }
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

export type Entry = TextEntry | UnknownEntry | EventEntry | MissingEntry;

export type NodeState =
  | { readonly kind: "connected" }
  | { readonly kind: "connecting" }
  | { readonly kind: "waiting"; readonly retryAtMs: number };

export interface NodeSnapshot {
  readonly url: string;
  readonly isHome: boolean;
  readonly state: NodeState;
}

/** One attempt at the short code. */
export interface ShortCodeRun {
  readonly run: string;
  readonly contactId: IdentityId;
  readonly conversationId: ConversationId;
  readonly isInitiator: boolean;
  /** `offered`: they ask, `accept` answers. `compare`: show `code`. `confirmed`: waiting for their side. */
  readonly state: "waiting" | "offered" | "compare" | "confirmed" | "verified" | "failed";
  /** Six digits, in `compare` and after. */
  readonly code?: string;
  readonly reason?: "declined" | "mismatch" | "timeout" | "busy" | "failed" | "epochChanged";
}
