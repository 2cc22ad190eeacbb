// What the vault holds about the account, contacts, mail and conversations. Changing a shape raises FORMAT_VERSION (format.ts).
import type { StreamId } from "@p2pcrypt/api";
import type { KnownContent } from "@p2pcrypt/content";
import type { Inbox } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import type { Arrangement } from "../arrangement.ts";
import type { Entry } from "../entry-snapshots.ts";
import type { EnvelopeBody } from "../mail/envelope.ts";
import type { PinnedMessage } from "../message-snapshots.ts";
import type { ContactAlert, ContactState, Settings, Successor, TrustSnapshot } from "../snapshots.ts";
import type { OwnCertification } from "../trust-snapshots.ts";
import type { NodeBackupRow } from "./backup-rows.ts";
import type { FormerHomeRow } from "./move-rows.ts";

// ---- account -------------------------------------------------------------------------------------------------------------------

export interface AccountRow {
  readonly identityId: IdentityId;
  readonly fingerprint: string;
  readonly name: string;
  /** Secret key, without a lock of its own: the vault is the lock. Absent: a limited device, which asks a keeper. */
  readonly secret?: Uint8Array;
  readonly certificate: Uint8Array;
  readonly minimalCertificate: Uint8Array;
  /** What is published with it: others' public certifications, and the attestation of them. */
  readonly attested?: Uint8Array;
  readonly primaryKey: Uint8Array;
  readonly homeNodeUrl: string;
  /** Known from the first connection on; another identity at that address is refused afterwards. */
  readonly homeNodeId?: IdentityId;
  readonly device: DeviceRow;
  readonly inbox: InboxRow;
  readonly profile?: OwnProfileRow;
  /** Of the next profile, for a device that may not know what was published before. */
  readonly leastSequence?: bigint;
  /** A change that the present profile does not show yet. */
  readonly isProfileStale: boolean;
  readonly devices: readonly Uint8Array[];
  readonly revokedDevices: readonly Uint8Array[];
  readonly publishRefusal?: string;
  readonly settings: Settings;
  /** When a recovery sheet was last given out, and a backup last made. */
  readonly recoverySheetAtMs?: number;
  readonly successor?: Successor;
  /** As the newest self-signature of the name says. */
  readonly isFindable?: boolean;
  readonly revocationAtMs?: number;
  readonly backupAtMs?: number;
  /** Makes backups without asking for their passphrase. */
  readonly nodeBackup?: NodeBackupRow;
  readonly restoredFromMs?: number;
  readonly keptBackupKey?: { readonly key: Uint8Array; readonly parameters: Uint8Array };
  readonly stock?: StockRow;
  /** What its person calls this device. */
  readonly deviceName?: string;
  /** What contacts and own devices hold follows from it (own-tokens.ts). Of a keeper. */
  readonly tokenRoot?: Uint8Array;
  /** It does not follow from the identity's key, and is in backups. */
  readonly isRootDrawn?: true;
  /** Came from a backup or a recovery sheet: other own devices are asked for what they know. */
  readonly isRestored?: true;
  /** Lets own devices claim each other's key packages. */
  readonly ownClaimToken?: Uint8Array;
  /** Stream ids of the inboxes of devices that were removed: they leave the profile. */
  readonly removedInboxes?: readonly Uint8Array[];
  /** Of a limited device: when it last asked a keeper for renewal, with which inbox key, and which profile it knew. */
  readonly asked?: { readonly atMs: number; readonly keyId: number; readonly sequence: bigint };
  /** The node that was home before: its inbox is read for a while, and it is told where people find this identity. */
  readonly formerHome?: FormerHomeRow;
  /** Another own device removed this one: it stops as one whose vault was copied does. */
  readonly isRemoved?: boolean;
  /** The vault is or was in use twice (M20): nothing is sent any more. */
  readonly isCloned: boolean;
}

export interface DeviceRow {
  readonly deviceId: Uint8Array;
  readonly signatureSecretKey: Uint8Array;
  readonly signatureKey: Uint8Array;
  readonly certificate: Uint8Array;
  readonly notAfterMs: number;
}

export interface InboxRow {
  readonly stream: Uint8Array;
  readonly readToken: Uint8Array;
  readonly contactToken: Uint8Array;
  readonly adminSecretKey: Uint8Array;
  readonly isCreated: boolean;
  readonly cursor?: CursorRow;
  /** Newest last; the last one is in the profile. */
  readonly keys: readonly InboxKeyRow[];
}

export interface InboxKeyRow {
  readonly keyId: number;
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
  readonly createdMs: number;
}

export interface OwnProfileRow {
  readonly bytes: Uint8Array;
  readonly sequence: bigint;
  readonly validUntilMs: number;
  readonly isPublished: boolean;
  /** Of a limited device: which of its inbox keys stands there. */
  readonly inboxKeyId?: number;
}

/** Key packages that the home node keeps of this device for its contacts. */
export interface StockRow {
  /** When the node was last asked, and how many there were here after that. */
  readonly checkedMs: number;
  readonly size: number;
  /** When the whole stock was last made anew. */
  readonly madeMs: number;
  /** SHA-256 of the list of those who may claim. */
  readonly claimers: string;
}

/** A key package of this device whose private half is needed when a Welcome uses it. */
export interface KeyPackageRow {
  readonly reference: Uint8Array;
  readonly publicPackage: Uint8Array;
  readonly privatePackage: Uint8Array;
  readonly createdMs: number;
  /** Made for one contact's answer: nobody else's Welcome may use it. Absent: of the stock, for groups of any contact. */
  readonly contactId?: IdentityId;
  readonly adminSecretKey: Uint8Array;
}

export interface CursorRow {
  readonly seq: number;
  readonly chain: Uint8Array;
  readonly positions: number;
  readonly handshakeChain: Uint8Array;
}

// ---- contacts ------------------------------------------------------------------------------------------------------------------

export interface ContactRow {
  readonly identityId: IdentityId;
  readonly fingerprint: string;
  readonly name: string;
  readonly state: ContactState;
  readonly addedAtMs: number;
  readonly greeting?: string;
  readonly isGreetingOwn?: boolean;
  readonly trust: TrustSnapshot;
  readonly isGivenCertifications?: boolean;
  readonly failedRuns: number;
  readonly alert?: ContactAlert;
  /** Devices that came into the conversation after it began, for as long as people are told. */
  readonly newDevices?: readonly { readonly deviceId: string; readonly atMs: number }[];
  /** Where to ask for the profile: newest first. */
  readonly nodeUrls: readonly string[];
  /** When their nodes were last asked; less when none answered. */
  readonly lookedUpAtMs?: number;
  /** Undefined until the first answer of a node or the first request. */
  readonly certificate?: Uint8Array;
  readonly primaryKey?: Uint8Array;
  readonly profile?: ContactProfileRow;
  /** The union over every valid profile seen: never shrinks. */
  readonly revokedDevices: readonly Uint8Array[];
  readonly conversationId?: string;
  /** Their request, while its answer is not made. */
  readonly request?: PendingRequestRow;
  /** Lets me write large records into their inboxes. */
  readonly theirInboxToken?: Uint8Array;
  /** Lets me claim their key packages: without asking, since they talk to me. */
  readonly theirClaimToken?: Uint8Array;
  /** Lets this contact claim key packages. */
  readonly myClaimToken: Uint8Array;
}

/**
 * Somebody's certificate with the certifications on it that were seen, private ones too: contacts, those they vouched for, roots, and
 * oneself. By identity id. What its owner says of themselves is in the contact's row as well.
 */
export interface CertifiedRow {
  readonly identityId: IdentityId;
  readonly certificate: Uint8Array;
  readonly name: string;
  readonly fingerprint: string;
  /** Own certification that stands. */
  readonly own?: OwnCertification;
  /** The name that it is about: people change theirs. */
  readonly ownName?: string;
  /** Their certificate with own certifications and revocations alone: what is given on. */
  readonly ownCut?: Uint8Array;
  /** Who was given the own certification, and hears of its end. */
  readonly givenTo: readonly IdentityId[];
  readonly rootAmount?: number;
  /** Of one's own row: whose public certifications directories may hand out. */
  readonly attestedTo?: readonly IdentityId[];
}

export interface ContactProfileRow {
  readonly bytes: Uint8Array;
  readonly sequence: bigint;
  readonly validUntilMs: number;
  readonly devices: readonly Uint8Array[];
  readonly inboxes: readonly Inbox[];
}

export interface PendingRequestRow {
  /** By the own clock. */
  readonly heardMs: number;
  readonly replyInbox: Uint8Array;
  readonly offers: readonly OfferRow[];
  /** A limited device signed it: whether it still counts is looked up before it is answered. */
  readonly isOfDevice?: true;
}

export interface OfferRow {
  readonly deviceId: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly streamAdminKey: Uint8Array;
}

// ---- mail: sealed envelopes on their way into inboxes --------------------------------------------------------------------------

export interface MailRow {
  readonly id: string;
  readonly to: IdentityId;
  readonly createdMs: number;
  readonly letter: Letter;
  /** Undefined until the recipient's profile is known. Sent unchanged until answered. */
  readonly copies?: readonly CopyRow[];
  readonly attempts: number;
  /** Why a node refused the last attempt, and when the next one is due. */
  readonly refusal?: string;
  readonly retryAtMs?: number;
}

export type Letter =
  | { readonly kind: "request" | "rejoin"; readonly greeting: string }
  | { readonly kind: "knock"; readonly greeting: string; readonly secret: Uint8Array }
  /** For one inbox. */
  | {
      readonly kind: "answer";
      readonly body: Exclude<EnvelopeBody, { kind: "request" | "rejoin" | "knock" }>;
      readonly replyInbox?: Uint8Array;
    };

export interface CopyRow {
  readonly nodeUrl: string;
  readonly stream: StreamId;
  readonly record: Uint8Array;
  readonly idempotencyKey: Uint8Array;
  readonly isDelivered: boolean;
}

// ---- conversations -------------------------------------------------------------------------------------------------------------

/** One thread of history, whatever groups it lived in. */
export interface ThreadRow {
  readonly id: string;
  readonly kind: "direct" | "group" | "self";
  readonly contactId?: IdentityId;
  readonly createdMs: number;
  /** Group in use: hex. Undefined until this client founded or joined one. */
  readonly groupId?: string;
  /** Number of the newest entry. */
  readonly entries: number;
  readonly last?: Entry;
  readonly unread: number;
  /** Numbers of unread entries that name this person, oldest first. */
  readonly mentions?: readonly number[];
  /** Newest entries of others that arrived, that the person read, and what others were told of both. */
  readonly arrived?: Mark;
  readonly read?: Mark;
  readonly toldArrived: number;
  readonly toldRead: number;
  /** Per other member: how far they told us. */
  readonly marks: Readonly<Record<string, { readonly delivered: number; readonly read: number }>>;
  /** Own entries in the log that not everybody has read, oldest first; at most 500. */
  readonly unsettled: readonly { readonly id: string; readonly number: number }[];
  /** The latest pinned first. */
  readonly pinned?: readonly PinnedMessage[];
  /** Ids of what waits to be sent, oldest first. */
  readonly outbox: readonly string[];
  /** Of a restored one: the group that it was, until this device is in it again. */
  readonly formerGroup?: { readonly groupId: string; readonly name: string; readonly isAwaited?: true };
  /** Of a device that was linked: room for what was said before it was taken in, while nothing stands there. Entry and file. */
  readonly gap?: { readonly from: number; readonly file: number };
  /** Everything up to here was deleted by the person: nothing brings it back. */
  readonly clearedUpTo?: number;
  readonly arrangement?: Arrangement;
  /** What is being written. */
  readonly draft?: string;
  /** Of each time that messages stayed here: how many do or did, and how many of those are erased. */
  readonly disappearing?: readonly DisappearingRow[];
}

export interface DisappearingRow {
  readonly afterS: number;
  /** Of what came later than its place in the history says: each chunk of it is a line of its own. */
  readonly line?: string;
  readonly count: number;
  readonly done: number;
  /** When the next one goes, or is looked for. */
  readonly nextMs: number;
}

export interface Mark {
  readonly id: string;
  readonly number: number;
}

/** Content that waits to be sealed, or was sealed and is not read back from the log yet. */
export interface OutboxRow {
  readonly id: string;
  readonly threadId: string;
  readonly content: KnownContent;
  /** The node has a record of it. */
  readonly isAtNode: boolean;
  /** Of the newest record that holds it, hex. */
  readonly recordHash?: string;
  readonly refusal?: string;
}
