// Where the segments of a sealed file lie: those of Tink's AES256_GCM_HKDF_1MB (spec/protocol/sealed-file.md section 2).

/** Of one sealed segment. The header counts to the first one, and the last one may be shorter. */
export const SEGMENT_BYTES = 1024 * 1024;
const TAG_BYTES = 16;
export const SALT_BYTES = 32;
export const NONCE_PREFIX_BYTES = 7;
/** Length byte, salt, nonce prefix. */
export const HEADER_BYTES = 1 + SALT_BYTES + NONCE_PREFIX_BYTES;

export interface Layout {
  readonly plaintextBytes: number;
  readonly sealedBytes: number;
  readonly segments: number;
}

export interface Segment {
  readonly isLast: boolean;
  /** In the plaintext. */
  readonly plaintextAt: number;
  readonly plaintextBytes: number;
  /** In the sealed file; the first segment begins with the header. */
  readonly sealedAt: number;
  readonly sealedBytes: number;
}

const FIRST = SEGMENT_BYTES - HEADER_BYTES - TAG_BYTES;
const EACH = SEGMENT_BYTES - TAG_BYTES;

export function layoutOf(plaintextBytes: number): Layout {
  const segments = plaintextBytes <= FIRST ? 1 : 1 + Math.ceil((plaintextBytes - FIRST) / EACH);
  return { plaintextBytes, segments, sealedBytes: plaintextBytes + HEADER_BYTES + segments * TAG_BYTES };
}

export function segmentAt({ segments, plaintextBytes, sealedBytes }: Layout, index: number): Segment {
  if (!Number.isInteger(index) || index < 0 || index >= segments) throw new RangeError("index: no such segment");
  const isLast = index === segments - 1;
  const plaintextAt = index === 0 ? 0 : FIRST + (index - 1) * EACH;
  const sealedAt = index * SEGMENT_BYTES;
  return {
    isLast,
    plaintextAt,
    plaintextBytes: isLast ? plaintextBytes - plaintextAt : index === 0 ? FIRST : EACH,
    sealedAt,
    sealedBytes: isLast ? sealedBytes - sealedAt : SEGMENT_BYTES,
  };
}
