// A client's encrypted store. Drivers: ./memory, ./file and ./indexed-db; key derivation: ./argon2; a browser's own key:
// ./platform-key.
export type { Batch } from "./batch.ts";
export type { DeriveKey, HeaderDeps, Protection, WrappingKey } from "./header.ts";
export { type CollectionEntry, Vault } from "./vault.ts";
export { VaultError, type VaultFailure, type VaultFailureCode } from "./vault-error.ts";
export type { RangeBounds, StoredPair, StoreWrite, VaultStore } from "./vault-store.ts";
