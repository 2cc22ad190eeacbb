// Files of this machine: what is sent is read from a path or from a spool, what comes is written beside its final name and gets that
// name when it is whole, without ever taking another file's place (B4).
import { constants } from "node:fs";
import { copyFile, type FileHandle, link, open, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { giveBack } from "@p2pcrypt/bytes";
import { type FileDeps, type FileSink, FileStoreError, webBlobs } from "@p2pcrypt/client";
import { safeFileName, splitExtension } from "@p2pcrypt/files";
import { directDeps } from "../direct/open-direct.ts";
import { systemTimers } from "../platform.ts";
import { openSource } from "./disk-source.ts";
import { httpFetch } from "./http-fetch.ts";
import { keepFreedMemory, nodeSubtle } from "./node-subtle.ts";
import { Spool } from "./spool.ts";

const MAX_NUMBERS = 10_000;
/** 32 MiB. */
const LARGEST_PART = 32;

export function diskFiles(spool: Spool): FileDeps {
  keepFreedMemory();
  return {
    subtle: nodeSubtle,
    blobs: webBlobs({ fetch: httpFetch, abortController: () => new AbortController(), timers: systemTimers }, (pieces) => pieces),
    openSource: async (ref) => (spool.holds(ref) ? spool.open(ref) : openSource(ref)),
    openSink: openSink,
    giveBack,
    largestPart: LARGEST_PART,
    ...directDeps(),
  };
}

/** For a command that stays and has other things to do: what this device sent is given to those who fetch it directly. */
export function givenFiles(home: string): FileDeps {
  return { ...diskFiles(new Spool(home)), onlyGives: true };
}

/** Where a file that comes lies while it is not whole: the same for the same message and folder. */
export function sinkRef(folder: string, messageId: string, name: string): string {
  return JSON.stringify({ part: join(folder, `.p2pcrypt-${messageId}.part`), name: safeFileName(name) });
}

async function openSink(ref: string): Promise<FileSink> {
  const { part, name } = JSON.parse(ref) as { part: string; name: string };
  // Nobody's link is followed: the folder may be one that others write to.
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await stored(() => open(part, flags, 0o600));
  const stat = await stored(() => file.stat());
  if (!stat.isFile() || stat.nlink !== 1) {
    await file.close();
    throw new FileStoreError("store/failed");
  }
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    bytes: stat.size,
    write: (at, bytes) => stored(() => writeAll(file, at, bytes)),
    flush: () => stored(() => file.datasync()),
    finish: () =>
      stored(async () => {
        await file.sync();
        await close();
        return named(part, name);
      }),
    close,
    discard: () =>
      stored(async () => {
        await close();
        await unlink(part);
      }),
  };
}

async function writeAll(file: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at + written);
    written += bytesWritten;
  }
}

/** The first name that is free: `name`, `name (2)` … */
async function named(part: string, name: string): Promise<string> {
  const folder = dirname(part);
  const { stem, extension } = splitExtension(basename(name));
  for (let number = 1; number <= MAX_NUMBERS; number++) {
    const path = join(folder, number === 1 ? name : `${stem} (${number})${extension}`);
    if (!(await placed(part, path))) continue;
    await unlink(part);
    await syncFolder(folder);
    return path;
  }
  throw new FileStoreError("store/failed");
}

/** @returns false when there is something of that name: neither a link nor a copy takes its place. */
async function placed(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error))) throw error;
  }
  // A file system without links.
  try {
    await copyFile(part, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function stored<Value>(run: () => Promise<Value>): Promise<Value> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof FileStoreError) throw cause;
    throw new FileStoreError(["ENOSPC", "EDQUOT"].includes(codeOf(cause)) ? "store/full" : "store/failed", { cause });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
