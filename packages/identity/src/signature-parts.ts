// A signature packet taken apart as bytes (RFC 9580 section 5.2.3), and its one canonical form. Two packets that differ only in what is
// not signed are one signature: whoever passes a certificate on may change the unhashed part at will, and would otherwise make it grow
// without end, or make two readers disagree about what they hold (D8).
import { ByteReader, ByteWriter, compareBytes, concatBytes, DecodeError, equalBytes } from "@p2pcrypt/bytes";

export const SUBPACKET = {
  created: 2,
  expires: 3,
  exportable: 4,
  trust: 5,
  regularExpression: 6,
  keyExpires: 9,
  issuerKeyId: 16,
  notation: 20,
  primaryUserId: 25,
  reasonForRevocation: 29,
  embeddedSignature: 32,
  issuerFingerprint: 33,
  attestedCertifications: 37,
} as const;

export interface Subpacket {
  readonly type: number;
  readonly isCritical: boolean;
  readonly body: Uint8Array;
}

export interface SignatureParts {
  readonly version: 4 | 6;
  readonly type: number;
  readonly publicKeyAlgorithm: number;
  readonly hashAlgorithm: number;
  /** From the version to the end of the hashed subpackets: what was signed of the packet itself. */
  readonly signedBytes: Uint8Array;
  readonly hashed: readonly Subpacket[];
  readonly unhashed: readonly Subpacket[];
  /** Digest prefix, salt and the signature's numbers. */
  readonly rest: Uint8Array;
}

/** @returns undefined for versions 3 and 5 and for anything that is not well formed. */
export function readSignatureParts(body: Uint8Array): SignatureParts | undefined {
  try {
    const reader = new ByteReader(body);
    const version = reader.u8("version");
    if (version !== 4 && version !== 6) return undefined;
    const [type, publicKeyAlgorithm, hashAlgorithm] = [reader.u8("type"), reader.u8("algorithm"), reader.u8("hash")];
    const area = (what: string): Uint8Array => reader.take(version === 4 ? reader.u16(what) : reader.u32(what), what);
    const hashed = readSubpackets(area("hashed"));
    const signedBytes = body.slice(0, reader.offset);
    const unhashed = readSubpackets(area("unhashed"));
    const rest = body.slice(reader.offset);
    if (rest.length < 3) return undefined;
    return { version, type, publicKeyAlgorithm, hashAlgorithm, signedBytes, hashed, unhashed, rest };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function readSubpackets(area: Uint8Array): Subpacket[] {
  const found: Subpacket[] = [];
  const reader = new ByteReader(area);
  while (reader.offset < area.length) {
    const first = reader.u8("length");
    const length = first < 192 ? first : first < 255 ? (first - 192) * 256 + reader.u8("length") + 192 : reader.u32("length");
    const bytes = reader.take(length, "subpacket");
    const [head] = bytes;
    if (head === undefined) throw new DecodeError("empty subpacket", reader.offset);
    found.push({ type: head & 0x7f, isCritical: head >= 0x80, body: bytes.slice(1) });
  }
  return found;
}

export function writeSubpacket({ type, isCritical, body }: Subpacket): Uint8Array {
  const length = body.length + 1;
  const header =
    length < 192
      ? Uint8Array.of(length)
      : length < 8384
        ? Uint8Array.of(((length - 192) >> 8) + 192, (length - 192) & 255)
        : new ByteWriter().u8(255).u32(length).finish();
  return concatBytes(header, Uint8Array.of((isCritical ? 0x80 : 0) | type), body);
}

/**
 * The body with only those unhashed subpackets that a reader needs: who made it, where the signed part does not say so, and the
 * back-signature of a binding. A version 4 signature that names its maker's fingerprint under the signature gets the key id that
 * follows from it, since older programs look for that. What cannot be read stays as it is.
 */
export function canonicalSignature(body: Uint8Array): Uint8Array {
  const parts = readSignatureParts(body);
  if (parts === undefined) return body;
  const unhashed = neededUnhashed(parts).map(writeSubpacket).sort(compareBytes);
  const once = unhashed.filter((packet, i) => i === 0 || !equalBytes(packet, unhashed[i - 1] ?? packet));
  const area = concatBytes(...once);
  if (parts.version === 4 && area.length > 0xffff) return body;
  const length = parts.version === 4 ? new ByteWriter().u16(area.length) : new ByteWriter().u32(area.length);
  return concatBytes(parts.signedBytes, length.finish(), area, parts.rest);
}

const SUBKEY_BINDING = 0x18;

function neededUnhashed({ version, type, hashed, unhashed }: SignatureParts): Subpacket[] {
  const isSigned = (kind: number): boolean => hashed.some((subpacket) => subpacket.type === kind);
  const { issuerKeyId, issuerFingerprint, embeddedSignature } = SUBPACKET;
  const fingerprint = hashed.findLast((subpacket) => subpacket.type === issuerFingerprint)?.body;
  const needed = unhashed.filter(
    (subpacket) =>
      (subpacket.type === embeddedSignature && type === SUBKEY_BINDING && !isSigned(embeddedSignature)) ||
      (subpacket.type === issuerFingerprint && fingerprint === undefined) ||
      (subpacket.type === issuerKeyId && fingerprint === undefined && !isSigned(issuerKeyId)),
  );
  const plain = needed.map((subpacket) => ({ ...subpacket, isCritical: false }));
  if (version !== 4 || fingerprint?.[0] !== 4 || fingerprint.length !== 21 || isSigned(issuerKeyId)) return plain;
  return [...plain, { type: issuerKeyId, isCritical: false, body: fingerprint.slice(-8) }];
}
