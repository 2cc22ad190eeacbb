// A file of this disk that is sent: as it is, or without what a camera wrote into it (B8).
import { statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { FileSource } from "@p2pcrypt/client";
import { cameraNotesIn, type KeptPart, keptParts } from "@p2pcrypt/files";
import { CommandError, EXIT } from "../exit-codes.ts";
import { printable } from "../printable.ts";

const AS_IT_IS = "as it is ";

/** What `openSource` opens. `isAsItIs`: with what a camera wrote. */
export function sourceRef(path: string, isAsItIs: boolean): string {
  return isAsItIs ? `${AS_IT_IS}${path}` : path;
}

/** A pipe would be waited for. @throws {CommandError} file/gone, file/notAFile */
export function assertFile(path: string): void {
  let isFile = false;
  try {
    isFile = statSync(path).isFile();
  } catch {
    throw new CommandError(EXIT.notFound, "file/gone", `there is no file ${printable(path)}`);
  }
  if (!isFile) throw new CommandError(EXIT.refused, "file/notAFile", `${printable(path)} is not a file`);
}

/** @returns undefined when it is not there any more. */
export async function openSource(ref: string): Promise<FileSource | undefined> {
  const isAsItIs = ref.startsWith(AS_IT_IS);
  let file: FileHandle;
  try {
    file = await open(isAsItIs ? ref.slice(AS_IT_IS.length) : ref, "r");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (["ENOENT", "EACCES", "EPERM", "EISDIR"].includes(code)) return undefined;
    throw error;
  }
  try {
    const { size, mtimeNs, ino } = await file.stat({ bigint: true });
    const all = Number(size);
    const version = `${size} ${mtimeNs} ${ino}`;
    const read: FileSource["read"] = (at, wanted, into) => readAt(file, at, wanted, into);
    const whole = { bytes: all, version, read, close: () => file.close() };
    const notes = isAsItIs ? undefined : await cameraNotesIn({ bytes: all, read });
    if (notes === undefined || notes.length === 0) return whole;
    const parts = keptParts(all, notes);
    return { ...whole, bytes: parts.reduce((sum, part) => sum + sizeOf(part), 0), read: readParts(parts, read) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Into the beginning of `into`. */
async function readAt(
  file: FileHandle,
  at: number,
  wanted: number,
  into: Uint8Array = new Uint8Array(wanted),
): Promise<Uint8Array> {
  const bytes = into.subarray(0, wanted);
  let filled = 0;
  while (filled < wanted) {
    const { bytesRead } = await file.read(bytes, filled, wanted - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === wanted ? bytes : bytes.subarray(0, filled);
}

function readParts(parts: readonly KeptPart[], read: FileSource["read"]): FileSource["read"] {
  return async (at, wanted, into = new Uint8Array(wanted)) => {
    let [begin, filled] = [0, 0];
    for (const part of parts) {
      const size = sizeOf(part);
      const from = Math.max(0, at + filled - begin);
      const count = Math.min(size - from, wanted - filled);
      begin += size;
      if (count <= 0) continue;
      if ("from" in part) {
        const { length } = await read(part.from + from, count, into.subarray(filled));
        filled += length;
        if (length < count) break; // shorter than it was
      } else {
        into.set(part.subarray(from, from + count), filled);
        filled += count;
      }
    }
    return into.subarray(0, filled);
  };
}

function sizeOf(part: KeptPart): number {
  return "from" in part ? part.until - part.from : part.length;
}
