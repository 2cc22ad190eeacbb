// A vault's store in memory, for tests and the simulated world.
import { compareBytes, encodeHex } from "@p2pcrypt/bytes";
import type { RangeBounds, StoredPair, StoreWrite, VaultStore } from "./vault-store.ts";

export class MemoryVaultStore implements VaultStore {
  readonly #pairs: Map<string, StoredPair>;

  constructor(pairs: ReadonlyMap<string, StoredPair> = new Map()) {
    this.#pairs = new Map(pairs);
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#pairs.get(encodeHex(key))?.value.slice();
  }

  async range({ from, to, limit }: RangeBounds): Promise<readonly StoredPair[]> {
    return [...this.#pairs.values()]
      .filter(({ key }) => compareBytes(from, key) <= 0 && compareBytes(key, to) < 0)
      .sort((a, b) => compareBytes(a.key, b.key))
      .slice(0, limit);
  }

  async apply(writes: readonly StoreWrite[]): Promise<void> {
    for (const { key, value } of writes) {
      if (value === undefined) this.#pairs.delete(encodeHex(key));
      else this.#pairs.set(encodeHex(key), { key: key.slice(), value: value.slice() });
    }
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  /** What a copy of the disk would hold now. */
  copy(): MemoryVaultStore {
    return new MemoryVaultStore(this.#pairs);
  }
}
