// Where the browser has no private folder (some private windows): files that come are held in memory, so that nothing of them is written
// to the disk in the clear (W4). The oldest whole one makes room for what comes.
import { type FileSink, FileStoreError } from "@p2pcrypt/client";
import type { FileHold } from "./file-hold.ts";

const MAX_HELD_BYTES = 512 * 1024 * 1024;

interface Held {
  readonly parts: Uint8Array[];
  bytes: number;
  isWhole: boolean;
}

export class HeldFiles implements FileHold {
  readonly #maxBytes: number;
  /** In the order in which they were begun or became whole. */
  readonly #held = new Map<string, Held>();

  constructor(maxBytes: number = MAX_HELD_BYTES) {
    this.#maxBytes = maxBytes;
  }

  async openSink(ref: string): Promise<FileSink> {
    const held = this.#held.get(ref) ?? { parts: [], bytes: 0, isWhole: false };
    this.#held.set(ref, held);
    return {
      bytes: held.bytes,
      write: async (at, more) => {
        this.#makeRoom(more.length);
        if (at !== held.bytes) throw new FileStoreError("store/failed"); // only ever read on from where it ends
        held.parts.push(more.slice());
        held.bytes += more.length;
      },
      flush: async () => undefined,
      finish: async () => {
        held.isWhole = true;
        this.#held.delete(ref);
        this.#held.set(ref, held);
        return ref;
      },
      close: async () => undefined,
      discard: async () => {
        this.#held.delete(ref);
      },
    };
  }

  async sizeOf(ref: string): Promise<number | undefined> {
    return this.#held.get(ref)?.bytes;
  }

  async read(ref: string, at: number, size: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { bytes = 0 } = this.#held.get(ref) ?? {};
    return this.fill(ref, at, new Uint8Array(Math.max(0, Math.min(size, bytes - at))));
  }

  async fill(ref: string, at: number, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const held = this.#held.get(ref);
    if (held === undefined) return undefined;
    let [from, filled] = [0, 0];
    for (const part of held.parts) {
      const found = part.subarray(Math.max(0, at - from), Math.max(0, at + into.length - from));
      into.set(found, filled);
      filled += found.length;
      from += part.length;
    }
    return into.subarray(0, filled);
  }

  async letGo(ref: string): Promise<void> {
    this.#held.delete(ref);
  }

  async retain(refs: () => Promise<readonly string[]>): Promise<void> {
    const held = [...this.#held.keys()];
    const wanted = new Set(await refs());
    for (const ref of held) if (!wanted.has(ref)) this.#held.delete(ref);
  }

  async close(): Promise<void> {
    this.#held.clear();
  }

  /** @throws {FileStoreError} store/full, when what is on its way takes all of it. */
  #makeRoom(bytes: number): void {
    const sum = (): number => [...this.#held.values()].reduce((all, held) => all + held.bytes, 0);
    while (sum() + bytes > this.#maxBytes) {
      const oldest = [...this.#held].find(([, { isWhole }]) => isWhole);
      if (oldest === undefined) throw new FileStoreError("store/full");
      this.#held.delete(oldest[0]);
    }
  }
}
