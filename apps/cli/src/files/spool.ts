// What comes by standard input has no size until it ends, and cannot be read twice: it is put aside, sealed under a key that is in this
// process's memory alone, and gone with it.
import { randomBytes, webcrypto } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { FileSource } from "@p2pcrypt/client";

const PIECE_BYTES = 1024 * 1024;
const TAG_BYTES = 16;

interface Held {
  readonly file: FileHandle;
  readonly key: webcrypto.CryptoKey;
  readonly bytes: number;
}

export class Spool {
  readonly #folder: string;
  readonly #held = new Map<string, Held>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads it to its end. @returns a name for `open`. */
  async put(input: AsyncIterable<Uint8Array>): Promise<string> {
    const ref = `standard input ${randomBytes(8).toString("hex")}`;
    const path = join(this.#folder, `.spool-${randomBytes(8).toString("hex")}`);
    const file = await open(path, "wx+", 0o600);
    // Without a name from here on: whatever ends this process frees the room.
    await unlink(path);
    const key = await webcrypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    let [bytes, pieces, gathered]: [number, number, Uint8Array[]] = [0, 0, []];
    let size = 0;
    const seal = async (): Promise<void> => {
      const piece = new Uint8Array(await webcrypto.subtle.encrypt(nonce(pieces), key, Buffer.concat(gathered)));
      await file.write(piece, 0, piece.length, pieces * (PIECE_BYTES + TAG_BYTES));
      pieces += 1;
      gathered = [];
      size = 0;
    };
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + PIECE_BYTES - size);
        gathered.push(part);
        size += part.length;
        bytes += part.length;
        at += part.length;
        if (size === PIECE_BYTES) await seal();
      }
    }
    if (size > 0) await seal();
    this.#held.set(ref, { file, key, bytes });
    return ref;
  }

  holds(ref: string): boolean {
    return ref.startsWith("standard input ");
  }

  /** @returns undefined for what another process put aside. */
  open(ref: string): FileSource | undefined {
    const held = this.#held.get(ref);
    if (held === undefined) return undefined;
    const read = async (at: number, wanted: number): Promise<Uint8Array> => {
      const parts: Uint8Array[] = [];
      const end = Math.min(held.bytes, at + wanted);
      for (let from = at; from < end; ) {
        const index = Math.floor(from / PIECE_BYTES);
        const piece = await this.#piece(held, index);
        const part = piece.subarray(from - index * PIECE_BYTES, end - index * PIECE_BYTES);
        parts.push(part);
        from += part.length;
      }
      return new Uint8Array(Buffer.concat(parts));
    };
    return { bytes: held.bytes, version: ref, read, close: async () => undefined };
  }

  async close(): Promise<void> {
    for (const { file } of this.#held.values()) await file.close();
    this.#held.clear();
  }

  async #piece({ file, key, bytes }: Held, index: number): Promise<Uint8Array> {
    const sealed = new Uint8Array(Math.min(PIECE_BYTES, bytes - index * PIECE_BYTES) + TAG_BYTES);
    await file.read(sealed, 0, sealed.length, index * (PIECE_BYTES + TAG_BYTES));
    return new Uint8Array(await webcrypto.subtle.decrypt(nonce(index), key, sealed));
  }
}

function nonce(index: number): { name: string; iv: Uint8Array<ArrayBuffer> } {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, index);
  return { name: "AES-GCM", iv };
}
