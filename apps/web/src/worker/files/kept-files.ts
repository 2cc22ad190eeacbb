// Files that this browser keeps in its own folder of this origin (OPFS), sealed. Names in there say nothing: they follow from the vault.
import { encodeHex } from "@p2pcrypt/bytes";
import { type FileSink, FileStoreError } from "@p2pcrypt/client";
import type { FileHold } from "./file-hold.ts";
import { KeptFile, type KeptFileDeps, type RawFile, sinkOf, storeErrorOf } from "./kept-file.ts";

/** The part of the browser's private folder that is used. One opener of a file at a time. */
export interface RawFolder {
  /** @returns undefined for one that is not there and is not to be made. */
  open(name: string, isMade: boolean): Promise<RawFile | undefined>;
  names(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

interface KeptFilesDeps extends Omit<KeptFileDeps, "subtle" | "root"> {
  readonly subtle: KeptFileDeps["subtle"] & Pick<SubtleCrypto, "importKey" | "deriveBits">;
  readonly folder: RawFolder;
}

const NAME_PURPOSE = "p2pcrypt kept file name";
/** Readers that are kept open: finding the pieces of a large file takes a moment. */
const MAX_OPEN = 4;

export class KeptFiles implements FileHold {
  readonly #deps: KeptFilesDeps & { readonly root: CryptoKey };
  /** Opened for reading, the one used last at the end. */
  readonly #readers = new Map<string, Promise<KeptFile | undefined>>();

  private constructor(deps: KeptFilesDeps & { readonly root: CryptoKey }) {
    this.#deps = deps;
  }

  /** `key`: 32 bytes that only this vault has. */
  static async create(deps: KeptFilesDeps, key: Uint8Array<ArrayBuffer>): Promise<KeptFiles> {
    const root = await deps.subtle.importKey("raw", key, "HKDF", false, ["deriveKey", "deriveBits"]);
    return new KeptFiles({ ...deps, root });
  }

  async openSink(ref: string): Promise<FileSink> {
    await this.#closed(ref);
    const file = await this.#file(ref, true);
    if (file === undefined) throw new FileStoreError("store/failed");
    return sinkOf(file, ref, async (isKept) => {
      if (!isKept) await this.#deps.folder.remove(await this.#nameOf(ref));
    });
  }

  async sizeOf(ref: string): Promise<number | undefined> {
    return (await this.#reader(ref))?.bytes;
  }

  async read(ref: string, at: number, size: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (await this.#reader(ref))?.read(at, size);
  }

  async fill(ref: string, at: number, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (await this.#reader(ref))?.fill(at, into);
  }

  async letGo(ref: string): Promise<void> {
    await this.#closed(ref);
    await this.#deps.folder.remove(await this.#nameOf(ref));
  }

  async retain(refs: () => Promise<readonly string[]>): Promise<void> {
    const { folder } = this.#deps;
    const names = await folder.names();
    const wanted = await refs();
    for (const ref of this.#readers.keys()) if (!wanted.includes(ref)) await this.#closed(ref);
    const kept = new Set(await Promise.all(wanted.map((ref) => this.#nameOf(ref))));
    for (const name of names) if (!kept.has(name)) await folder.remove(name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers.keys()].map((ref) => this.#closed(ref)));
  }

  #reader(ref: string): Promise<KeptFile | undefined> {
    const reader = this.#readers.get(ref) ?? this.#file(ref, false);
    this.#readers.delete(ref);
    this.#readers.set(ref, reader);
    reader.then(
      (file) => (file === undefined ? this.#readers.delete(ref) : undefined),
      () => this.#readers.delete(ref),
    );
    const [oldest] = this.#readers.keys();
    if (this.#readers.size > MAX_OPEN && oldest !== undefined) void this.#closed(oldest);
    return reader;
  }

  async #closed(ref: string): Promise<void> {
    const reader = this.#readers.get(ref);
    this.#readers.delete(ref);
    (await reader?.catch(() => undefined))?.close();
  }

  async #file(ref: string, isMade: boolean): Promise<KeptFile | undefined> {
    try {
      const raw = await this.#deps.folder.open(await this.#nameOf(ref), isMade);
      return raw === undefined ? undefined : await KeptFile.open(this.#deps, raw, ref);
    } catch (error) {
      throw storeErrorOf(error);
    }
  }

  async #nameOf(ref: string): Promise<string> {
    const info = new TextEncoder().encode(`${NAME_PURPOSE}\0${ref}`);
    const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
    return encodeHex(new Uint8Array(await this.#deps.subtle.deriveBits(parameters, this.#deps.root, 128)));
  }
}
