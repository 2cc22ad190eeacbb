// The rows under a node's store, read and written within one running transaction. A driver brings these; what they mean is decided once,
// in store-logic.ts, for every driver alike.
import type { RecordKind, StreamId } from "@p2pcrypt/api";
import type { CertificateEntry, StoredProfile, StoreUsage, StreamState } from "./node-store.ts";

export interface RecordRow {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly position?: number;
  readonly timeMs: number;
  readonly record: Uint8Array;
  readonly expiresMs: number;
  /** Where the stream stood before this record, so that a page proves itself also when earlier records are gone. */
  readonly chainBefore: Uint8Array;
  readonly positionsBefore: number;
  readonly handshakeChainBefore: Uint8Array;
}

export interface IdempotencyRow {
  readonly seq: number;
  readonly position?: number;
  readonly timeMs: number;
  /** Over everything that was asked for. */
  readonly requestHash: Uint8Array;
  readonly expiresMs: number;
}

export interface KeyPackageRow {
  readonly device: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly isLastResort: boolean;
  readonly wasUsed: boolean;
}

export interface Rows {
  stream(id: StreamId): StreamState | undefined;
  putStream(stream: StreamState): void;
  deleteStream(id: StreamId): void;

  insertRecord(stream: StreamId, row: RecordRow): void;
  /** Ascending from the first one behind `after`; stops before `maxBytes` are exceeded, but gives one. @throws StorageError storage/damaged */
  records(range: {
    readonly stream: StreamId;
    readonly after: number;
    readonly limit: number;
    readonly maxBytes: number;
  }): RecordRow[];

  idempotency(stream: StreamId, key: Uint8Array): IdempotencyRow | undefined;
  putIdempotency(stream: StreamId, key: Uint8Array, row: IdempotencyRow): void;

  certificate(identity: string): Uint8Array | undefined;
  /** Replaces certificate and terms. */
  putCertificate(identity: string, entry: CertificateEntry): void;
  identitiesByTerm(term: string, limit: number): readonly string[];
  profile(identity: string): StoredProfile | undefined;
  putProfile(identity: string, profile: StoredProfile): void;

  /** Oldest first, the last-resort one last. */
  keyPackages(identity: string, device: Uint8Array): KeyPackageRow[];
  devicesWithKeyPackages(identity: string): Uint8Array[];
  replaceKeyPackages(identity: string, device: Uint8Array, rows: readonly KeyPackageRow[]): void;
  claimTokens(identity: string): readonly Uint8Array[];
  putClaimTokens(identity: string, tokenHashes: readonly Uint8Array[]): void;

  hasNonce(nonce: Uint8Array): boolean;
  putNonce(nonce: Uint8Array, forgetMs: number): void;

  /** At most `limit` of records, idempotency keys and nonces whose time is over; streams' usage follows. */
  expire(nowMs: number, limit: number): number;
  usage(): StoreUsage;
  note(name: string): Uint8Array | undefined;
  putNote(name: string, value: Uint8Array): void;
}
