// Tink's AES-GCM-HKDF streaming encryption with the parameters of AES256_GCM_HKDF_1MB, one segment at a time and in any order.
// It knows neither padding nor commitment: what a file's associated data is, and what is checked before, is in sealer.ts and opener.ts.
import { concatBytes } from "@p2pcrypt/bytes";
import { FilesError } from "./files-error.ts";
import { HEADER_BYTES, type Layout, NONCE_PREFIX_BYTES, SALT_BYTES, segmentAt } from "./segments.ts";
import { hkdf, type Subtle, type SubtleKey } from "./subtle.ts";

// struct {                      spec/protocol/sealed-file.md section 2
//   uint8  header_bytes = 40;
//   opaque salt[32];
//   opaque nonce_prefix[7];
// } Header;
export interface Header {
  readonly salt: Uint8Array;
  readonly noncePrefix: Uint8Array;
}

export function encodeHeader({ salt, noncePrefix }: Header): Uint8Array {
  if (salt.length !== SALT_BYTES) throw new RangeError("salt: 32 bytes are wanted");
  if (noncePrefix.length !== NONCE_PREFIX_BYTES) throw new RangeError("noncePrefix: 7 bytes are wanted");
  return concatBytes(Uint8Array.of(HEADER_BYTES), salt, noncePrefix);
}

/** @throws {FilesError} badHeader */
export function decodeHeader(bytes: Uint8Array): Header {
  if (bytes.length !== HEADER_BYTES || bytes[0] !== HEADER_BYTES) throw new FilesError("files/badHeader");
  return { salt: bytes.slice(1, 1 + SALT_BYTES), noncePrefix: bytes.slice(1 + SALT_BYTES) };
}

export class TinkStream {
  readonly #subtle: Subtle;
  readonly #key: SubtleKey;
  readonly #header: Header;
  readonly #layout: Layout;

  private constructor(subtle: Subtle, key: SubtleKey, header: Header, layout: Layout) {
    this.#subtle = subtle;
    this.#key = key;
    this.#header = header;
    this.#layout = layout;
  }

  /** For one direction only, so that a key that opens never seals a second time. */
  static async create(
    use: "encrypt" | "decrypt",
    subtle: Subtle,
    secret: { readonly key: Uint8Array; readonly header: Header; readonly associatedData: Uint8Array },
    layout: Layout,
  ): Promise<TinkStream> {
    const derived = await hkdf(subtle, secret.key, secret.header.salt, secret.associatedData);
    const key = await subtle.importKey("raw", derived, "AES-GCM", false, [use]);
    derived.fill(0);
    return new TinkStream(subtle, key, secret.header, layout);
  }

  /** `plaintext`: exactly the segment's. @returns the segment as it lies in the file, the first one behind the header. */
  async seal(index: number, plaintext: Uint8Array): Promise<Uint8Array> {
    const { plaintextBytes } = segmentAt(this.#layout, index);
    if (plaintext.length !== plaintextBytes) throw new RangeError("plaintext: another length than the segment's");
    const sealed = new Uint8Array(await this.#subtle.encrypt({ name: "AES-GCM", iv: this.#nonce(index) }, this.#key, plaintext));
    return index === 0 ? concatBytes(encodeHeader(this.#header), sealed) : sealed;
  }

  /** @throws {FilesError} badSegment: changed, from another place, from another file. */
  async open(index: number, segment: Uint8Array): Promise<Uint8Array> {
    if (segment.length !== segmentAt(this.#layout, index).sealedBytes) throw new FilesError("files/badSegment");
    const sealed = index === 0 ? segment.subarray(HEADER_BYTES) : segment;
    try {
      return new Uint8Array(await this.#subtle.decrypt({ name: "AES-GCM", iv: this.#nonce(index) }, this.#key, sealed));
    } catch (cause) {
      throw new FilesError("files/badSegment", { cause });
    }
  }

  /** Prefix, number of the segment, and whether it is the last: nothing can be moved, left out, cut off or added. */
  #nonce(index: number): Uint8Array {
    const nonce = new Uint8Array(12);
    nonce.set(this.#header.noncePrefix);
    new DataView(nonce.buffer).setUint32(NONCE_PREFIX_BYTES, index);
    nonce[11] = segmentAt(this.#layout, index).isLast ? 1 : 0;
    return nonce;
  }
}
