// One file as this browser keeps it: in pieces, each sealed under a key of this file alone, so that nothing of it lies on the disk in
// the clear (W4) and any part of it can be read. Pieces are only ever added behind each other: what was flushed stays whatever happens.
import { equalBytes } from "@p2pcrypt/bytes";
import { type FileSink, FileStoreError } from "@p2pcrypt/client";

/** The part of a FileSystemSyncAccessHandle that is used. */
export interface RawFile {
  getSize(): number;
  read(into: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  truncate(bytes: number): void;
  flush(): void;
  close(): void;
}

export interface KeptFileDeps {
  readonly subtle: Pick<SubtleCrypto, "deriveKey" | "encrypt" | "decrypt">;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  /** For HKDF; of this vault. */
  readonly root: CryptoKey;
}

// struct {
//   uint8  version = 1;
//   opaque salt[32];
//   Piece  pieces[];                each at 33 + index * 1,048,616
// } KeptFile;
//
// struct {
//   uint64 from;                    where in the file
//   uint32 bytes;
//   opaque nonce[12];               random
//   opaque sealed[bytes + 16];      AES-256-GCM; associated data: uint32 index, from, bytes
// } Piece;
const VERSION = 1;
const SALT_BYTES = 32;
const HEADER_BYTES = 1 + SALT_BYTES;
const FACTS_BYTES = 12;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_PIECE_BYTES = 2 ** 20;
const SLOT_BYTES = FACTS_BYTES + NONCE_BYTES + MAX_PIECE_BYTES + TAG_BYTES;

const PURPOSE = "p2pcrypt kept file";

interface Piece {
  readonly from: number;
  readonly bytes: number;
}

export class KeptFile {
  readonly #deps: KeptFileDeps;
  readonly #raw: RawFile;
  readonly #ref: string;
  #key: CryptoKey;
  #pieces: Piece[];
  /** A piece on its way to the disk or from it. Nothing is awaited while it is used. */
  #slot: Uint8Array<ArrayBuffer> | undefined;

  private constructor(deps: KeptFileDeps, raw: RawFile, ref: string, opened: { key: CryptoKey; pieces: Piece[] }) {
    this.#deps = deps;
    this.#raw = raw;
    this.#ref = ref;
    this.#key = opened.key;
    this.#pieces = opened.pieces;
  }

  /** Owns `raw` from now on. What is not one of ours is emptied. @throws {FileStoreError} */
  static async open(deps: KeptFileDeps, raw: RawFile, ref: string): Promise<KeptFile> {
    const header = readAt(raw, 0, HEADER_BYTES);
    if (header?.[0] !== VERSION) return new KeptFile(deps, raw, ref, { key: await begun(deps, raw, ref), pieces: [] });
    const key = await keyOf(deps, ref, header.subarray(1));
    const file = new KeptFile(deps, raw, ref, { key, pieces: piecesOf(raw) });
    await file.#dropTorn();
    return file;
  }

  get bytes(): number {
    const last = this.#pieces.at(-1);
    return last === undefined ? 0 : last.from + last.bytes;
  }

  /** `at`: the end, or where a piece begins: then that one and what follows is written anew. @throws {FileStoreError} */
  async write(at: number, bytes: Uint8Array): Promise<void> {
    const kept = this.#pieces.filter(({ from }) => from < at);
    if (kept.length < this.#pieces.length) {
      this.#pieces = kept;
      stored(() => this.#raw.truncate(slotAt(kept.length)));
    }
    if (this.bytes !== at) throw new FileStoreError("store/failed");
    for (let from = 0; from < bytes.length; from += MAX_PIECE_BYTES)
      await this.#add(at + from, bytes.subarray(from, from + MAX_PIECE_BYTES));
  }

  /** Fewer bytes where the file ends. @throws {FileStoreError} for what was changed on the disk. */
  async read(at: number, size: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.fill(at, new Uint8Array(Math.max(0, Math.min(size, this.bytes - at))));
  }

  /** The same into the beginning of `into`, as many as fit in. @returns those @throws {FileStoreError} */
  async fill(at: number, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.max(at, Math.min(this.bytes, at + into.length));
    const bytes = into.subarray(0, end - at);
    for (let index = indexOf(this.#pieces, at), from = at; from < end; index++) {
      const piece = this.#pieces[index];
      if (piece === undefined) break;
      const opened = await this.#opened(index, piece);
      const part = opened.subarray(from - piece.from, end - piece.from);
      bytes.set(part, from - at);
      from += part.length;
    }
    return bytes;
  }

  flush(): void {
    stored(() => this.#raw.flush());
  }

  /** Under another key, with nothing in it. */
  async empty(): Promise<void> {
    this.#pieces = [];
    this.#key = await begun(this.#deps, this.#raw, this.#ref);
  }

  close(): void {
    this.#raw.close();
  }

  async #add(from: number, plain: Uint8Array): Promise<void> {
    const index = this.#pieces.length;
    const piece = { from, bytes: plain.length };
    const nonce = this.#deps.random(NONCE_BYTES);
    const parameters = { name: "AES-GCM", iv: nonce, additionalData: boundTo(index, piece) };
    // WebCrypto takes a copy when it is called.
    const sealed = new Uint8Array(await this.#deps.subtle.encrypt(parameters, this.#key, plain as Uint8Array<ArrayBuffer>));
    const slot = this.#slotOf(sealed.length - TAG_BYTES);
    slot.set(factsOf(piece));
    slot.set(nonce, FACTS_BYTES);
    slot.set(sealed, FACTS_BYTES + NONCE_BYTES);
    stored(() => {
      if (this.#raw.write(slot, { at: slotAt(index) }) !== slot.length) throw new FileStoreError("store/full");
    });
    this.#pieces.push(piece);
  }

  async #opened(index: number, piece: Piece): Promise<Uint8Array> {
    const slot = this.#slotOf(piece.bytes);
    const isThere = stored(() => this.#raw.read(slot, { at: slotAt(index) })) === slot.length;
    if (!isThere || !equalBytes(slot.subarray(0, FACTS_BYTES), factsOf(piece))) throw new FileStoreError("store/failed");
    const parameters = {
      name: "AES-GCM",
      iv: slot.slice(FACTS_BYTES, FACTS_BYTES + NONCE_BYTES),
      additionalData: boundTo(index, piece),
    };
    try {
      const sealed = slot.subarray(FACTS_BYTES + NONCE_BYTES);
      return new Uint8Array(await this.#deps.subtle.decrypt(parameters, this.#key, sealed));
    } catch (cause) {
      throw new FileStoreError("store/failed", { cause });
    }
  }

  #slotOf(bytes: number): Uint8Array<ArrayBuffer> {
    this.#slot ??= new Uint8Array(SLOT_BYTES);
    return this.#slot.subarray(0, FACTS_BYTES + NONCE_BYTES + bytes + TAG_BYTES);
  }

  /** What was being written when the browser was killed. */
  async #dropTorn(): Promise<void> {
    const last = this.#pieces.at(-1);
    if (last === undefined) return;
    try {
      await this.#opened(this.#pieces.length - 1, last);
    } catch {
      this.#pieces.pop(); // it comes again
    }
  }
}

/** What comes goes in; closing lets go of the file. `closed`: whether there is anything to keep. */
export function sinkOf(file: KeptFile, ref: string, closed: (isKept: boolean) => Promise<void>): FileSink {
  let isOpen = true;
  const close = async (isKept: boolean): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    file.close();
    await closed(isKept);
  };
  return {
    bytes: file.bytes,
    write: (at, bytes) => file.write(at, bytes),
    flush: async () => file.flush(),
    finish: async () => {
      file.flush();
      await close(true);
      return ref;
    },
    close: () => close(file.bytes > 0),
    discard: () => file.empty(),
  };
}

async function begun(deps: KeptFileDeps, raw: RawFile, ref: string): Promise<CryptoKey> {
  const salt = deps.random(SALT_BYTES);
  const header = Uint8Array.of(VERSION, ...salt);
  stored(() => {
    raw.truncate(0);
    if (raw.write(header, { at: 0 }) !== header.length) throw new FileStoreError("store/full");
  });
  return keyOf(deps, ref, salt);
}

function keyOf({ subtle, root }: KeptFileDeps, ref: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: new TextEncoder().encode(`${PURPOSE}\0${ref}`) };
  return subtle.deriveKey(parameters, root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** As far as they follow each other and are there whole. */
function piecesOf(raw: RawFile): Piece[] {
  const size = stored(() => raw.getSize());
  const pieces: Piece[] = [];
  for (let end = 0; ; ) {
    const facts = readAt(raw, slotAt(pieces.length), FACTS_BYTES);
    if (facts === undefined) return pieces;
    const view = new DataView(facts.buffer);
    const [from, bytes] = [Number(view.getBigUint64(0)), view.getUint32(8)];
    const isWhole = slotAt(pieces.length) + FACTS_BYTES + NONCE_BYTES + bytes + TAG_BYTES <= size;
    if (from !== end || bytes === 0 || bytes > MAX_PIECE_BYTES || !isWhole) return pieces;
    pieces.push({ from, bytes });
    end += bytes;
  }
}

/** Of the piece that holds a byte. */
function indexOf(pieces: readonly Piece[], at: number): number {
  let [low, high] = [0, pieces.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.from ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}

function slotAt(index: number): number {
  return HEADER_BYTES + index * SLOT_BYTES;
}

function factsOf({ from, bytes }: Piece): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(FACTS_BYTES));
  view.setBigUint64(0, BigInt(from));
  view.setUint32(8, bytes);
  return new Uint8Array(view.buffer);
}

function boundTo(index: number, piece: Piece): Uint8Array<ArrayBuffer> {
  const bound = new Uint8Array(4 + FACTS_BYTES);
  new DataView(bound.buffer).setUint32(0, index);
  bound.set(factsOf(piece), 4);
  return bound;
}

/** @returns undefined when there are fewer. */
function readAt(raw: RawFile, at: number, size: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(size);
  return stored(() => raw.read(bytes, { at })) === size ? bytes : undefined;
}

/** A browser says in the name of its error that there is no room. */
function stored<Value>(run: () => Value): Value {
  try {
    return run();
  } catch (cause) {
    throw storeErrorOf(cause);
  }
}

export function storeErrorOf(cause: unknown): FileStoreError {
  if (cause instanceof FileStoreError) return cause;
  const isFull = cause instanceof Error && cause.name === "QuotaExceededError";
  return new FileStoreError(isFull ? "store/full" : "store/failed", { cause });
}
