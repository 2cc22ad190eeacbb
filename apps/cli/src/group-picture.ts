// The picture of a group, from a file: without what a camera wrote into it (B8), and otherwise as it is. This program does not draw.
import { resolve } from "node:path";
import { MAX_GROUP_PICTURE_BYTES } from "@p2pcrypt/session";
import { CommandError, EXIT } from "./exit-codes.ts";
import { assertFile, openSource } from "./files/disk-source.ts";

/** At most one byte more than a picture may have: the client says what it wants. @throws {CommandError} file/gone, file/notAFile */
export async function readGroupPicture(path: string): Promise<Uint8Array> {
  assertFile(path);
  const source = await openSource(resolve(path));
  if (source === undefined) throw new CommandError(EXIT.refused, "file/gone", "the file cannot be read");
  try {
    return await source.read(0, Math.min(source.bytes, MAX_GROUP_PICTURE_BYTES + 1));
  } finally {
    await source.close();
  }
}
