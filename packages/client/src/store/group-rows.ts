// What the vault holds about one MLS group and its stream. Changing a shape raises FORMAT_VERSION (format.ts).
import type { Checkpoint } from "@p2pcrypt/api";
import type { IdentityId, Place } from "@p2pcrypt/session";
import type { WelcomeBody } from "../mail/envelope.ts";
import type { ConversationWarning } from "../snapshots.ts";
import type { FormerStreamRow, MoveOfferRow, MoveRow, UnsettledRow } from "./move-rows.ts";
import type { CursorRow, OfferRow } from "./rows.ts";

/** One MLS group and its stream. */
export interface GroupRow {
  readonly groupId: string;
  readonly threadId: string;
  readonly place: Place;
  readonly state: "opening" | "active" | "stuck" | "removed" | "left" | "succeeded";
  readonly tokens: TokensRow;
  /** Stream administrators at creation: only while opening. */
  readonly firstAdmins: readonly Uint8Array[];
  readonly adminSecretKey: Uint8Array;
  readonly cursor: CursorRow;
  readonly checkpoint?: Checkpoint;
  /** Where the log stood after each of the last records: what members say they saw is compared with it. */
  readonly trail?: readonly { readonly seq: number; readonly chain: Uint8Array }[];
  readonly warnings: readonly ConversationWarning[];
  readonly code?: { readonly digits: string; readonly epoch: bigint };
  /** Who is in it, as of the last commit: so that a list of conversations opens without a single session. */
  readonly roster: readonly RosterRow[];
  readonly founder: IdentityId;
  readonly sealed?: SealedRow;
  readonly claim?: ClaimRow;
  /** Takes this device in again once it is removed. */
  readonly nextWelcome?: WelcomeBody;
  /** Of a group: whose letter it came in. */
  readonly nextWelcomeFrom?: IdentityId;
  /** Devices to add: of the first request, of rejoin requests and stuck notices. */
  readonly adds: readonly AddRow[];
  /** What this person wants changed and no commit has changed yet. */
  readonly wishes?: readonly WishRow[];
  /** When this device last gave its leaf new keys. */
  readonly refreshedMs?: number;
  /** Links of one's own with which people may knock, and who did. */
  readonly invitations?: readonly InvitationRow[];
  readonly knocks?: readonly KnockRow[];
  /** Of a group, as of the last commit. */
  readonly name?: string;
  readonly disappearAfterS?: number;
  /** Hash of the picture that its session holds; empty: none. */
  readonly picture?: string;
  /** Streams that are not needed any more, and when this device has the node delete them. */
  readonly former?: readonly FormerStreamRow[];
  /** The last commit that was taken back after it had left this device, as long as its epoch lasts. */
  readonly disowned?: { readonly record: Uint8Array; readonly pending: Uint8Array; readonly epoch: bigint };
  /** How it came where it is, and the streams where it was, hex. */
  readonly lastMove?: { readonly place: Place; readonly positions: number };
  readonly leftStreams?: readonly string[];
  /** Places where it is said to go on, by letters and links. Nothing of it is checked. */
  readonly offers?: readonly MoveOfferRow[];
  /** One of them that starts from another state than this device's: the person decides. */
  readonly rival?: MoveOfferRow;
  /** Lines of the last day that letters of members caused. */
  readonly told?: readonly ToldRow[];
  /** A move that the old node does not have. */
  readonly unsettled?: UnsettledRow;
  /** While nobody else was seen where this device moved without the old node: what was said there, which goes along if it gives way. */
  readonly alone?: readonly string[];
}

export interface ToldRow {
  readonly by: IdentityId;
  readonly atMs: number;
}

export interface InvitationRow {
  readonly secret: Uint8Array;
  readonly createdMs: number;
  readonly expiresMs: number;
}

export interface KnockRow {
  readonly identityId: IdentityId;
  readonly greeting: string;
  readonly atMs: number;
}

/** Carried out by the next commit that can, and gone once it holds. */
export type WishRow =
  | { readonly kind: "add" | "remove"; readonly identityId: IdentityId }
  | DevicesWishRow
  | { readonly kind: "role"; readonly identityId: IdentityId; readonly isAdmin: boolean }
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "disappear"; readonly afterS: number }
  /** Empty: none any more. */
  | { readonly kind: "picture"; readonly picture: Uint8Array }
  /** `isForced`: also when the present node does not answer. */
  | { readonly kind: "move"; readonly nodeId: IdentityId; readonly nodeUrl: string; readonly isForced?: true }
  | { readonly kind: "leave" };

/** Of a member, devices (hex) that asked to be taken in, as a restored one does. Vaults of before one wish a device have several in one. */
export interface DevicesWishRow {
  readonly kind: "devices";
  readonly identityId: IdentityId;
  readonly devices: readonly string[];
  /** How often a key package is still asked for, and when next. */
  readonly tries: number;
  readonly dueMs?: number;
  /** Asked for by a device itself: of what is added for it, too. */
  readonly isUnvouched?: true;
}

export interface RosterRow {
  readonly identityId: IdentityId;
  readonly name: string;
  readonly deviceId: Uint8Array;
  readonly isAdministrator: boolean;
}

export interface TokensRow {
  readonly configVersion: number;
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
}

/** One sealed application record, sent unchanged until its key is answered. */
export interface SealedRow {
  readonly record: Uint8Array;
  readonly idempotencyKey: Uint8Array;
  readonly ifHandshake: number;
  readonly carries: Carried;
  /** In which it was sealed. */
  readonly epoch?: bigint;
  /** The node refused it, since handshakes came first. They may have left the epoch as it is. */
  readonly isMoved?: boolean;
}

export type Carried =
  | { readonly kind: "outbox"; readonly id: string }
  | { readonly kind: "receipt"; readonly arrived: number; readonly read: number };

/** An own handshake on its way to a position. */
export interface ClaimRow {
  readonly record: Uint8Array;
  /** What it takes in; their Welcomes leave when it is applied. */
  readonly adds: readonly AddRow[];
  /** Told to the node in the same step: administrators of the stream, and new tokens when it is a removal. */
  readonly configuration?: {
    readonly addAdmins: readonly Uint8Array[];
    readonly removeAdmins: readonly Uint8Array[];
    readonly isRemoval: boolean;
  };
  readonly move?: MoveRow;
}

export interface AddRow {
  readonly identityId: IdentityId;
  /** Where the device that offered it reads. Absent: any of theirs. */
  readonly replyInbox?: Uint8Array;
  readonly offer: OfferRow;
  /** A device of a member, or an own one, that is missing here. Once it is in, whoever added it, there is nothing left to do. */
  readonly isOwn?: true;
  readonly isMissing?: true;
  /** Asked for by the device itself: its person's nodes are asked first whether it was removed. */
  readonly isUnvouched?: true;
}
