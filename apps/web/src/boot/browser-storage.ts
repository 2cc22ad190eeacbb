import type { StorageSnapshot } from "./boot.ts";

/** The parts of a window that say how safe stored data is. */
export interface StorageSurroundings {
  readonly storage: Pick<StorageManager, "estimate" | "persisted" | "persist"> | undefined;
  /** Chromium only: the most that script may allocate. */
  readonly heapLimitBytes: number | undefined;
}

const NOTHING: StorageEstimate = {};

export async function storageSnapshot({ storage, heapLimitBytes }: StorageSurroundings): Promise<StorageSnapshot> {
  const [isPersistent, { usage = 0, quota = 0 }] = await Promise.all([
    storage?.persisted() ?? false,
    storage?.estimate() ?? NOTHING,
  ]);
  return {
    isPersistent,
    usedBytes: usage,
    quotaBytes: quota,
    // A private window keeps everything in memory, so its quota is of memory's size. A guess, and said to be one.
    isProbablyPrivate: heapLimitBytes !== undefined && quota > 0 && quota < 2 * heapLimitBytes,
  };
}
