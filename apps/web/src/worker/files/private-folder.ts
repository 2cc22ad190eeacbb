import { FileStoreError } from "@p2pcrypt/client";
import type { RawFile } from "./kept-file.ts";
import type { RawFolder } from "./kept-files.ts";
import type { PartFolder } from "./part-sender.ts";

const FOLDER = "p2pcrypt-files";
const PARTS = "p2pcrypt-parts";

/** @returns undefined where there is none, or where files of it cannot be written from a worker. */
export async function openPrivateFolder(
  storage: Pick<StorageManager, "getDirectory"> | undefined,
): Promise<RawFolder | undefined> {
  const folder = await openFolder(storage, FOLDER);
  return folder === undefined ? undefined : rawFolder(folder);
}

/** Where parts lie while they are sent: what a page that was killed left there is gone. */
export async function openPartFolder(storage: Pick<StorageManager, "getDirectory"> | undefined): Promise<PartFolder | undefined> {
  await removeFolder(storage, PARTS);
  const folder = await openFolder(storage, PARTS);
  if (folder === undefined) return undefined;
  return {
    put: async (name, pieces) => {
      const handle = await folder.getFileHandle(name, { create: true });
      const raw = await handle.createSyncAccessHandle();
      try {
        let at = 0;
        for (const piece of pieces) at += raw.write(new Uint8Array(piece.buffer, piece.byteOffset, piece.length), { at });
        if (raw.getSize() !== pieces.reduce((sum, { length }) => sum + length, 0)) throw new FileStoreError("store/full");
      } finally {
        raw.close();
      }
      return handle.getFile();
    },
    remove: (name) => folder.removeEntry(name),
  };
}

async function openFolder(
  storage: Pick<StorageManager, "getDirectory"> | undefined,
  name: string,
): Promise<FileSystemDirectoryHandle | undefined> {
  if (storage?.getDirectory === undefined || !("FileSystemFileHandle" in globalThis)) return undefined;
  if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) return undefined;
  try {
    return await (await storage.getDirectory()).getDirectoryHandle(name, { create: true });
  } catch {
    return undefined; // a private window that has the call and not the folder: memory does
  }
}

/** All of it, whoever wrote it. */
export async function removePrivateFolder(storage: Pick<StorageManager, "getDirectory"> | undefined): Promise<void> {
  for (const name of [FOLDER, PARTS]) await removeFolder(storage, name);
}

async function removeFolder(storage: Pick<StorageManager, "getDirectory"> | undefined, name: string): Promise<void> {
  try {
    await (await storage?.getDirectory())?.removeEntry(name, { recursive: true });
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
