// What a session answers: outcomes a caller branches on, and the events of a commit.
import type { IdentityId } from "./credential-verifier.ts";
import type { Place, StreamAdminKey } from "./group/conversation-context.ts";
import type { Member } from "./group/roster.ts";
import type { Session } from "./session.ts";
import type { View } from "./wire/view.ts";

export type OpenOutcome =
  | {
      readonly kind: "opened";
      readonly session: Session;
      readonly content: Uint8Array;
      readonly view: View;
      /** The leaf that signed it. */
      readonly author: Member;
      readonly generation: number;
      readonly epoch: bigint;
      /** Messages of this author that should have come before and have not: shown as "missing N". */
      readonly missing: number;
    }
  /** Signed by a member and holding no content frame: dropped, the ratchet is stepped (M25). */
  | { readonly kind: "malformed"; readonly session: Session; readonly author: Member; readonly generation: number }
  /** A record that this session sealed itself. */
  | { readonly kind: "ownEcho"; readonly generation: number }
  /** Signed by my device key and not sealed by this session: somebody runs a copy of it (M20). Stop and re-link. */
  | { readonly kind: "cloned"; readonly generation: number }
  | { readonly kind: "duplicate"; readonly author: Member; readonly generation: number }
  /** Of another epoch than the one in force: dropped. */
  | { readonly kind: "wrongEpoch"; readonly epoch: bigint }
  /** Too many messages of this author are missing before it for the ratchet to follow within this epoch. */
  | { readonly kind: "gap"; readonly author: Member; readonly generation: number; readonly missing: number }
  /** `isForkAlarm`: it claims my group and epoch and does not open, so its author's history is not mine (M5). */
  | { readonly kind: "unreadable"; readonly reason: UnreadableReason; readonly isForkAlarm: boolean };

export type UnreadableReason = "notARecord" | "otherGroup" | "doesNotOpen" | "unknownOwnRecord";

export type HandshakeOutcome =
  | {
      readonly kind: "applied";
      readonly session: Session;
      readonly events: readonly GroupEvent[];
      readonly committer: Member;
      readonly view: View;
      readonly timeMs: number;
      readonly isOwn: boolean;
      /** Of an own commit that adds: to be sent now, since the position is taken. */
      readonly welcome?: WelcomePackage;
    }
  /** Invalid for everybody alike: the position is consumed, the state stays (M8). */
  | {
      readonly kind: "skipped";
      readonly session: Session;
      readonly reason: SkipReason;
      readonly isForkAlarm: boolean;
      readonly committer?: Member;
    }
  /**
   * Valid for the others, but my own secrets do not follow: an administrator must remove and add me again (M7). `location`: where the
   * conversation is for those who do follow.
   */
  | {
      readonly kind: "stuck";
      readonly session: Session;
      readonly committer: Member;
      readonly isClone: boolean;
      readonly location: readonly Place[];
    }
  | { readonly kind: "removed"; readonly session: Session; readonly by: Member };

export type SkipReason =
  | "notARecord"
  | "otherGroup"
  | "wrongEpoch"
  | "doesNotOpen"
  | "badHeader"
  | "forbiddenProposal"
  | "mixedAddAndRemove"
  | "notAllowed"
  | "badCredential"
  | "badKeyPackage"
  | "badContext"
  | "badTree"
  | "administratorGone";

export type GroupEvent =
  | { readonly kind: "memberAdded"; readonly member: Member; readonly by: Member }
  | { readonly kind: "memberRemoved"; readonly member: Member; readonly by: Member; readonly isSelfRemoval: boolean }
  | { readonly kind: "memberUpdated"; readonly member: Member }
  | {
      readonly kind: "administratorsChanged";
      readonly before: readonly IdentityId[];
      readonly administrators: readonly IdentityId[];
      readonly by: Member;
    }
  | { readonly kind: "locationChanged"; readonly location: readonly Place[]; readonly by: Member }
  | { readonly kind: "streamAdminKeysChanged"; readonly streamAdminKeys: readonly StreamAdminKey[]; readonly by: Member }
  | { readonly kind: "nameChanged"; readonly name: string; readonly by: Member }
  | { readonly kind: "disappearingChanged"; readonly disappearAfterS: number; readonly by: Member }
  /** Absent: it has none any more. */
  | { readonly kind: "pictureChanged"; readonly picture?: Uint8Array; readonly by: Member }
  /** Somebody asked to leave: any member may commit it with `{kind: "acceptLeaves"}`. It never blocks sending. */
  | { readonly kind: "leaveRequested"; readonly member: Member }
  | { readonly kind: "epochStarted"; readonly epoch: bigint; readonly committer: Member };

/** What an administrator changes about the conversation; absent means unchanged. */
export interface ContextChange {
  /** All administrators from now on. Each has a leaf after the commit; never none. */
  readonly administrators?: readonly IdentityId[];
  readonly location?: readonly Place[];
  readonly streamAdminKeys?: readonly StreamAdminKey[];
  /** At most 128 bytes of UTF-8. */
  readonly name?: string;
  /** Whole seconds, at most four weeks; 0: never. */
  readonly disappearAfterS?: number;
  /** A JPEG or WebP of at most 8 KiB; empty: none. */
  readonly picture?: Uint8Array;
}

export type GroupChange =
  | ({ readonly kind: "add"; readonly keyPackages: readonly Uint8Array[] } & ContextChange)
  | ({ readonly kind: "remove"; readonly leaves: readonly number[] } & ContextChange)
  /** New keys for the own leaf, and a renewed credential of the same device if given. */
  | { readonly kind: "update"; readonly credential?: Uint8Array }
  | ({ readonly kind: "context" } & ContextChange)
  /** Commits the leave requests seen in this epoch. */
  | { readonly kind: "acceptLeaves" };

/** What a new member needs besides its own key package. */
export interface WelcomePackage {
  /** MLS Welcome message, one for all that this commit adds. */
  readonly welcome: Uint8Array;
  readonly ratchetTree: Uint8Array;
  /** References of the key packages that were used, in the order they were given. */
  readonly keyPackageReferences: readonly Uint8Array[];
}

export type CommitOutcome = {
  /** Same epoch, handshake ratchet stepped, the commit pending inside: store it, then send `record`. */
  readonly session: Session;
  readonly record: Uint8Array;
  readonly welcome?: WelcomePackage;
};

export type JoinOutcome =
  | { readonly kind: "joined"; readonly session: Session; readonly usedKeyPackage: Uint8Array; readonly addedBy: Member }
  | { readonly kind: "refused"; readonly reason: JoinRefusal };

export type JoinRefusal =
  | "notAWelcome"
  | "noKeyPackage"
  | "doesNotOpen"
  | "heldGroup"
  | "badCredential"
  | "badContext"
  | "badFounding"
  | "badTree"
  | "notAnAdministrator";
