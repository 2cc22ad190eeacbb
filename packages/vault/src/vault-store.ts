/** Where a vault keeps its sealed values. Keys are at most 64 bytes and ordered as bytes. */
export interface VaultStore {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;

  /** Ascending from `from`, which is included, to `to`, which is not. */
  range(bounds: RangeBounds): Promise<readonly StoredPair[]>;

  /**
   * All of it or nothing, and durable once it resolves. `value` undefined deletes.
   *
   * @throws {VaultError} vault/takenOver, vault/notStored: then nothing changed.
   */
  apply(writes: readonly StoreWrite[]): Promise<void>;

  close(): Promise<void>;
}

export interface RangeBounds {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly limit: number;
}

export interface StoredPair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface StoreWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}
