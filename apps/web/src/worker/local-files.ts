// Files of the page, as the client sees them. What is sent is read from where the person has it; what comes is held in memory until the
// person saves it, so that nothing of it is written to the disk in the clear (W4).
import { type FileSink, type FileSource, FileStoreError } from "@p2pcrypt/client";

/** Larger ones are for a program that writes to the disk as they come. */
const MAX_HELD_BYTES = 512 * 1024 * 1024;

export class LocalFiles {
  readonly #offered = new Map<string, File>();
  readonly #coming = new Map<string, Uint8Array<ArrayBuffer>[]>();
  readonly #whole = new Map<string, Blob>();

  /** The page has this file for an upload. It is gone when the page closes. */
  offer(ref: string, file: File): void {
    this.#offered.set(ref, file);
  }

  /** A download that is whole. Given again as often as it is asked for, until the page closes or it is let go. */
  take(ref: string): Blob | undefined {
    return this.#whole.get(ref);
  }

  letGo(ref: string): void {
    this.#whole.delete(ref);
    this.#offered.delete(ref);
  }

  async openSource(ref: string): Promise<FileSource | undefined> {
    const file = this.#offered.get(ref);
    if (file === undefined) return undefined;
    return {
      bytes: file.size,
      version: `${file.lastModified} ${file.size}`,
      read: async (at, size) => new Uint8Array(await file.slice(at, at + size).arrayBuffer()),
      close: async () => undefined,
    };
  }

  async openSink(ref: string): Promise<FileSink> {
    const parts = this.#coming.get(ref) ?? [];
    this.#coming.set(ref, parts);
    const held = (): number => [...this.#coming.values()].flat().reduce((sum, part) => sum + part.length, 0);
    let bytes = parts.reduce((sum, part) => sum + part.length, 0);
    return {
      bytes,
      write: async (at, more) => {
        if (held() + more.length > MAX_HELD_BYTES) throw new FileStoreError("store/full");
        if (at !== bytes) throw new FileStoreError("store/failed"); // only ever read on from where it ends
        parts.push(new Uint8Array(more));
        bytes += more.length;
      },
      flush: async () => undefined,
      finish: async () => {
        this.#whole.set(ref, new Blob(parts));
        this.#coming.delete(ref);
        return ref;
      },
      close: async () => undefined,
      discard: async () => {
        this.#coming.delete(ref);
      },
    };
  }
}
