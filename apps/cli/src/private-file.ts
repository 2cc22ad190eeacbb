// Files that only their owner may read, written whole or not at all (C3).
import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError, EXIT } from "./exit-codes.ts";

/** @throws {CommandError} file/exists: nothing is overwritten unless asked to. */
export function writePrivateFile(path: string, bytes: Uint8Array, options: { readonly replaces: boolean }): void {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry !== undefined && !options.replaces)
    throw new CommandError(EXIT.refused, "file/exists", "that file exists; nothing was overwritten");
  const building = `${path}.${process.pid}.part`;
  const file = openSync(building, "wx", 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(building, path);
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** @returns undefined when there is none. @throws {CommandError} file/unsafe for a link or a file of somebody else. */
export function readPrivateFile(path: string): Uint8Array | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return undefined;
  const isForeign = process.getuid !== undefined && entry.uid !== process.getuid();
  if (entry.isSymbolicLink() || isForeign)
    throw new CommandError(EXIT.refused, "file/unsafe", "a key file is a link or belongs to somebody else");
  return new Uint8Array(readFileSync(path));
}
