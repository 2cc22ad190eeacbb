// Calls of groups as views, commands and whoever holds the media see them: plain data. No keys.
import type { CallMedia } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import type { MediaOn } from "./call-snapshots.ts";
import type { ConversationId } from "./snapshots.ts";

/**
 * `running`: others are in it, this device is not. `ringing`: it rings here. `calling`: this device began it, and nobody else is in it yet.
 * `in`: this device is in it.
 */
export type GroupCallState = "running" | "ringing" | "calling" | "in" | "ended";

/**
 * Why this device is in it no more. `over`: everybody left. `full`: four others were faster. `elsewhere`: another own device took it.
 * `removed`: this person is not in the group any more. `replaced`: another call of the group goes on in its place.
 */
export type GroupCallEnd =
  | "left"
  | "cancelled"
  | "declined"
  | "noAnswer"
  | "missed"
  | "elsewhere"
  | "full"
  | "removed"
  | "replaced"
  | "over";

/** How the connection to one of them is. `noRelay`: the address is to be hidden and the node has no relay. */
export type PairState = "connecting" | "connected" | "reconnecting" | "noRelay" | "unreachable";

/** Somebody else who is in it. */
export interface CallPerson {
  /** Names the connection to them; another one each time they join. */
  readonly pair: string;
  readonly identityId: IdentityId;
  readonly leaf: number;
  /** undefined while this device is not in it. */
  readonly state?: PairState;
  /** What they say that they send. */
  readonly sends: MediaOn;
  /** Whether the own address is kept from them (R11). */
  readonly hidesAddress: boolean;
}

export interface GroupCallSnapshot {
  readonly id: string;
  readonly conversationId: ConversationId;
  /** Who began it, or of whom it was first heard. */
  readonly by: IdentityId;
  /** As it was begun; everybody turns their camera on or off as they like. */
  readonly media: CallMedia;
  readonly state: GroupCallState;
  readonly startedAtMs: number;
  /** When this device was first connected to anybody. */
  readonly connectedAtMs?: number;
  readonly end?: GroupCallEnd;
  readonly people: readonly CallPerson[];
  /** Nobody else can join. */
  readonly isFull: boolean;
  /** Who said that they do not come. */
  readonly declined: readonly IdentityId[];
}
