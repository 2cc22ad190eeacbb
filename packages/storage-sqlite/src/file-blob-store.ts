// Blobs as files, and what is known of them in a database of its own. A file may be longer than what was answered for: only the
// database says how much of it counts, and it is told after the file's bytes are on the disk.
import { chmodSync, mkdirSync, readdirSync, statfsSync, unlinkSync } from "node:fs";
import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BlobId, ByteRange } from "@p2pcrypt/api";
import { decodeBase64Url, encodeHex } from "@p2pcrypt/bytes";
import {
  type BlobLimits,
  type BlobState,
  type BlobStore,
  type BlobUsage,
  type BlobWrite,
  isSameBlob,
  type NewBlob,
  StorageError,
  type WriteOutcome,
} from "@p2pcrypt/storage";
import { BlobRows } from "./blob-rows.ts";
import { BlobWriting } from "./blob-writing.ts";
import { toStorageError } from "./database.ts";

const READ_BYTES = 256 * 1024;

export interface FileBlobOptions {
  readonly folder: string;
  readonly limits: BlobLimits;
  /** Of the disk; the file system is asked when this is left out. */
  readonly freeBytes?: () => number;
}

/** @throws {StorageError} */
export function openFileBlobStore({ folder, limits, freeBytes }: FileBlobOptions): BlobStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "blobs.sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    chmodSync(path, 0o600);
    const rows = new BlobRows(database);
    removeStrangers(folder, rows);
    const free = freeBytes ?? (() => freeOf(folder));
    return new FileBlobStore(folder, database, rows, { limits, free });
  } catch (cause) {
    database?.close();
    throw toStorageError(cause);
  }
}

class FileBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #database: DatabaseSync;
  readonly #rows: BlobRows;
  readonly #limits: BlobLimits;
  readonly #free: () => number;

  constructor(
    folder: string,
    database: DatabaseSync,
    rows: BlobRows,
    { limits, free }: { readonly limits: BlobLimits; readonly free: () => number },
  ) {
    this.#folder = folder;
    this.#database = database;
    this.#rows = rows;
    this.#limits = limits;
    this.#free = free;
  }

  async create(blob: NewBlob): Promise<"created" | "same" | "exists" | "quota" | "full"> {
    return stored(async () => {
      const known = this.#rows.find(blob.id);
      if (known !== undefined) return isSameBlob(known, blob) ? "same" : "exists";
      const { reservedBytes, storedBytes } = this.#rows.usage;
      if (reservedBytes + blob.bytes > this.#limits.totalBytes) return "quota";
      if (this.#free() - (reservedBytes - storedBytes) - blob.bytes < this.#limits.freeFloorBytes) return "full";
      // Reserved before anything is awaited, so that two requests never share the last room.
      this.#rows.insert(blob);
      return "created";
    });
  }

  async blob(id: BlobId): Promise<BlobState | undefined> {
    return stored(async () => this.#rows.find(id));
  }

  async write(id: BlobId, { offset, body, expiresMs }: BlobWrite): Promise<WriteOutcome> {
    const before = await this.blob(id);
    if (before === undefined) return { kind: "unknown" };
    if (before.offset !== offset) return { kind: "conflict", offset: before.offset };
    const file = await stored(() => this.#openForWriting(id, offset));
    const writing = new BlobWriting(file, offset, (at) => this.#rows.advance(id, at, expiresMs(at === before.bytes)));
    try {
      for await (const piece of body) {
        if (writing.end + piece.length > before.bytes) return { kind: "tooLong" };
        await stored(() => writing.add(piece));
      }
    } finally {
      try {
        await stored(() => writing.finish());
      } finally {
        await file.close();
      }
    }
    const blob = await this.blob(id);
    return blob === undefined ? { kind: "unknown" } : { kind: "written", blob };
  }

  async *read(id: BlobId, { from, until }: ByteRange): AsyncGenerator<Uint8Array> {
    const file = await stored(() => open(this.#pathOf(id), "r"));
    try {
      for (let at = from; at < until; ) {
        const piece = new Uint8Array(Math.min(READ_BYTES, until - at));
        const { bytesRead } = await stored(() => file.read(piece, 0, piece.length, at));
        if (bytesRead === 0) throw new StorageError("storage/damaged");
        at += bytesRead;
        yield bytesRead === piece.length ? piece : piece.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async delete(id: BlobId): Promise<boolean> {
    return stored(async () => {
      const isKnown = this.#rows.delete(id);
      if (isKnown) await removed(this.#pathOf(id));
      return isKnown;
    });
  }

  async expire(nowMs: number, limit: number): Promise<number> {
    const due = await stored(async () => this.#rows.due(nowMs, limit));
    for (const id of due) await this.delete(id);
    return due.length;
  }

  async usage(): Promise<BlobUsage> {
    return stored(async () => this.#rows.usage);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #pathOf(id: BlobId): string {
    const { folder, file } = placeOf(id);
    return join(this.#folder, folder, file);
  }

  /** A new file's name is on the disk before any of its bytes are answered for. */
  async #openForWriting(id: BlobId, offset: number): Promise<FileHandle> {
    const folder = join(this.#folder, placeOf(id).folder);
    if (offset > 0) return open(this.#pathOf(id), "r+");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // What an upload of the same id left behind, or one that was cut off, is written over.
    const file = await open(this.#pathOf(id), "w", 0o600);
    for (const path of [folder, this.#folder]) await syncFolder(path);
    return file;
  }
}

/** Two letters of folder: a million files in one are slow to list. Hex, since some file systems know no difference of case. */
function placeOf(id: BlobId): { readonly folder: string; readonly file: string } {
  const hex = encodeHex(decodeBase64Url(id));
  return { folder: hex.slice(0, 2), file: hex };
}

/** Files that no row names: deleted or expired, and the process ended before the file was. */
function removeStrangers(folder: string, rows: BlobRows): void {
  const known = new Set(rows.ids().map((id) => placeOf(id).file));
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
    for (const file of readdirSync(join(folder, name))) if (!known.has(file)) unlinkSync(join(folder, name, file));
}

function freeOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

async function removed(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    // Reserved, and nothing was written yet.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function stored<Value>(run: () => Promise<Value>): Promise<Value> {
  try {
    return await run();
  } catch (cause) {
    throw toStorageError(cause);
  }
}
