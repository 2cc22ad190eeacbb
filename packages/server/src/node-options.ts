import type { StreamId } from "@p2pcrypt/api";
import type { Clock, RandomBytes, Timers } from "@p2pcrypt/bytes";
import type { BlobStore, NodeStore } from "@p2pcrypt/storage";
import type { IdentityChecks } from "./identity-checks.ts";
import type { RateLimits } from "./rate-limits.ts";

export interface NodeOptions {
  /** Identity id of the node. */
  readonly nodeId: string;
  readonly certificate: Uint8Array;
  /** The node identity's statement about its checkpoint key. */
  readonly nodeKey: Uint8Array;
  readonly publicUrl: string;
  readonly version: string;
  readonly rateLimits: RateLimits;
  /** Most that one stream's messages may use, as told to those who ask. */
  readonly streamQuotaBytes: number;
}

/** A place for blobs, and what one of them may be. */
export interface BlobService {
  readonly store: BlobStore;
  readonly maxBytes: number;
  /** Longest that a whole one is kept. */
  readonly retentionMs: number;
}

export interface NodeDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly store: NodeStore;
  /** Without it this node holds no blobs, and says so. */
  readonly blobs?: BlobService | undefined;
  readonly checks: IdentityChecks;
  /** Absent: this node has no relay. */
  readonly relay?: RelayPort | undefined;
  /** Ed25519 by the checkpoint key. */
  readonly signCheckpoint: (bytes: Uint8Array) => Uint8Array;
  /** Told about what should not happen. Codes and operation names only. */
  readonly report: (fault: Fault) => void;
}

/** Makes credentials for the relay of this node, or of another program that shares a secret with it. */
export interface RelayPort {
  /** Whoever uses credentials for one stream is counted together, and the relay does not learn which stream it is. */
  credentials(
    stream: StreamId,
    expiresAtMs: number,
  ): { readonly urls: readonly string[]; readonly username: string; readonly credential: string; readonly expiresAtMs: number };
}

export interface Fault {
  readonly where: string;
  readonly code: string;
  readonly cause?: unknown;
}
