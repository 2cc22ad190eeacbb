// Blobs in memory: for tests and the simulated world.
import type { BlobId, ByteRange } from "@p2pcrypt/api";
import { concatBytes, equalBytes } from "@p2pcrypt/bytes";
import type { BlobLimits, BlobState, BlobStore, BlobUsage, BlobWrite, NewBlob, WriteOutcome } from "./blob-store.ts";

interface Held {
  state: BlobState;
  parts: Uint8Array[];
}

export class MemoryBlobStore implements BlobStore {
  readonly #limits: BlobLimits;
  readonly #freeBytes: () => number;
  readonly #blobs = new Map<BlobId, Held>();
  #reservedBytes = 0;
  #storedBytes = 0;

  /** `freeBytes`: what a disk would have left. */
  constructor(limits: BlobLimits, freeBytes: () => number = () => Number.MAX_SAFE_INTEGER) {
    this.#limits = limits;
    this.#freeBytes = freeBytes;
  }

  async create(blob: NewBlob): Promise<"created" | "same" | "exists" | "quota" | "full"> {
    const known = this.#blobs.get(blob.id)?.state;
    if (known !== undefined) return isSameBlob(known, blob) ? "same" : "exists";
    if (this.#reservedBytes + blob.bytes > this.#limits.totalBytes) return "quota";
    const unwrittenBytes = this.#reservedBytes - this.#storedBytes;
    if (this.#freeBytes() - unwrittenBytes - blob.bytes < this.#limits.freeFloorBytes) return "full";
    this.#reservedBytes += blob.bytes;
    this.#blobs.set(blob.id, { state: { ...blob, offset: 0 }, parts: [] });
    return "created";
  }

  async blob(id: BlobId): Promise<BlobState | undefined> {
    return this.#blobs.get(id)?.state;
  }

  async write(id: BlobId, { offset, body, expiresMs }: BlobWrite): Promise<WriteOutcome> {
    const held = this.#blobs.get(id);
    if (held === undefined) return { kind: "unknown" };
    if (held.state.offset !== offset) return { kind: "conflict", offset: held.state.offset };
    for await (const piece of body) {
      const { bytes, offset: at } = held.state;
      if (at + piece.length > bytes) return { kind: "tooLong" };
      held.parts.push(piece.slice());
      this.#storedBytes += piece.length;
      const isWhole = at + piece.length === bytes;
      held.state = { ...held.state, offset: at + piece.length, expiresMs: expiresMs(isWhole) };
    }
    return { kind: "written", blob: held.state };
  }

  async *read(id: BlobId, { from, until }: ByteRange): AsyncGenerator<Uint8Array> {
    const held = this.#blobs.get(id);
    if (held !== undefined) yield concatBytes(...held.parts).slice(from, until);
  }

  async delete(id: BlobId): Promise<boolean> {
    const { bytes = 0, offset = 0 } = this.#blobs.get(id)?.state ?? {};
    this.#reservedBytes -= bytes;
    this.#storedBytes -= offset;
    return this.#blobs.delete(id);
  }

  async expire(nowMs: number, limit: number): Promise<number> {
    const due = [...this.#blobs.values()].filter(({ state }) => state.expiresMs <= nowMs).slice(0, limit);
    for (const { state } of due) await this.delete(state.id);
    return due.length;
  }

  async usage(): Promise<BlobUsage> {
    return { blobs: this.#blobs.size, reservedBytes: this.#reservedBytes, storedBytes: this.#storedBytes };
  }

  async close(): Promise<void> {}

  /** For tests: as a node might change what it holds. The changes are made to the bytes themselves. */
  unsafeChange(change: (bytes: Uint8Array) => void): void {
    for (const held of this.#blobs.values()) {
      const bytes = concatBytes(...held.parts);
      change(bytes);
      held.parts = [bytes];
    }
  }
}

/** Whether a request to create is one that was answered before. */
export function isSameBlob(known: BlobState, asked: NewBlob): boolean {
  return (
    known.bytes === asked.bytes &&
    known.retentionMs === asked.retentionMs &&
    equalBytes(known.writeTokenHash, asked.writeTokenHash) &&
    equalBytes(known.readTokenHash, asked.readTokenHash)
  );
}
