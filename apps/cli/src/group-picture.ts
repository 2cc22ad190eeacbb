// The picture of a group, from a file. It is taken as it is: this program does not draw.
import { readFile, stat } from "node:fs/promises";
import { CommandError, EXIT } from "./exit-codes.ts";

/** More is read of no file; the client says what it wants. */
const MAX_READ_BYTES = 1024 * 1024;

export async function readGroupPicture(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new CommandError(EXIT.notFound, "file/gone", "there is no such file");
  if (found.size > MAX_READ_BYTES)
    throw new CommandError(EXIT.refused, "group/badPicture", "a group's picture is a JPEG or WebP of at most 8192 bytes");
  return readFile(path).catch(() => {
    throw new CommandError(EXIT.refused, "file/gone", "the file cannot be read");
  });
}
