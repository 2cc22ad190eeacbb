// What the vault holds about conversations and homes that went to another node.
import type { IdentityId, Place } from "@p2pcrypt/session";
import type { TokensRow } from "./group-rows.ts";
import type { InboxRow } from "./rows.ts";

export interface FormerStreamRow {
  readonly place: Place;
  /** One of them reads it. */
  readonly readTokens: readonly Uint8Array[];
  readonly untilMs: number;
}

export interface MoveOfferRow {
  readonly place: Place;
  /** Handshakes before the commit that moves. */
  readonly positions: number;
  /** Whose letter it was; absent for a link. */
  readonly by?: IdentityId;
  readonly atMs: number;
}

export interface UnsettledRow {
  readonly place: Place;
  readonly tokens: TokensRow;
  /** How far the log there was read. */
  readonly seq: number;
  readonly position: number;
  readonly record: Uint8Array;
  readonly by: IdentityId;
  readonly atMs: number;
}

/** A commit that names another place: the stream there is whole before the commit goes to the present one. */
export interface MoveRow {
  readonly place: Place;
  readonly admins: readonly Uint8Array[];
  /** Of the epoch before the commit, with which the stream is made, and of the one that it starts. */
  readonly first: TokensRow;
  readonly next: TokensRow;
  /** The stream is there, with the commit in it. */
  readonly isReady?: true;
}

export interface FormerHomeRow {
  readonly nodeUrl: string;
  readonly nodeId: IdentityId;
  readonly inbox: InboxRow;
  readonly untilMs: number;
  /** Of the newest profile that it was given. */
  readonly toldSequence?: bigint;
}
