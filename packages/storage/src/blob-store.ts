// What a node needs to hold blobs, in the node's words. Rights and times are judged by the caller; a store decides about room and order.
import type { BlobId, ByteRange } from "@p2pcrypt/api";

export interface BlobStore {
  /**
   * Reserves room. Atomic, durable.
   *
   * @returns `same` for a blob that has equal values; `exists` for another one of this id; `quota` beyond the lease; `full` when the
   * disk would keep less than its floor.
   */
  create(blob: NewBlob): Promise<"created" | "same" | "exists" | "quota" | "full">;
  blob(id: BlobId): Promise<BlobState | undefined>;
  /**
   * Appends what comes, which begins at `offset`. What is answered for is on the disk. One call at a time for each blob. A piece is no
   * more looked at once the next one is asked for.
   * When `body` throws, what came before is kept and on the disk, and the error is thrown again.
   *
   * @throws {StorageError} storage/full: what came before is kept all the same.
   */
  write(id: BlobId, write: BlobWrite): Promise<WriteOutcome>;
  /** Pieces of a range that is there: whoever asks has them for himself. @throws {StorageError} storage/damaged, while it is read */
  read(id: BlobId, range: ByteRange): AsyncIterable<Uint8Array>;
  /** Its room is free when this resolves. @returns whether there was one. */
  delete(id: BlobId): Promise<boolean>;
  /** Deletes at most `limit` whose time is over; call until it returns 0. */
  expire(nowMs: number, limit: number): Promise<number>;
  usage(): Promise<BlobUsage>;
  close(): Promise<void>;
}

export interface NewBlob {
  readonly id: BlobId;
  readonly bytes: number;
  readonly writeTokenHash: Uint8Array;
  readonly readTokenHash: Uint8Array;
  /** Kept so long once it is whole. */
  readonly retentionMs: number;
  /** Until when it is kept while it is not whole. */
  readonly expiresMs: number;
}

export interface BlobState extends NewBlob {
  /** On the disk. Whole when it equals `bytes`. */
  readonly offset: number;
}

export interface BlobWrite {
  readonly offset: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Asked when bytes were stored: until when the blob is kept now. */
  readonly expiresMs: (isWhole: boolean) => number;
}

export type WriteOutcome =
  | { readonly kind: "written"; readonly blob: BlobState }
  | { readonly kind: "conflict"; readonly offset: number }
  /** More than the blob has room for: nothing of the piece that went beyond is kept. */
  | { readonly kind: "tooLong" }
  | { readonly kind: "unknown" };

export interface BlobLimits {
  /** Of all blobs together; one that is not whole counts as if it were. */
  readonly totalBytes: number;
  /** The disk keeps at least this much free, with all that is reserved. */
  readonly freeFloorBytes: number;
}

export interface BlobUsage {
  readonly blobs: number;
  readonly reservedBytes: number;
  readonly storedBytes: number;
}
