// Opening a node's database: durable settings, its schema brought up to date, one process at a time.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StorageError } from "@p2pcrypt/storage";
import { MIGRATIONS } from "./schema.ts";

export const DATABASE_FILE = "node.sqlite";
const LOCK_FILE = "lock.sqlite";
const BUSY = 5;
const FULL = 13;
const IO_ERROR = 10;
const NOT_A_DATABASE = 26;

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  close(): void;
}

/** @throws {StorageError} storage/inUse, newer, notADatabase, full, failed */
export function openDatabase(folder: string): OpenedDatabase {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, DATABASE_FILE);
  const lock = takeLock(join(folder, LOCK_FILE));
  let database: DatabaseSync | undefined;
  try {
    if (existsSync(path)) assertNotNewer(path);
    else closeSync(openSync(path, "wx", 0o600)); // made here, so that side files take over its mode
    chmodSync(path, 0o600);
    database = new DatabaseSync(path);
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536;",
    );
    migrate(database);
    const opened = database;
    return {
      database: opened,
      close: () => {
        opened.close();
        lock.close();
      },
    };
  } catch (cause) {
    database?.close();
    lock.close();
    throw toStorageError(cause);
  }
}

/** Held by the operating system as long as this process lives, whatever ends it. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return lock;
  } catch (cause) {
    lock.close();
    throw codeOf(cause) === BUSY ? new StorageError("storage/inUse", { cause }) : toStorageError(cause);
  }
}

/** Looks without writing: what a newer version made is left alone (O7). */
export function assertNotNewer(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    if (versionOf(database) > MIGRATIONS.length) throw new StorageError("storage/newer");
  } finally {
    database.close();
  }
}

function migrate(database: DatabaseSync): void {
  for (let version = versionOf(database); version < MIGRATIONS.length; version++) {
    // One transaction with its number: killed in between, it starts again from the step before.
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[version]}; PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

export function toStorageError(cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const code = codeOf(cause);
  if (code === FULL || isNoSpace(cause)) return new StorageError("storage/full", { cause });
  if (code === NOT_A_DATABASE) return new StorageError("storage/notADatabase", { cause });
  return new StorageError("storage/failed", { cause });
}

/** After an I/O error nobody knows what of the last writes is on the disk: only reopening finds out. */
export function isFatal(cause: unknown): boolean {
  return codeOf(cause) === IO_ERROR;
}

function codeOf(cause: unknown): number | undefined {
  if (typeof cause !== "object" || cause === null || !("errcode" in cause) || typeof cause.errcode !== "number") return undefined;
  return cause.errcode & 0xff;
}

function isNoSpace(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
}
