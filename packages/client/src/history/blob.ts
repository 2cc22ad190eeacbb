// A piece of history as a blob at the home node: a sealed file (spec/protocol/sealed-file.md) that is whole in memory on both sides.
import { ApiError, tokenHash } from "@p2pcrypt/api";
import { concatBytes } from "@p2pcrypt/bytes";
import { FileHash, FileOpener, FileSealer, FilesError, HASH_BYTES, HEADER_BYTES } from "@p2pcrypt/files";
import type { BlobDeps } from "../files/file-ports.ts";
import { Stop } from "../files/stop.ts";
import type { UploadSecretRow } from "../store/file-rows.ts";
import type { HistoryPieceRow } from "../store/history-rows.ts";

/** Twice what a piece has at most, with its padding: who sends more is not believed. */
const MAX_BYTES = 64 * 1024 * 1024;

export type PlacedBlob = Omit<HistoryPieceRow, "number" | "entries">;

/** @throws {ApiError} @throws {ConnectionError} */
export async function putBlob({ subtle, blobs }: BlobDeps, secret: UploadSecretRow, bytes: Uint8Array): Promise<PlacedBlob> {
  const { nodeUrl, blob, writeToken, readToken, key } = secret;
  const sealer = await FileSealer.create(subtle, secret, { trueBytes: bytes.length, type: "" });
  const hash = new FileHash(subtle, new Uint8Array(HASH_BYTES));
  const sealed: Uint8Array[] = [];
  for await (const segment of sealer.segments(async (at, size) => bytes.subarray(at, at + size), 0)) {
    sealed.push(segment.bytes);
    await hash.add(segment.digest);
  }
  const place = { nodeUrl, blob, token: writeToken };
  const all = concatBytes(...sealed);
  const size = { bytes: sealer.layout.sealedBytes, readTokenHash: tokenHash(readToken) };
  let { offset } = await blobs.create(place, size, new Stop());
  while (offset < all.length) ({ offset } = await blobs.write(place, offset, [all.subarray(offset)], new Stop()));
  const opens = { key, commitment: sealer.commitment, hash: hash.chain, bytes: bytes.length };
  return { nodeUrl, blob, readToken, writeToken, ...opens };
}

/** @throws {ApiError} @throws {ConnectionError} @throws {FilesError} it is not what was put there */
export async function takeBlob({ subtle, blobs }: BlobDeps, piece: PlacedBlob): Promise<Uint8Array> {
  const { nodeUrl, blob, readToken, bytes } = piece;
  if (bytes > MAX_BYTES) throw new FilesError("files/truncated");
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const some of blobs.read({ nodeUrl, blob, token: readToken }, 0, new Stop())) {
    read.push(some);
    size += some.length;
    if (size > 2 * MAX_BYTES) throw new FilesError("files/truncated");
  }
  const sealed = concatBytes(...read);
  const secret = { ...piece, trueBytes: bytes, type: "" };
  const opener = await FileOpener.create(subtle, secret, sealed.slice(0, HEADER_BYTES));
  const opened: Uint8Array[] = [];
  for await (const segment of opener.segments(once(sealed))) opened.push(segment.bytes);
  return concatBytes(...opened);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** @returns false when the node has to be asked again. */
export async function freeBlob(
  { blobs }: BlobDeps,
  { nodeUrl, blob, writeToken }: Pick<UploadSecretRow, "nodeUrl" | "blob" | "writeToken">,
): Promise<boolean> {
  try {
    await blobs.delete({ nodeUrl, blob, token: writeToken }, new Stop());
    return true;
  } catch (error) {
    // What the node does not know needs no freeing, and what it does not let go of runs out there.
    return error instanceof ApiError && !error.isRetriable;
  }
}
