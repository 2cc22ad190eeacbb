// Files of this device, as the client sees them. What is sent is read from where the person has it, and copied, sealed, so that it can
// be sent on after a reload; what comes is kept until the person has no more use for it.
import { type FileSink, type FileSource, FileStoreError } from "@p2pcrypt/client";
import { versionOf, versionOfRef } from "../../protocol/file-ref.ts";
import type { FileHold } from "./file-hold.ts";

/** Larger ones have to be added again after a reload, and go on where they were. */
const MAX_COPIED_BYTES = 256 * 1024 * 1024;
const COPY_STEP_BYTES = 2 ** 20;
/** What is given to the page in one. */
const MAX_TAKEN_BYTES = 64 * 1024 * 1024;

/** Files that were sent stay open for the direct way, as long as the page lives: the newest of those that are worth it. */
const MAX_SENT = 16;
const MIN_SENT_BYTES = 2 ** 20;

interface Copy {
  isWanted: boolean;
}

/** `key`: of this vault. The place is looked for when a vault is there. */
export type OpenHold = (key: Uint8Array<ArrayBuffer>) => Promise<FileHold>;

export class LocalFiles {
  readonly #openHold: OpenHold;
  readonly #offered = new Map<string, File>();
  readonly #copies = new Map<string, { readonly copy: Copy; readonly ended: Promise<void> }>();
  readonly #sent: string[] = [];
  #hold: Promise<FileHold> | undefined;

  constructor(openHold: OpenHold) {
    this.#openHold = openHold;
  }

  /** From here on there is a vault. */
  unlock(key: Promise<Uint8Array<ArrayBuffer>>): void {
    this.#hold = key.then(this.#openHold);
    this.#hold.catch(() => undefined); // whoever wants it next is told
  }

  /** Nothing is open any more when this resolves. */
  async lock(): Promise<void> {
    const hold = this.#hold;
    this.#hold = undefined;
    for (const { copy } of this.#copies.values()) copy.isWanted = false;
    await Promise.all([...this.#copies.values()].map(({ ended }) => ended));
    await (await hold?.catch(() => undefined))?.close();
  }

  /** The page has this file for an upload. */
  offer(ref: string, file: File): void {
    this.#offered.set(ref, file);
    if (file.size > MAX_COPIED_BYTES || this.#copies.has(ref)) return;
    const copy = { isWanted: true };
    this.#copies.set(ref, { copy, ended: this.#copy(ref, file, copy) });
  }

  /** Resolves when its copy is made, or cannot be made. */
  async copied(ref: string): Promise<void> {
    await this.#copies.get(ref)?.ended;
  }

  async sizeOf(ref: string): Promise<number | undefined> {
    return (await this.#held()).sizeOf(ref);
  }

  async read(ref: string, at: number, size: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (await this.#held()).read(ref, at, size);
  }

  async fill(ref: string, at: number, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (await this.#held()).fill(ref, at, into);
  }

  /** All of it, for what is small enough to be shown. */
  async take(ref: string): Promise<Blob | undefined> {
    const hold = await this.#held();
    const size = await hold.sizeOf(ref);
    if (size === undefined || size > MAX_TAKEN_BYTES) return undefined;
    const bytes = await hold.read(ref, 0, size);
    return bytes?.length === size ? new Blob([bytes]) : undefined;
  }

  /** The node has all of it: the copy is not needed any more. */
  async sent(ref: string): Promise<void> {
    const file = this.#offered.get(ref);
    await this.letGo(ref);
    if (file === undefined || file.size < MIN_SENT_BYTES) return;
    this.#offered.set(ref, file);
    if (this.#sent.push(ref) > MAX_SENT) this.#offered.delete(this.#sent.shift() ?? "");
  }

  async letGo(ref: string): Promise<void> {
    this.#offered.delete(ref);
    const begun = this.#copies.get(ref);
    if (begun !== undefined) begun.copy.isWanted = false;
    await begun?.ended;
    this.#copies.delete(ref);
    await (await this.#held()).letGo(ref);
  }

  /** What is kept beside these is let go: no transfer knows it any more. */
  async retain(refs: () => Promise<readonly string[]>): Promise<void> {
    await (await this.#held()).retain(async () => [...(await refs()), ...this.#offered.keys()]);
  }

  async openSource(ref: string): Promise<FileSource | undefined> {
    const file = this.#offered.get(ref);
    if (file === undefined) return this.#copied(ref);
    return {
      bytes: file.size,
      version: versionOf(file),
      // What a browser does not read any more was changed or taken away: it ends here, and that is seen.
      read: async (at, size) =>
        new Uint8Array(
          await file
            .slice(at, at + size)
            .arrayBuffer()
            .catch(() => new ArrayBuffer(0)),
        ),
      close: async () => undefined,
    };
  }

  async openSink(ref: string): Promise<FileSink> {
    return (await this.#held()).openSink(ref);
  }

  async #copied(ref: string): Promise<FileSource | undefined> {
    const version = versionOfRef(ref);
    if (version === undefined) return undefined;
    const hold = await this.#held();
    const bytes = await hold.sizeOf(ref);
    // One that was not copied whole is of no use.
    if (bytes === undefined || bytes !== version.bytes) return undefined;
    const read = async (at: number, size: number): Promise<Uint8Array> => (await hold.read(ref, at, size)) ?? new Uint8Array(0);
    return { bytes, version: version.version, read, close: async () => undefined };
  }

  async #copy(ref: string, file: File, copy: Copy): Promise<void> {
    try {
      const sink = await (await this.#held()).openSink(ref);
      try {
        for (let at = sink.bytes; at < file.size && copy.isWanted; ) {
          const piece = new Uint8Array(await file.slice(at, at + COPY_STEP_BYTES).arrayBuffer());
          if (piece.length === 0) break;
          await sink.write(at, piece);
          at += piece.length;
        }
        await sink.flush();
      } finally {
        await sink.close();
      }
    } catch {
      // No room, or the file is gone: after a reload it has to be added again, and that is said then.
    }
  }

  #held(): Promise<FileHold> {
    if (this.#hold === undefined) throw new FileStoreError("store/failed");
    return this.#hold;
  }
}
