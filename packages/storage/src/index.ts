// A node's storage: the port in the node's words and what every driver decides alike. Drivers: ./memory and the package storage-sqlite.
export type { BlobLimits, BlobState, BlobStore, BlobUsage, BlobWrite, NewBlob, WriteOutcome } from "./blob-store.ts";
export { isSameBlob } from "./memory-blobs.ts";
export {
  type Append,
  type AppendOutcome,
  type AppendRefusal,
  type Authority,
  type CertificateEntry,
  type ClaimedKeyPackage,
  type ConfigureOutcome,
  type ConfigureRequest,
  type CreateOutcome,
  DEFAULT_STORE_LIMITS,
  type KeyPackageClaim,
  type KeyPackagePublication,
  type KeyPackageStock,
  type NewStream,
  type NodeStore,
  type Page,
  type ReadGrant,
  type ReadRange,
  type StoredProfile,
  type StoredRecord,
  type StoreLimits,
  type StoreUsage,
  type StreamHead,
  type StreamState,
} from "./node-store.ts";
export type { IdempotencyRow, KeyPackageRow, RecordRow, Rows } from "./rows.ts";
export { StorageError, type StorageFailureCode } from "./storage-error.ts";
export { type LogicOptions, StoreLogic } from "./store-logic.ts";
