import { FileStoreError } from "@p2pcrypt/client";
import type { RawFile } from "./kept-file.ts";
import type { RawFolder } from "./kept-files.ts";

const FOLDER = "p2pcrypt-files";

/** @returns undefined where there is none, or where files of it cannot be written from a worker. */
export async function openPrivateFolder(
  storage: Pick<StorageManager, "getDirectory"> | undefined,
): Promise<RawFolder | undefined> {
  if (storage?.getDirectory === undefined || !("FileSystemFileHandle" in globalThis)) return undefined;
  if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) return undefined;
  try {
    const folder = await (await storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
    return rawFolder(folder);
  } catch {
    return undefined; // a private window that has the call and not the folder: memory does
  }
}

/** All of it, whoever wrote it. */
export async function removePrivateFolder(storage: Pick<StorageManager, "getDirectory"> | undefined): Promise<void> {
  try {
    await (await storage?.getDirectory())?.removeEntry(FOLDER, { recursive: true });
  } catch {
    // It was never there.
  }
}

function rawFolder(folder: FileSystemDirectoryHandle): RawFolder {
  return {
    open: async (name, isMade) => {
      const handle = await folder.getFileHandle(name, { create: isMade }).catch((error: unknown) => {
        if (!isMade && error instanceof DOMException && error.name === "NotFoundError") return undefined;
        throw error;
      });
      return handle === undefined ? undefined : asRaw(await handle.createSyncAccessHandle());
    },
    names: async () => {
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    },
    remove: async (name) => {
      await folder.removeEntry(name).catch((error: unknown) => {
        if (error instanceof DOMException && error.name === "NotFoundError") return;
        throw new FileStoreError("store/failed", { cause: error });
      });
    },
  };
}

function asRaw(handle: FileSystemSyncAccessHandle): RawFile {
  return {
    getSize: () => handle.getSize(),
    read: (into, options) => handle.read(into, options),
    write: (bytes, options) => handle.write(bytes, options),
    truncate: (bytes) => handle.truncate(bytes),
    flush: () => handle.flush(),
    close: () => handle.close(),
  };
}
