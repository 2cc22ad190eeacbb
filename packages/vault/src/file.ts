// A vault's store in one SQLite file of the home directory. The file holds sealed values only, is readable by its owner only, and has
// one writer: whoever took it last (C3, C5). Runs in Node alone.
import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { VaultError } from "./vault-error.ts";
import type { RangeBounds, StoredPair, StoreWrite, VaultStore } from "./vault-store.ts";

const FILE_NAME = "vault.sqlite";
const SCHEMA_VERSION = 1;

export interface FileVaultOptions {
  readonly home: string;
  readonly nowMs: number;
  /** Take the vault from the process that has it: all its writes fail from then on. */
  readonly takeOver?: boolean;
}

/** Makes a home that only its owner can enter. @throws {VaultError} vault/unsafeHome */
export function prepareHome(home: string): void {
  const entry = lstatSync(home, { throwIfNoEntry: false });
  if (entry === undefined) mkdirSync(home, { recursive: true, mode: 0o700 });
  else if (entry.isSymbolicLink()) throw new VaultError({ code: "vault/unsafeHome", reason: "symbolicLink" });
  else if (!entry.isDirectory()) throw new VaultError({ code: "vault/unsafeHome", reason: "notADirectory" });
  else if (process.getuid !== undefined && entry.uid !== process.getuid()) {
    throw new VaultError({ code: "vault/unsafeHome", reason: "otherOwner" });
  }
  chmodSync(home, 0o700);
}

export function hasVaultFile(home: string): boolean {
  return existsSync(join(home, FILE_NAME));
}

/** @throws {VaultError} vault/unsafeHome, inUse, damaged, newer */
export function openFileVault(options: FileVaultOptions): FileVaultStore {
  prepareHome(options.home);
  const path = join(options.home, FILE_NAME);
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isSymbolicLink()) throw new VaultError({ code: "vault/unsafeHome", reason: "symbolicLink" });
  // Made here, so that SQLite and its side files take over a mode that others cannot read.
  if (entry === undefined) closeSync(openSync(path, "wx", 0o600));
  else chmodSync(path, 0o600);
  try {
    return new FileVaultStore(path, options);
  } catch (cause) {
    if (cause instanceof VaultError) throw cause;
    throw new VaultError({ code: "vault/damaged" }, { cause });
  }
}

export class FileVaultStore implements VaultStore {
  readonly #database: DatabaseSync;
  readonly #fence: number;
  readonly #statements: Record<"get" | "range" | "put" | "delete" | "fence", StatementSync>;
  #isClosed = false;

  constructor(path: string, options: FileVaultOptions) {
    this.#database = new DatabaseSync(path, { timeout: 5000 });
    try {
      this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
      this.#fence = this.#acquire(options);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#statements = {
      get: this.#database.prepare("SELECT value FROM pairs WHERE key = ?"),
      range: this.#database.prepare("SELECT key, value FROM pairs WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"),
      put: this.#database.prepare(
        "INSERT INTO pairs (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      ),
      delete: this.#database.prepare("DELETE FROM pairs WHERE key = ?"),
      fence: this.#database.prepare("SELECT fence FROM owner"),
    };
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const row = this.#statements.get.get(key);
    return row === undefined ? undefined : toBytes(row["value"]);
  }

  async range({ from, to, limit }: RangeBounds): Promise<readonly StoredPair[]> {
    return this.#statements.range.all(from, to, limit).map((row) => ({ key: toBytes(row["key"]), value: toBytes(row["value"]) }));
  }

  async apply(writes: readonly StoreWrite[]): Promise<void> {
    try {
      this.#transact(() => {
        if (this.#statements.fence.get()?.["fence"] !== this.#fence) throw new VaultError({ code: "vault/takenOver" });
        for (const { key, value } of writes) {
          if (value === undefined) this.#statements.delete.run(key);
          else this.#statements.put.run(key, value);
        }
      });
    } catch (cause) {
      if (cause instanceof VaultError) throw cause;
      throw new VaultError({ code: "vault/notStored" }, { cause });
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#database.prepare("UPDATE owner SET pid = 0 WHERE fence = ?").run(this.#fence);
    this.#database.close();
  }

  /** Whether another process took the vault over. */
  get isTakenOver(): boolean {
    return this.#isClosed || this.#statements.fence.get()?.["fence"] !== this.#fence;
  }

  #acquire({ nowMs, takeOver }: FileVaultOptions): number {
    return this.#transact(() => {
      const version = Number(this.#database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
      if (version > SCHEMA_VERSION) throw new VaultError({ code: "vault/newer", version });
      this.#database.exec(`
        CREATE TABLE IF NOT EXISTS pairs (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), fence INTEGER NOT NULL, pid INTEGER NOT NULL,
          started TEXT NOT NULL, since_ms INTEGER NOT NULL);
        PRAGMA user_version = ${SCHEMA_VERSION};`);
      const owner = this.#database.prepare("SELECT fence, pid, started, since_ms FROM owner").get();
      const pid = Number(owner?.["pid"] ?? 0);
      if (pid !== 0 && takeOver !== true && isRunning(pid, String(owner?.["started"]))) {
        throw new VaultError({ code: "vault/inUse", pid, sinceMs: Number(owner?.["since_ms"]) });
      }
      const fence = Number(owner?.["fence"] ?? 0) + 1;
      this.#database
        .prepare(
          "INSERT INTO owner VALUES (1, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET fence = excluded.fence, pid = excluded.pid, started = excluded.started, since_ms = excluded.since_ms",
        )
        .run(fence, process.pid, startOf(process.pid), nowMs);
      return fence;
    });
  }

  #transact<Result>(job: () => Result): Result {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = job();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new VaultError({ code: "vault/damaged" });
}

/** Process ids are used again: the time of the start tells two apart, where the system shows it. */
function isRunning(pid: number, started: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return started === "" || startOf(pid) === started;
}

function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")")).split(" ")[20] ?? "";
  } catch {
    return ""; // a system without /proc
  }
}
