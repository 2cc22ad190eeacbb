import { commitmentOf, encodeFacts, type FileFacts, KEY_BYTES, sealedLayout } from "./file-facts.ts";
import { hashed } from "./file-hash.ts";
import { FilesError } from "./files-error.ts";
import { inFlight } from "./in-flight.ts";
import { type Layout, NONCE_PREFIX_BYTES, SALT_BYTES, SEGMENT_BYTES, segmentAt } from "./segments.ts";
import type { Subtle } from "./subtle.ts";
import { decodeHeader, encodeHeader, TinkStream } from "./tink-stream.ts";

/** Everything that seals one file. Kept by the sender until the last byte is at the node; whoever has the key reads the file. */
export interface SealingSecret {
  readonly key: Uint8Array;
  readonly header: Uint8Array;
}

export interface SealedSegment {
  readonly index: number;
  /** As it lies in the sealed file; the first one with the header. */
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`. */
  readonly digest: Uint8Array;
}

/**
 * Reads a part of the file. It answers exactly `size` bytes, or fewer when the file became shorter; they may lie at the beginning of
 * `into`, which is used again once they are sealed.
 */
export type ReadSource = (at: number, size: number, into: Uint8Array) => Promise<Uint8Array>;

/** A secret for one file. Never for a second one, nor for the same file after it was changed. */
export function createSealingSecret(random: (length: number) => Uint8Array): SealingSecret {
  return {
    key: random(KEY_BYTES),
    header: encodeHeader({ salt: random(SALT_BYTES), noncePrefix: random(NONCE_PREFIX_BYTES) }),
  };
}

export class FileSealer {
  readonly layout: Layout;
  /** Travels with the key: whoever opens checks it first. */
  readonly commitment: Uint8Array;
  readonly #subtle: Subtle;
  readonly #stream: TinkStream;
  readonly #trueBytes: number;

  private constructor(subtle: Subtle, stream: TinkStream, commitment: Uint8Array, facts: FileFacts) {
    this.#subtle = subtle;
    this.#stream = stream;
    this.commitment = commitment;
    this.layout = sealedLayout(facts);
    this.#trueBytes = facts.trueBytes;
  }

  static async create(subtle: Subtle, secret: SealingSecret, facts: FileFacts): Promise<FileSealer> {
    const header = decodeHeader(secret.header);
    const bound = { key: secret.key, header, associatedData: encodeFacts(facts) };
    const stream = await TinkStream.create("encrypt", subtle, bound, sealedLayout(facts));
    return new FileSealer(subtle, stream, await commitmentOf(subtle, secret.key, header.salt), facts);
  }

  /**
   * Segments in order from `from`. The same secret and the same bytes give the same segments, so that a sender may stop anywhere and
   * go on later; with other bytes it must not, and takes a new secret.
   *
   * @throws {FilesError} sourceChanged: the source ended early.
   */
  segments(read: ReadSource, from = 0): AsyncGenerator<SealedSegment> {
    const buffers: Uint8Array[] = [];
    return inFlight(numbers(from, this.layout.segments), async (index) => {
      const buffer = buffers.pop() ?? new Uint8Array(SEGMENT_BYTES);
      const sealed = await this.#stream.seal(index, await this.#plaintext(read, index, buffer));
      buffers.push(buffer);
      return { index, ...(await hashed(this.#subtle, sealed)) };
    });
  }

  async #plaintext(read: ReadSource, index: number, buffer: Uint8Array): Promise<Uint8Array> {
    const { plaintextAt, plaintextBytes } = segmentAt(this.layout, index);
    const wanted = Math.max(0, Math.min(plaintextBytes, this.#trueBytes - plaintextAt));
    const bytes = wanted === 0 ? new Uint8Array(0) : await read(plaintextAt, wanted, buffer);
    if (bytes.length !== wanted) throw new FilesError("files/sourceChanged");
    if (wanted === plaintextBytes) return bytes;
    const padded = new Uint8Array(plaintextBytes);
    padded.set(bytes);
    return padded;
  }
}

async function* numbers(from: number, until: number): AsyncGenerator<number> {
  for (let number = from; number < until; number++) yield number;
}
