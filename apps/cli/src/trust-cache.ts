// What is known about the signatures of a keyring, kept in the home between two commands. It is believed without proof, so it is written
// for its owner alone, and one that is somebody else's is not read.
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { prepareHome } from "@p2pcrypt/vault/file";
import type { CommandContext } from "./context.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

/** One file for each keyring, named for its place: a keyring that changed finds what did not change of it. */
function pathOf({ home }: CommandContext, keyring: string): string {
  const name = createHash("sha256").update(resolve(keyring)).digest("hex").slice(0, 32);
  return join(home, "cache", `trust-${name}`);
}

export function readTrustCache(context: CommandContext, keyring: string): Uint8Array | undefined {
  return readPrivateFile(pathOf(context, keyring));
}

export function writeTrustCache(context: CommandContext, keyring: string, bytes: Uint8Array): void {
  prepareHome(context.home);
  const folder = join(context.home, "cache");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  writePrivateFile(pathOf(context, keyring), bytes, { replaces: true });
}
