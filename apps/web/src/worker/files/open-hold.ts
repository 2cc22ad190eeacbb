import { workerRandom } from "../platform.ts";
import type { FileHold } from "./file-hold.ts";
import { HeldFiles } from "./held-files.ts";
import { KeptFiles } from "./kept-files.ts";
import { openPrivateFolder } from "./private-folder.ts";

/** The browser's private folder, else memory. */
export async function openHold(key: Uint8Array<ArrayBuffer>): Promise<FileHold> {
  const folder = await openPrivateFolder(navigator.storage);
  if (folder === undefined) return new HeldFiles();
  return KeptFiles.create({ folder, subtle: crypto.subtle, random: (length) => new Uint8Array(workerRandom(length)) }, key);
}
