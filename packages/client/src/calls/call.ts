// One call as its machine knows it, and what it lasts.
import type { Cancel } from "@p2pcrypt/bytes";
import type { CallDescription } from "@p2pcrypt/content";
import type { CallSnapshot } from "../call-snapshots.ts";

/** Said again so often until it is answered: what is not stored may be lost. */
export const SAY_AGAIN_MS = 2_000;
export const RINGS_FOR_MS = 45_000;
/** A caller who is not heard of any more is gone. */
export const RING_FADES_MS = 8_000;
export const CONNECTS_WITHIN_MS = 30_000;
export const COMES_BACK_WITHIN_MS = 30_000;

export interface Call {
  snapshot: CallSnapshot;
  readonly groupId: string;
  /** Own, fresh, in memory only. */
  readonly join: Uint8Array;
  /** The device on the other side, base64url: who rang, or who answered first. */
  peer?: string;
  peerLeaf?: number;
  peerJoin?: Uint8Array;
  /** Of the newest offer, own or theirs. */
  number: number;
  /** Own description of that number. */
  described?: CallDescription;
  isAnswered: boolean;
  /** Says again what waits for an answer. */
  saying?: Cancel;
  /** Ends the call when what is waited for does not come. */
  limit?: Cancel;
}

export function isGoingOn({ snapshot }: Call): boolean {
  return snapshot.state !== "ended";
}
