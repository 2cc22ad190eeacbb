// A disk that fails after so many writes, as the disk of a process that is killed.
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";

export class DyingDisk extends MemoryVaultStore {
  readonly #disk: MemoryVaultStore;
  #left: number;

  constructor(disk: MemoryVaultStore, writes: number) {
    super();
    this.#disk = disk;
    this.#left = writes;
  }

  override get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#disk.get(key);
  }

  override range(bounds: Parameters<MemoryVaultStore["range"]>[0]): ReturnType<MemoryVaultStore["range"]> {
    return this.#disk.range(bounds);
  }

  override async apply(writes: Parameters<MemoryVaultStore["apply"]>[0]): Promise<void> {
    if (this.#left === 0) throw new Error("killed");
    this.#left -= 1;
    await this.#disk.apply(writes);
  }
}
