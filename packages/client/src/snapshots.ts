// What views and commands see: plain data, safe to copy across a worker. A snapshot never changes; a later one replaces it.

import type { IdentityId } from "@p2pcrypt/session";
import type { Arrangement } from "./arrangement.ts";
import type { LimitedSnapshot } from "./device-snapshots.ts";
import type { Entry } from "./entry-snapshots.ts";
import type { PinnedMessage } from "./message-snapshots.ts";
import type { AuthenticationSnapshot, OwnCertification } from "./trust-snapshots.ts";

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
  /** Of a device that asks a keeper; absent on a keeper. */
  readonly limited?: LimitedSnapshot;
  /** Under which identity this one goes on, as its contacts were told. */
  readonly successor?: Successor;
  /** Whether directories find the identity by its name. By its fingerprint everybody finds it. */
  readonly isFindable: boolean;
  readonly settings: Settings;
  readonly safety: SafetySnapshot;
}

/** What is known here about how this identity outlives its device. Whether the vault has a passphrase is the vault's to say. */
export interface SafetySnapshot {
  /** False for an imported key that does not fit on a sheet: then a backup file is what is left. */
  readonly canHaveRecoverySheet: boolean;
  /** When a sheet was last given out. Whether it was written down is the person's to know. */
  readonly recoverySheetAtMs?: number;
  /** When a revocation certificate was last given out. */
  readonly revocationAtMs?: number;
  /** When a backup was last made. */
  readonly backupAtMs?: number;
  /** Backups at the home node. Absent: none was ever asked for. */
  readonly nodeBackup?: NodeBackupSnapshot;
  /** This device began with a backup that was found at a node: when that one was made. */
  readonly restoredFromMs?: number;
}

export interface NodeBackupSnapshot {
  readonly isAutomatic: boolean;
  /** What lies there now. It is gone at `keptUntilMs`, unless a newer one took its place. */
  readonly kept?: { readonly madeAtMs: number; readonly keptUntilMs: number; readonly bytes: number; readonly nodeUrl: string };
  /** When it was last made or found to be up to date, or tried; why that failed. */
  readonly checkedAtMs?: number;
  readonly failure?: string;
}

/** A backup that a recovery sheet found at a node. */
export interface FoundBackup {
  readonly id: string;
  readonly madeAtMs: number;
  /** What its person calls the device that made it; may be empty. */
  readonly device: string;
  readonly conversations: number;
  /** Entries of all histories. */
  readonly messages: number;
  readonly bytes: number;
}

/** Ends the identity on the day on which its key is lost or stolen, and does nothing else. Kept apart from the device. */
export interface RevocationCertificate {
  /** A file to keep: explains itself, and holds what `readRevocation` finds again. gpg and sq import it as it is. */
  readonly text: string;
  /** The certificate alone. */
  readonly armored: string;
  /** Names the identity and a node that knows it: what `revokeIdentity` asks for. */
  readonly link: string;
  readonly fingerprint: string;
  readonly name: string;
}

/** Everything that is needed to be this identity again on an empty machine. Secret as a whole: shown or printed, never kept. */
export interface RecoverySheet {
  /** 28 words, in this order. */
  readonly words: readonly string[];
  /** For a QR code: words, name and home node in one. */
  readonly text: string;
  readonly identityId: IdentityId;
  readonly fingerprint: string;
  readonly name: string;
  /** To be written beside the words. */
  readonly homeNodeUrl: string;
}

export interface Settings {
  readonly sendsReceipts: boolean;
  readonly sendsTyping: boolean;
  readonly sendsPresence: boolean;
  /** In calls, also from people who are verified. From everybody else the address is hidden in any case. */
  readonly alwaysHidesAddress?: boolean;
}

/** Where a contact stands. `requested`: waiting for them. `asking`: they wait for me. */
export type ContactState = "requested" | "asking" | "accepted" | "declined" | "blocked" | "gone";

export type VerificationMethod = "digits" | "shortCode" | "scan";

export type TrustSnapshot =
  | { readonly kind: "unverified" }
  | { readonly kind: "verified"; readonly method: VerificationMethod; readonly atMs: number };

/** Something about a contact that stops sending until the person decides (I15), with the date it was seen. */
export interface ContactAlert {
  readonly kind: "revoked" | "equivocation" | "expired" | "successor";
  readonly atMs: number;
  readonly isDecided: boolean;
  /** Of `successor`: under which identity they say that they go on. Nobody has verified it. */
  readonly successor?: Successor;
}

/** Another identity that goes on for one; `link` asks it. */
export interface Successor {
  readonly identityId: IdentityId;
  readonly name: string;
  readonly link: string;
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
  /** Devices of theirs that came into the conversation in the last seven days, after it began. */
  readonly newDevices: readonly { readonly deviceId: string; readonly atMs: number }[];
  readonly trust: TrustSnapshot;
  /** By certifications. Undefined while nothing is computed yet. */
  readonly authentication?: AuthenticationSnapshot;
  /** The own certification of this contact that stands. */
  readonly certification?: OwnCertification;
  /** Whether this contact is given every own certification as it is made. */
  readonly isGivenCertifications: boolean;
  /** Whether directories may hand out this contact's public certification of me. */
  readonly isAttested: boolean;
  /** Runs of the short code that ended without verification. */
  readonly failedRuns: number;
  readonly alert?: ContactAlert;
  readonly devices: readonly string[];
  /** Where they can be reached, by their link and their profile. */
  readonly nodeUrls: readonly string[];
  /** The conversation of two, once it exists. */
  readonly conversationId?: ConversationId;
  /** An own request or acceptance on its way: why it waits, if it does. */
  readonly delivery?: "queued" | "atNode" | { readonly refused: string };
}

/** What a contact link says, and what is known here about whom it names. Nobody was asked. */
export interface LinkPreview {
  /** The same link without what surrounded it: what `contacts.add` takes. */
  readonly link: string;
  /** For an application that registered for it. */
  readonly appLink: string;
  readonly nodeUrl: string;
  readonly identityId: IdentityId;
  /** A claim of whoever made the link. May be empty. */
  readonly nameHint: string;
  readonly isSelf: boolean;
  readonly contact?: ContactSnapshot;
}

/** What the node in a link says about whom it names, checked against the identity id in the link. Gives no trust. */
export type DirectoryPreview =
  | {
      readonly kind: "found";
      readonly identityId: IdentityId;
      readonly fingerprint: string;
      readonly name: string;
      readonly devices: number;
      /** Why no request should be made, if so. */
      readonly hindrance?: "revoked" | "deleted" | "expired";
    }
  | { readonly kind: "notFound" }
  | { readonly kind: "unreachable" }
  /** The node answered with something that does not hold, or refused. */
  | { readonly kind: "badAnswer" };

export interface MemberSnapshot {
  readonly identityId: IdentityId;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly isSelf: boolean;
  readonly deviceIds: readonly string[];
  /** Of others: whether this person verified them. Somebody who is no contact is not. */
  readonly trust?: TrustSnapshot;
  /** Absent when they are no contact of mine; how far certifications reach is in the contact's snapshot. */
  readonly contactState?: ContactState;
  /** Something about this contact that waits for the person. */
  readonly alert?: ContactAlert;
}

/** A link with which people may knock at a group. Whoever has it can ask; only an administrator lets in. */
export interface GroupInvitation {
  /** Names it without giving it away. */
  readonly id: string;
  readonly link: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface Knock {
  readonly identityId: IdentityId;
  readonly fingerprint: string;
  readonly name: string;
  readonly greeting: string;
  readonly atMs: number;
  /** `accepted` when they are somebody one talks with. */
  readonly contactState: ContactState;
}

/** What a link to a group says, and what is known here about who made it. Nobody was asked. */
export interface GroupLinkPreview {
  readonly nodeUrl: string;
  readonly identityId: IdentityId;
  /** Claims of whoever made the link. */
  readonly groupHint: string;
  readonly nameHint: string;
  readonly expiresAtMs: number;
  readonly isExpired: boolean;
  readonly contact?: ContactSnapshot;
}

/** A change of a group that this person wants and no commit has brought about yet. */
export type PendingChange =
  | { readonly kind: "add" | "remove" | "promote" | "demote"; readonly identityId: IdentityId }
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "disappear"; readonly afterS: number }
  | { readonly kind: "picture"; readonly isRemoved: boolean }
  | { readonly kind: "move"; readonly nodeUrl: string }
  | { readonly kind: "leave" };

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
  /** Whose letter or link led to it. Absent: this device found it at the node itself. */
  readonly by?: IdentityId;
}

export interface ConversationSnapshot {
  readonly id: ConversationId;
  readonly kind: "direct" | "group" | "self";
  /** The other side of a conversation of two. */
  readonly contactId?: IdentityId;
  /** Of the other side, or as administrators called the group. */
  readonly name: string;
  /** Of a group. */
  readonly ownRole?: "admin" | "member";
  readonly pending?: readonly PendingChange[];
  /** Links of one's own to this group that are still good, and who followed one and waits. */
  readonly invitations?: readonly GroupInvitation[];
  readonly knocks?: readonly Knock[];
  /** Who took this person in again after they had left: `acceptInvitation` joins, `declineInvitation` does not. */
  readonly invitedBy?: IdentityId;
  /** Of a group that has a picture: its SHA-256, hex. `Groups.picture` has the bytes. */
  readonly picture?: string;
  /** Messages are erased so many seconds after they were sent; 0: never. */
  readonly disappearAfterS?: number;
  readonly arrangement: Arrangement;
  /** What is being written and was not sent. */
  readonly draft?: string;
  readonly state: ConversationState;
  readonly members: readonly MemberSnapshot[];
  readonly nodeUrls: readonly string[];
  /** Where it was, or is said to go on: asked as long as something is to be done there. */
  readonly otherNodeUrls: readonly string[];
  /** Once it was moved: shows members who cannot be told otherwise where it is. */
  readonly moveLink?: string;
  /** Of a group: somebody moved it from a state that is not this device's. `rejoin` follows them. */
  readonly rival?: { readonly name: string; readonly nodeUrl: string };
  readonly unread: number;
  /** Numbers of the unread messages that name this person, oldest first; at most the 100 newest. */
  readonly mentions?: readonly number[];
  /** How many entries the history has: the number of the newest one. */
  readonly entries: number;
  /** Number of the newest entry of others that the person has read. */
  readonly readUpTo?: number;
  readonly last?: Entry;
  /** Messages that members pinned, the latest pinned first; at most 32. */
  readonly pinned?: readonly PinnedMessage[];
  readonly queued: number;
  /** Why nothing is sent although the node is there. `undecided`: a member's alert waits for the person. */
  readonly sendingBlocked?: "undecided" | "removalPending" | "warning";
  readonly warnings: readonly ConversationWarning[];
  /** 60 digits and the epoch: equal for all members who see the same conversation. */
  readonly code?: { readonly digits: string; readonly epoch: bigint };
  /** Whether everything the node has was read once since start. */
  readonly isCaughtUp: boolean;
}

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

/** One scan of a verification code, on either side. One at a time with each contact. */
export interface ScanRun {
  readonly run: string;
  readonly contactId: IdentityId;
  readonly conversationId: ConversationId;
  /** Whether the code is on this device's screen. */
  readonly isShowing: boolean;
  /**
   * Showing: `waiting` until they scan; `scanned` once their device proved it: ask the person whether it is them, and `confirmScan`.
   * Scanning: `waiting` for their person to say so. `verified` and `failed` end a run.
   */
  readonly state: "waiting" | "scanned" | "verified" | "failed";
  /** When the run ends by itself. */
  readonly endsAtMs: number;
  /** `mismatch`: the proof does not fit this conversation, as if somebody stood in between. */
  readonly reason?: "declined" | "mismatch" | "expired" | "epochChanged" | "unknown";
}

/** A code to show to one contact, once. */
export interface ScanCode {
  /** For a QR code. Secret until it is used. */
  readonly text: string;
  readonly run: ScanRun;
}
