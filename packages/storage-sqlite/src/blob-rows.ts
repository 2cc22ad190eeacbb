// The rows of blobs, and how much they take together. Everything here is one statement or one transaction, flushed when it returns.
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { BlobId } from "@p2pcrypt/api";
import { type BlobState, type BlobUsage, type NewBlob, StorageError } from "@p2pcrypt/storage";

const VERSION = 1;
const SCHEMA = `
  CREATE TABLE blobs (
    id TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    write_token_hash BLOB NOT NULL,
    read_token_hash BLOB NOT NULL,
    retention_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX blobs_by_expiry ON blobs (expires_ms);
`;

export class BlobRows {
  readonly #statements: Record<"find" | "insert" | "advance" | "delete" | "due", StatementSync>;
  readonly #all: StatementSync;
  #usage: BlobUsage;

  constructor(database: DatabaseSync) {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;");
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
    if (version > VERSION) throw new StorageError("storage/newer");
    if (version < VERSION) database.exec(`BEGIN IMMEDIATE; ${SCHEMA}; PRAGMA user_version = ${VERSION}; COMMIT;`);
    this.#statements = {
      find: database.prepare("SELECT * FROM blobs WHERE id = ?"),
      insert: database.prepare("INSERT INTO blobs VALUES (?, ?, 0, ?, ?, ?, ?)"),
      advance: database.prepare("UPDATE blobs SET offset = ?, expires_ms = ? WHERE id = ?"),
      delete: database.prepare("DELETE FROM blobs WHERE id = ?"),
      due: database.prepare("SELECT id FROM blobs WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?"),
    };
    this.#all = database.prepare("SELECT id FROM blobs");
    const sums = database.prepare("SELECT count(*) AS blobs, total(bytes) AS reserved, total(offset) AS stored FROM blobs").get();
    this.#usage = {
      blobs: Number(sums?.["blobs"] ?? 0),
      reservedBytes: Number(sums?.["reserved"] ?? 0),
      storedBytes: Number(sums?.["stored"] ?? 0),
    };
  }

  get usage(): BlobUsage {
    return this.#usage;
  }

  find(id: BlobId): BlobState | undefined {
    const row = this.#statements.find.get(id);
    return row === undefined ? undefined : stateOf(row);
  }

  insert({ id, bytes, writeTokenHash, readTokenHash, retentionMs, expiresMs }: NewBlob): void {
    this.#statements.insert.run(id, bytes, writeTokenHash, readTokenHash, retentionMs, expiresMs);
    this.#add({ blobs: 1, reservedBytes: bytes, storedBytes: 0 });
  }

  /** Of a blob that was deleted meanwhile, nothing. */
  advance(id: BlobId, offset: number, expiresMs: number): void {
    const before = this.find(id);
    if (before === undefined) return;
    this.#statements.advance.run(offset, expiresMs, id);
    this.#add({ blobs: 0, reservedBytes: 0, storedBytes: offset - before.offset });
  }

  /** @returns whether there was one. */
  delete(id: BlobId): boolean {
    const before = this.find(id);
    if (before === undefined) return false;
    this.#statements.delete.run(id);
    this.#add({ blobs: -1, reservedBytes: -before.bytes, storedBytes: -before.offset });
    return true;
  }

  due(nowMs: number, limit: number): BlobId[] {
    return this.#statements.due.all(nowMs, limit).map((row) => String(row["id"]));
  }

  ids(): BlobId[] {
    return this.#all.all().map((row) => String(row["id"]));
  }

  #add({ blobs, reservedBytes, storedBytes }: BlobUsage): void {
    this.#usage = {
      blobs: this.#usage.blobs + blobs,
      reservedBytes: this.#usage.reservedBytes + reservedBytes,
      storedBytes: this.#usage.storedBytes + storedBytes,
    };
  }
}

function stateOf(row: Readonly<Record<string, SQLOutputValue>>): BlobState {
  const [writeTokenHash, readTokenHash] = [row["write_token_hash"], row["read_token_hash"]];
  if (!(writeTokenHash instanceof Uint8Array) || !(readTokenHash instanceof Uint8Array))
    throw new StorageError("storage/damaged");
  return {
    id: String(row["id"]),
    bytes: Number(row["bytes"]),
    offset: Number(row["offset"]),
    writeTokenHash,
    readTokenHash,
    retentionMs: Number(row["retention_ms"]),
    expiresMs: Number(row["expires_ms"]),
  };
}
