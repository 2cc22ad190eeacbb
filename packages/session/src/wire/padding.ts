// Padding: sizes fall into a few buckets, so that a length says little. Every bucket is the length of the padded plaintext.

/** Plaintext of an application record (content frame, signature, padding). Twelve, so that 0..70,000 bytes of content fit. */
export const APPLICATION_BUCKETS = [512, 1024, 2048, 4096, 8192, 12_288, 16_384, 24_576, 32_768, 49_152, 65_536, 81_920] as const;
/** Plaintext of an ephemeral record. */
export const EPHEMERAL_BUCKETS = [128, 512, 2048, 8192, 16_384, 65_536] as const;
/** Plaintext of a sealed record. 15,104 is the largest that a stranger's request of 16 KiB can hold. */
export const SEALED_BUCKETS = [1024, 4096, 8192, 15_104, 65_536, 262_144, 1_048_576, 2_097_152, 4_190_208] as const;
const MIN_HANDSHAKE_BYTES = 4096;

/** Largest content of one message, in bytes. */
export const MAX_CONTENT_BYTES = 70_000;

/** @returns the first bucket that holds `lengthBytes`, or undefined when none does. */
export function bucketFor(buckets: readonly number[], lengthBytes: number): number | undefined {
  return buckets.find((bucket) => bucket >= lengthBytes);
}

/** Plaintext of a handshake: 4 KiB times a power of two, since its size follows the group's. */
export function paddedHandshakeLength(lengthBytes: number): number {
  let bucket = MIN_HANDSHAKE_BYTES;
  while (bucket < lengthBytes) bucket *= 2;
  return bucket;
}

/** `bytes` behind a four-byte length, zeros up to the bucket. @returns undefined when no bucket is large enough. */
export function padTo(buckets: readonly number[], bytes: Uint8Array): Uint8Array | undefined {
  const size = bucketFor(buckets, bytes.length + 4);
  if (size === undefined) return undefined;
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, bytes.length);
  padded.set(bytes, 4);
  return padded;
}

/** The bytes that `padTo` was given. @returns undefined for a length that does not fit or padding that is not zero. */
export function unpad(padded: Uint8Array): Uint8Array | undefined {
  if (padded.length < 4) return undefined;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4) return undefined;
  for (let i = 4 + length; i < padded.length; i++) if (padded[i] !== 0) return undefined;
  return padded.slice(4, 4 + length);
}
