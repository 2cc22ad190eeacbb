// Copies of a node's database. A backup can be taken while a node runs; a restore needs an empty place.
import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StorageError } from "@p2pcrypt/storage";
import { assertNotNewer, DATABASE_FILE, toStorageError } from "./database.ts";

export class BackupRefused extends Error {
  override readonly name = "BackupRefused";
  readonly reason: "targetExists" | "nothingHere";

  constructor(reason: "targetExists" | "nothingHere") {
    super(reason);
    this.reason = reason;
  }
}

/** A consistent copy of what is stored now, readable by its owner only. @throws {BackupRefused} @throws {StorageError} */
export function backupDatabase(folder: string, target: string): void {
  const source = join(folder, DATABASE_FILE);
  if (!existsSync(source)) throw new BackupRefused("nothingHere");
  if (existsSync(target)) throw new BackupRefused("targetExists");
  const building = `${target}.${process.pid}.part`;
  closeSync(openSync(building, "wx", 0o600));
  try {
    const database = new DatabaseSync(source, { readOnly: true, timeout: 30_000 });
    try {
      database.prepare("VACUUM INTO ?").run(building);
    } finally {
      database.close();
    }
    putInPlace(building, target);
  } catch (cause) {
    rmSync(building, { force: true });
    throw toStorageError(cause);
  }
}

/** Checks a backup and makes it the database of a folder that has none. @throws {BackupRefused} @throws {StorageError} */
export function restoreDatabase(backup: string, folder: string): void {
  const target = join(folder, DATABASE_FILE);
  if (!existsSync(backup)) throw new BackupRefused("nothingHere");
  if (existsSync(target)) throw new BackupRefused("targetExists");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    assertNotNewer(backup);
    assertWhole(backup);
    const building = `${target}.${process.pid}.part`;
    copyFileSync(backup, building);
    chmodSync(building, 0o600);
    putInPlace(building, target);
  } catch (cause) {
    throw toStorageError(cause);
  }
}

function assertWhole(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const { integrity_check: verdict } = database.prepare("PRAGMA integrity_check").get() ?? {};
    if (verdict !== "ok") throw new StorageError("storage/damaged");
    if (Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0) === 0)
      throw new StorageError("storage/notADatabase");
  } finally {
    database.close();
  }
}

/** Durable under its name once it returns. */
function putInPlace(building: string, target: string): void {
  for (const [path, flags] of [[building, "r+"] as const]) {
    const file = openSync(path, flags);
    fsyncSync(file);
    closeSync(file);
  }
  renameSync(building, target);
  const folder = openSync(dirname(target), "r");
  fsyncSync(folder);
  closeSync(folder);
}
