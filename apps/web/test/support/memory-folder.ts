// A browser's private folder, in memory: one opener of a file at a time, and as full as the test wants it.
import type { RawFile } from "../../src/worker/files/kept-file.ts";
import type { RawFolder } from "../../src/worker/files/kept-files.ts";

interface Content {
  bytes: Uint8Array<ArrayBuffer>;
  isOpen: boolean;
}

export class MemoryFolder implements RawFolder {
  readonly #maxBytes: number;
  readonly #files = new Map<string, Content>();

  constructor(maxBytes: number = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
  }

  async open(name: string, isMade: boolean): Promise<RawFile | undefined> {
    const found = this.#files.get(name) ?? (isMade ? { bytes: new Uint8Array(0), isOpen: false } : undefined);
    if (found === undefined) return undefined;
    if (found.isOpen) throw Object.assign(new Error("open elsewhere"), { name: "NoModificationAllowedError" });
    this.#files.set(name, found);
    found.isOpen = true;
    return {
      getSize: () => found.bytes.length,
      read: (into, { at }) => {
        const part = found.bytes.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      write: (bytes, { at }) => {
        const end = Math.max(found.bytes.length, at + bytes.length);
        if (end > this.#maxBytes) throw Object.assign(new Error("no room"), { name: "QuotaExceededError" });
        const longer = new Uint8Array(end);
        longer.set(found.bytes);
        longer.set(bytes, at);
        found.bytes = longer;
        return bytes.length;
      },
      truncate: (bytes) => {
        found.bytes = found.bytes.slice(0, bytes);
      },
      flush: () => undefined,
      close: () => {
        found.isOpen = false;
      },
    };
  }

  async names(): Promise<readonly string[]> {
    return [...this.#files.keys()];
  }

  async remove(name: string): Promise<void> {
    if (this.#files.get(name)?.isOpen === true) throw new TypeError("open");
    this.#files.delete(name);
  }

  /** Names and bytes, as one would find them on the disk. */
  contents(): string[] {
    return [...this.#files].map(([name, { bytes }]) => `${name} ${Buffer.from(bytes).toString("latin1")}`);
  }

  /** As a killed browser leaves it, with less at the end of its files. */
  cut(bytes: number): MemoryFolder {
    return this.#changed((raw) => raw.slice(0, raw.length - bytes));
  }

  damaged(damage: (raw: Uint8Array) => unknown): MemoryFolder {
    return this.#changed((raw) => {
      const copy = raw.slice();
      damage(copy);
      return copy;
    });
  }

  #changed(change: (raw: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): MemoryFolder {
    const changed = new MemoryFolder(this.#maxBytes);
    for (const [name, { bytes }] of this.#files) changed.#files.set(name, { bytes: change(bytes), isOpen: false });
    return changed;
  }
}
