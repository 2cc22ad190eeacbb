// What a node needs from its disk, in the node's words. Every method is one atomic step, durable once it resolves; a driver that cannot
// store rejects with StorageError and leaves everything as it was. Signatures and certificates are checked by the caller: a store
// decides only what depends on what is stored.
import type { ConfigurationChange, RecordKind, StreamConfiguration, StreamId } from "@p2pcrypt/api";

export interface NodeStore {
  createStream(stream: NewStream): Promise<CreateOutcome>;
  stream(id: StreamId): Promise<StreamState | undefined>;
  append(append: Append): Promise<AppendOutcome>;
  read(range: ReadRange): Promise<Page | undefined>;
  configure(id: StreamId, configure: ConfigureRequest): Promise<ConfigureOutcome>;
  /** Only while the configuration is still of this version. @returns whether a stream was deleted. */
  deleteStream(id: StreamId, version: number): Promise<boolean>;

  certificate(identity: string): Promise<Uint8Array | undefined>;
  /**
   * Stores `entry` in the place of `previous`, its terms in the place of the terms before.
   *
   * @returns `changed` when something else is stored by now: merge again; `collision` when the fingerprint is another identity's.
   */
  putCertificate(
    identity: string,
    entry: CertificateEntry,
    previous: Uint8Array | undefined,
  ): Promise<"stored" | "changed" | "quota" | "collision">;
  /** Identities that have exactly this term, in the order of their ids. */
  identitiesByTerm(term: string, limit: number): Promise<readonly string[]>;
  profile(identity: string): Promise<StoredProfile | undefined>;
  /** A lower sequence never replaces a higher one. Of two with one sequence the first stays. */
  putProfile(
    identity: string,
    profile: StoredProfile,
  ): Promise<{ readonly kind: "stored" | "same" | "older"; readonly sequence: number }>;

  publishKeyPackages(publication: KeyPackagePublication): Promise<KeyPackageStock | "quota">;
  keyPackageStock(identity: string, device: Uint8Array): Promise<KeyPackageStock>;
  /** One package of each device, or of one; one-time packages are gone afterwards. @returns undefined for an unknown token. */
  claimKeyPackages(claim: KeyPackageClaim): Promise<readonly ClaimedKeyPackage[] | undefined>;

  /** @returns false when the nonce was used before and is still remembered. */
  useNonce(nonce: Uint8Array, forgetMs: number): Promise<boolean>;

  /** Deletes at most `limit` things whose time is over; call until it returns 0. */
  expire(nowMs: number, limit: number): Promise<number>;
  usage(): Promise<StoreUsage>;
  /** A small value of the node's own. */
  note(name: string): Promise<Uint8Array | undefined>;
  putNote(name: string, value: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Limits that the operator sets. Bytes count records; a stream's handshakes have a quota of their own. */
export interface StoreLimits {
  readonly streams: number;
  readonly streamBytes: number;
  readonly streamHandshakeBytes: number;
  readonly totalBytes: number;
  readonly identities: number;
}

export const DEFAULT_STORE_LIMITS: StoreLimits = {
  streams: 1_000_000,
  streamBytes: 256 * 1024 * 1024,
  streamHandshakeBytes: 64 * 1024 * 1024,
  totalBytes: 100 * 1024 * 1024 * 1024,
  identities: 1_000_000,
};

export interface NewStream {
  readonly id: StreamId;
  readonly configuration: StreamConfiguration;
  /** Handshakes that came before the first one here, and their chain. Absent: none. */
  readonly continues?: Pick<StreamHead, "positions" | "handshakeChain"> | undefined;
  readonly nowMs: number;
}

export interface StreamHead {
  /** Of the newest record; 0 before the first. */
  readonly seq: number;
  readonly chain: Uint8Array;
  readonly positions: number;
  readonly handshakeChain: Uint8Array;
}

/** Who may read which part: a token that was replaced reads up to the record that replaced it. */
export interface ReadGrant {
  readonly tokenHash: Uint8Array;
  readonly untilSeq?: number;
}

export interface StreamState {
  readonly id: StreamId;
  readonly configuration: StreamConfiguration;
  readonly head: StreamHead;
  readonly readGrants: readonly ReadGrant[];
  readonly usedBytes: number;
  readonly usedHandshakeBytes: number;
}

export type CreateOutcome =
  | { readonly kind: "created" | "same"; readonly stream: StreamState }
  | { readonly kind: "refused"; readonly code: "exists" | "quota" };

/** By which right a record is appended; the store checks it against the configuration in force at that moment. */
export type Authority =
  | { readonly kind: "writeToken"; readonly tokenHash: Uint8Array }
  | { readonly kind: "administrator"; readonly key: Uint8Array }
  | { readonly kind: "contactToken"; readonly tokenHash: Uint8Array }
  /** Anybody, into an inbox. */
  | { readonly kind: "stranger" };

export interface Append {
  readonly stream: StreamId;
  readonly kind: RecordKind;
  readonly record: Uint8Array;
  readonly idempotencyKey: Uint8Array;
  readonly authority: Authority;
  readonly ifHandshake?: number | undefined;
  readonly position?: number | undefined;
  readonly configure?: ConfigureRequest | undefined;
  readonly nowMs: number;
}

export interface ConfigureRequest {
  readonly version: number;
  readonly previous: Uint8Array;
  readonly change: ConfigurationChange;
  readonly admin: Uint8Array;
}

export type AppendOutcome =
  | {
      readonly kind: "appended" | "repeated";
      readonly seq: number;
      readonly position?: number;
      readonly timeMs: number;
      readonly stream: StreamState;
      /** Of a record that was appended, where the store signs: over `checkpointBytes` of the head it made, at `timeMs`. */
      readonly signature?: Uint8Array;
    }
  | { readonly kind: "refused"; readonly code: AppendRefusal; readonly positions?: number; readonly version?: number };

export type AppendRefusal =
  | "forbidden"
  | "moved"
  | "positionTaken"
  | "versionConflict"
  | "idempotencyConflict"
  | "membersLaneClosed"
  | "quota";

export type ConfigureOutcome =
  | { readonly kind: "configured"; readonly stream: StreamState }
  | { readonly kind: "refused"; readonly code: "forbidden" | "versionConflict"; readonly version?: number };

export interface ReadRange {
  readonly stream: StreamId;
  readonly after: number;
  /** Nothing behind this sequence number. */
  readonly until?: number | undefined;
  readonly limit: number;
  readonly maxBytes: number;
}

export interface StoredRecord {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly position?: number;
  readonly timeMs: number;
  readonly record: Uint8Array;
}

/** Records without a gap between them, and where the stream stood before the first. */
export interface Page {
  readonly records: readonly StoredRecord[];
  readonly before: StreamHead;
  readonly hasMore: boolean;
  readonly stream: StreamState;
}

export interface CertificateEntry {
  readonly bytes: Uint8Array;
  /** Of one identity only. */
  readonly fingerprint: string;
  /** By what it is found. At most `MAX_SEARCH_TERMS` are kept. */
  readonly terms: readonly string[];
}

export const MAX_SEARCH_TERMS = 100;

export interface StoredProfile {
  readonly profile: Uint8Array;
  readonly sequence: number;
}

export interface KeyPackagePublication {
  readonly identity: string;
  readonly device: Uint8Array;
  readonly packages: readonly Uint8Array[];
  readonly lastResort?: Uint8Array | undefined;
  readonly claimTokenHashes?: readonly Uint8Array[] | undefined;
  readonly replaces: boolean;
}

export interface KeyPackageStock {
  readonly count: number;
  readonly hasLastResort: boolean;
  readonly wasLastResortUsed: boolean;
}

export interface KeyPackageClaim {
  readonly identity: string;
  readonly tokenHash: Uint8Array;
  readonly device?: Uint8Array | undefined;
}

export interface ClaimedKeyPackage {
  readonly device: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly isLastResort: boolean;
}

export interface StoreUsage {
  readonly streams: number;
  readonly records: number;
  readonly recordBytes: number;
  readonly identities: number;
}
