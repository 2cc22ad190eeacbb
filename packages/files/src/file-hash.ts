// The hash of a sealed file: a chain over the hashes of its segments, so that it can be put aside at any segment and taken up again,
// and so that a platform that hashes only whole byte strings can make it (spec/protocol/sealed-file.md section 4).
import { concatBytes, purposeBytes } from "@p2pcrypt/bytes";
import type { Subtle } from "./subtle.ts";

const HASH = purposeBytes("p2pcrypt file hash");

export const HASH_BYTES = 32;

export class FileHash {
  readonly #subtle: Subtle;
  #chain: Uint8Array;

  /** `chain`: where an earlier one stood; nothing for the beginning of a file. */
  constructor(subtle: Subtle, chain: Uint8Array = new Uint8Array(HASH_BYTES)) {
    if (chain.length !== HASH_BYTES) throw new RangeError("chain: 32 bytes are wanted");
    this.#subtle = subtle;
    this.#chain = chain.slice();
  }

  /** A copy. After the last segment: the file's hash. */
  get chain(): Uint8Array {
    return this.#chain.slice();
  }

  /** `digest`: SHA-256 of the next segment. */
  async add(digest: Uint8Array): Promise<void> {
    if (digest.length !== HASH_BYTES) throw new RangeError("digest: 32 bytes are wanted");
    this.#chain = await sha256(this.#subtle, concatBytes(HASH, this.#chain, digest));
  }
}

/** Of bytes whose buffer nobody else looks at. What is called `bytes` takes their place. */
export async function hashed(
  subtle: Subtle,
  bytes: Uint8Array,
): Promise<{ readonly bytes: Uint8Array; readonly digest: Uint8Array }> {
  if (subtle.hashAway === undefined) return { bytes, digest: await sha256(subtle, bytes) };
  const back = await subtle.hashAway(bytes);
  return { bytes: back.bytes, digest: new Uint8Array(back.digest) };
}

export async function sha256(subtle: Subtle, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}
