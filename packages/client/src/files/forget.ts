// The end of a file at a node.
import type { UploadRow } from "../store/file-rows.ts";
import type { FileDeps } from "./file-ports.ts";
import { Stop } from "./stop.ts";

/** Frees what the node holds of an upload. When it cannot be reached, its time runs out there. */
export async function forget({ blobs }: FileDeps, { secret }: UploadRow): Promise<boolean> {
  const { nodeUrl, blob, writeToken } = secret;
  try {
    await blobs.delete({ nodeUrl, blob, token: writeToken }, new Stop());
    return true;
  } catch {
    return false; // told to whoever asked; an unfinished blob is gone after a day
  }
}
