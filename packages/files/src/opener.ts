import { equalBytes } from "@p2pcrypt/bytes";
import { commitmentOf, encodeFacts, type FileFacts, sealedLayout } from "./file-facts.ts";
import { FileHash, HASH_BYTES, hashed, sha256 } from "./file-hash.ts";
import { FilesError } from "./files-error.ts";
import { inFlight } from "./in-flight.ts";
import { type Layout, SEGMENT_BYTES, segmentAt } from "./segments.ts";
import type { Subtle } from "./subtle.ts";
import { decodeHeader, TinkStream } from "./tink-stream.ts";

/** What a message says about a file: with it, and with nothing less, the file can be opened. */
export interface FileSecret extends FileFacts {
  readonly key: Uint8Array;
  readonly commitment: Uint8Array;
  /** FileHash of the sealed file. */
  readonly hash: Uint8Array;
}

export interface OpenedSegment {
  readonly index: number;
  /** Of the file itself, without padding. May be empty. */
  readonly bytes: Uint8Array;
  /** Hash up to and including this segment: with it a reader goes on from the next one. */
  readonly chain: Uint8Array;
}

/** Where a reader goes on: the number of the next segment, and the hash up to there. */
export interface OpeningPlace {
  readonly segment: number;
  readonly chain: Uint8Array;
}

export class FileOpener {
  readonly layout: Layout;
  readonly #subtle: Subtle;
  readonly #stream: TinkStream;
  readonly #header: Uint8Array;
  readonly #secret: FileSecret;

  private constructor(subtle: Subtle, stream: TinkStream, header: Uint8Array, secret: FileSecret) {
    this.#subtle = subtle;
    this.#stream = stream;
    this.#header = header.slice();
    this.#secret = secret;
    this.layout = sealedLayout(secret);
  }

  /**
   * `header`: the first 40 bytes of the sealed file.
   *
   * @throws {FilesError} badHeader; wrongKey, before anything was opened.
   */
  static async create(subtle: Subtle, secret: FileSecret, header: Uint8Array): Promise<FileOpener> {
    const decoded = decodeHeader(header);
    const commitment = await commitmentOf(subtle, secret.key, decoded.salt);
    if (!equalBytes(commitment, secret.commitment)) throw new FilesError("files/wrongKey");
    const bound = { key: secret.key, header: decoded, associatedData: encodeFacts(secret) };
    return new FileOpener(subtle, await TinkStream.create("decrypt", subtle, bound, sealedLayout(secret)), header, secret);
  }

  /**
   * Opens the sealed bytes from the beginning of a segment on, in whatever pieces they come. Nothing of a segment is handed out before
   * all of it was checked, and nothing of the last one before the bytes have ended and the hash of the whole is right.
   *
   * @throws {FilesError}
   */
  async *segments(sealed: AsyncIterable<Uint8Array>, from: OpeningPlace = BEGINNING): AsyncGenerator<OpenedSegment> {
    const hash = new FileHash(this.#subtle, from.chain);
    const buffers: Uint8Array[] = [];
    const cut = inSegments(sealed, { layout: this.layout, from: from.segment, buffers });
    const pieces = inFlight(cut, async ({ index, bytes }) => {
      const { plaintext, digest, buffer } = await this.#check(index, bytes);
      buffers.push(buffer);
      return { index, plaintext, digest };
    });
    for await (const { index, plaintext, digest } of pieces) {
      await hash.add(digest);
      const { isLast, plaintextAt } = segmentAt(this.layout, index);
      if (isLast && !equalBytes(hash.chain, this.#secret.hash)) throw new FilesError("files/wrongHash");
      yield { index, bytes: this.#withoutPadding(plaintext, plaintextAt), chain: hash.chain };
    }
  }

  /** `buffer`: where the next segment may lie. */
  async #check(index: number, sealed: Uint8Array) {
    if (this.#subtle.hashAway === undefined) {
      const [plaintext, digest] = await Promise.all([this.#open(index, sealed), sha256(this.#subtle, sealed)]);
      return { plaintext, digest, buffer: new Uint8Array(sealed.buffer) };
    }
    const { bytes, digest } = await hashed(this.#subtle, sealed);
    return { plaintext: await this.#open(index, bytes), digest, buffer: new Uint8Array(bytes.buffer) };
  }

  async #open(index: number, bytes: Uint8Array): Promise<Uint8Array> {
    // The header that was committed to, and the one in front of the first segment, are one.
    if (index === 0 && !equalBytes(bytes.subarray(0, this.#header.length), this.#header)) throw new FilesError("files/badHeader");
    return this.#stream.open(index, bytes);
  }

  #withoutPadding(plaintext: Uint8Array, plaintextAt: number): Uint8Array {
    const size = Math.max(0, Math.min(plaintext.length, this.#secret.trueBytes - plaintextAt));
    for (let at = size; at < plaintext.length; at++) if (plaintext[at] !== 0) throw new FilesError("files/badPadding");
    return plaintext.subarray(0, size);
  }
}

interface CutSegment {
  readonly index: number;
  /** At the beginning of a buffer of their own, which is used again once they are opened. */
  readonly bytes: Uint8Array;
}

const BEGINNING: OpeningPlace = { segment: 0, chain: new Uint8Array(HASH_BYTES) };

/** Cuts what comes into segments. @throws {FilesError} truncated, extended: nothing of the last segment was handed out. */
async function* inSegments(
  sealed: AsyncIterable<Uint8Array>,
  { layout, from, buffers }: { readonly layout: Layout; readonly from: number; readonly buffers: Uint8Array[] },
): AsyncGenerator<CutSegment> {
  let index = from;
  const wanted = (): number => (index < layout.segments ? segmentAt(layout, index).sealedBytes : 0);
  const empty = (): Uint8Array => buffers.pop() ?? new Uint8Array(SEGMENT_BYTES);
  let [buffer, filled, size] = [empty(), 0, wanted()];
  const whole = (): CutSegment => ({ index, bytes: buffer.subarray(0, size) });
  for await (const piece of sealed) {
    for (let at = 0; at < piece.length; ) {
      if (filled === size) throw new FilesError("files/extended");
      const part = piece.subarray(at, at + size - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size || index === layout.segments - 1) continue;
      yield whole();
      index += 1;
      [buffer, filled, size] = [empty(), 0, wanted()];
    }
  }
  if (filled < size) throw new FilesError("files/truncated");
  if (index < layout.segments) yield whole();
}
