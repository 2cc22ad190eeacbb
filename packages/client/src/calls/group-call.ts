// One call of a group as its machine knows it, and what it lasts.
import type { Cancel } from "@p2pcrypt/bytes";
import type { CallDescription, CallMedia } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { MediaOn } from "../call-snapshots.ts";
import type { Core } from "../core.ts";
import type { CallPerson, GroupCallEnd, GroupCallSnapshot, GroupCallState, PairState } from "../group-call-snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";

/** Everybody is connected to everybody: more than four is more than most lines carry. */
export const MAX_IN_CALL = 4;
/** Groups of more people do not ring as a whole. */
export const RINGS_WHOLE_GROUPS_OF = 16;
/** Who is in says so this often, and is gone when nothing is heard of them for so long. */
export const IN_AGAIN_MS = 4_000;
export const PART_FADES_MS = 15_000;
/** Where there was no way to somebody, it is tried again. */
export const TRY_AGAIN_MS = 10_000;
/** Who is left alone waits this long for somebody. */
export const ALONE_FOR_MS = 180_000;
/** Of devices that say they are in one call. */
export const MAX_PARTS = 32;

/** The connection to another device. */
export interface Pair {
  /** Of two, the one with the lower join offers: they never both do. */
  readonly isOffering: boolean;
  number: number;
  attempt: number;
  /** Found after the description of that number: said again until there is a way. */
  found: readonly string[];
  described?: CallDescription;
  isAnswered: boolean;
  state: PairState;
  saying?: Cancel;
  limit?: Cancel;
  finding?: Cancel;
}

/** Another device that is in. */
export interface Part {
  readonly identityId: IdentityId;
  readonly device: string;
  readonly leaf: number;
  /** base64url. Names the part: another one each time. */
  readonly join: string;
  readonly sinceMs: number;
  sends: MediaOn;
  fade?: Cancel;
  pair?: Pair;
}

export interface OwnPart {
  readonly join: Uint8Array;
  readonly joinText: string;
  readonly sinceMs: number;
  sends: MediaOn;
  /** Of the newest offer to anybody. */
  number: number;
  saying?: Cancel;
  ringing?: Cancel;
}

export interface GroupCall {
  readonly id: string;
  readonly groupId: string;
  readonly conversationId: string;
  readonly media: CallMedia;
  readonly by: IdentityId;
  /** This device began it, and tells the history. */
  readonly isMine: boolean;
  readonly startedAtMs: number;
  state: GroupCallState;
  own?: OwnPart;
  /** By device. */
  readonly parts: Map<string, Part>;
  readonly declined: Set<IdentityId>;
  connectedAtMs?: number;
  end?: GroupCallEnd;
  isRemembered: boolean;
  /** The last snapshot that was told. */
  told?: string;
  /** A ring before this is not news: it was declined, left or answered with busy. */
  quietUntilMs: number;
  /** Ends the ringing or the calling. */
  limit?: Cancel;
  /** Ends the waiting alone. */
  alone?: Cancel;
}

/** Those whose places count, first come first: the own device, when it is in, and at most three others. */
export function inOrder(call: GroupCall): readonly Part[] {
  return [...call.parts.values()].toSorted(isBefore);
}

/** Who joined earlier; the join id decides between two at once. */
export function isBefore(a: Pick<Part, "sinceMs" | "join">, b: Pick<Part, "sinceMs" | "join">): number {
  return a.sinceMs - b.sinceMs || (a.join < b.join ? -1 : 1);
}

export function groupCallSnapshot(core: Core, call: GroupCall): GroupCallSnapshot {
  const { id, conversationId, media, by, state, startedAtMs, connectedAtMs, end } = call;
  const shown = inOrder(call).filter(({ pair }) => call.own === undefined || pair !== undefined);
  const places = shown.filter(({ identityId }) => identityId !== core.account.identityId).length;
  return {
    id,
    conversationId,
    media,
    by,
    state,
    startedAtMs,
    ...(connectedAtMs === undefined ? {} : { connectedAtMs }),
    ...(end === undefined ? {} : { end }),
    people: shown.map((part) => personOf(core, part)),
    isFull: places + (call.own === undefined ? 0 : 1) >= MAX_IN_CALL,
    declined: [...call.declined],
  };
}

function personOf(core: Core, { join, identityId, leaf, sends, pair }: Part): CallPerson {
  return {
    pair: join,
    identityId,
    leaf,
    ...(pair === undefined ? {} : { state: pair.state }),
    sends,
    hidesAddress: hidesAddressFrom(core, identityId),
  };
}

/** From everybody who is not verified (K1). */
export function hidesAddressFrom(core: Core, identityId: IdentityId): boolean {
  const isVerified = core.tables.contacts.get(identityId)?.trust.kind === "verified";
  return !isVerified || core.account.settings.alwaysHidesAddress === true;
}

/** Everybody else in the group. */
export function othersIn(core: Core, group: GroupRow): ReadonlySet<IdentityId> {
  const { identityId: self } = core.account;
  return new Set(group.roster.flatMap(({ identityId }) => (identityId === self ? [] : [identityId])));
}
