// OpenPGP packet framing (RFC 9580 section 4.2) and the grouping of a certificate's packets. Signatures that openpgp.js would drop
// on parsing, attestations (type 0x16) among them, survive here because packets are kept as bytes.
import { compareBytes, concatBytes, encodeHex } from "@p2pcrypt/bytes";
import { IdentityError } from "./identity-error.ts";
import { canonicalSignature } from "./signature-parts.ts";

export const TAG = {
  signature: 2,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
} as const;

export interface RawPacket {
  readonly tag: number;
  readonly body: Uint8Array;
}

/** @throws {IdentityError} certificate/malformed for partial lengths, truncation or anything that is not a packet. */
export function splitPackets(bytes: Uint8Array): RawPacket[] {
  const packets: RawPacket[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at);
    const end = header.start + header.length;
    if (end > bytes.length) throw new IdentityError("certificate/malformed");
    packets.push({ tag: header.tag, body: bytes.slice(header.start, end) });
    at = end;
  }
  return packets;
}

/** @throws {IdentityError} certificate/malformed */
export function readHeader(
  bytes: Uint8Array,
  at: number,
): { readonly tag: number; readonly start: number; readonly length: number } {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) === 0) throw new IdentityError("certificate/malformed");
  const byte = (i: number): number => {
    const value = bytes[at + i];
    if (value === undefined) throw new IdentityError("certificate/malformed");
    return value;
  };
  const uint = (from: number, size: number): number => {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + byte(from + i);
    return value;
  };
  if ((first & 0x40) === 0) {
    const size = [1, 2, 4][first & 3];
    if (size === undefined) throw new IdentityError("certificate/malformed");
    return { tag: (first >> 2) & 15, start: at + 1 + size, length: uint(1, size) };
  }
  const tag = first & 63;
  const length = byte(1);
  if (length < 192) return { tag, start: at + 2, length };
  if (length < 224) return { tag, start: at + 3, length: (length - 192) * 256 + byte(2) + 192 };
  if (length === 255) return { tag, start: at + 6, length: uint(2, 4) };
  throw new IdentityError("certificate/malformed");
}

/** New-format framing with the shortest length. */
export function framePacket({ tag, body }: RawPacket): Uint8Array {
  const { length } = body;
  const header =
    length < 192
      ? [length]
      : length < 8384
        ? [((length - 192) >> 8) + 192, (length - 192) & 255]
        : [255, (length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  return concatBytes(Uint8Array.of(0xc0 | tag, ...header), body);
}

/** A user ID, user attribute or subkey with the signatures behind it. */
export interface Component {
  readonly packet: RawPacket;
  readonly signatures: readonly RawPacket[];
}

/** A certificate taken apart: RFC 9580 section 10.1. */
export interface PacketGroups {
  readonly primary: RawPacket;
  /** Direct-key signatures and key revocations. */
  readonly direct: readonly RawPacket[];
  readonly components: readonly Component[];
}

/**
 * @param formOf what becomes of a signature's body; the canonical form unless it is made later.
 * @throws {IdentityError} certificate/malformed, certificate/notOne, certificate/secret. Packets of other kinds are left out.
 */
export function groupPackets(packets: readonly RawPacket[], formOf = canonicalSignature): PacketGroups {
  const [primary, ...rest] = packets;
  if (primary === undefined) throw new IdentityError("certificate/malformed");
  if (primary.tag === TAG.secretKey) throw new IdentityError("certificate/secret");
  if (primary.tag !== TAG.publicKey) throw new IdentityError("certificate/malformed");
  const direct: RawPacket[] = [];
  const components: { packet: RawPacket; signatures: RawPacket[] }[] = [];
  for (const packet of rest) {
    switch (packet.tag) {
      case TAG.publicKey:
        throw new IdentityError("certificate/notOne");
      case TAG.secretKey:
      case TAG.secretSubkey:
        throw new IdentityError("certificate/secret");
      case TAG.signature:
        (components.at(-1)?.signatures ?? direct).push({ tag: TAG.signature, body: formOf(packet.body) });
        break;
      case TAG.userId:
      case TAG.userAttribute:
      case TAG.publicSubkey:
        components.push({ packet, signatures: [] });
        break;
    }
  }
  return { primary, direct, components };
}

/**
 * The one order of bytes for a set of packets: no packet twice; user IDs, then attributes, then subkeys; within each by bytes; of a
 * signature's unhashed part only what is needed.
 */
export function writeGroups(groups: PacketGroups): Uint8Array {
  const merged = new Map<string, { packet: RawPacket; signatures: RawPacket[] }>();
  for (const { packet, signatures } of groups.components) {
    const key = `${packet.tag}:${encodeHex(packet.body)}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { packet, signatures: [...signatures] });
    else known.signatures.push(...signatures);
  }
  const rank: Record<number, number> = { [TAG.userId]: 0, [TAG.userAttribute]: 1, [TAG.publicSubkey]: 2 };
  const components = [...merged.values()].sort(
    (a, b) => (rank[a.packet.tag] ?? 3) - (rank[b.packet.tag] ?? 3) || compareBytes(a.packet.body, b.packet.body),
  );
  return concatBytes(
    framePacket(groups.primary),
    ...sortedOnce(groups.direct),
    ...components.flatMap(({ packet, signatures }) => [framePacket(packet), ...sortedOnce(signatures)]),
  );
}

function sortedOnce(signatures: readonly RawPacket[]): Uint8Array[] {
  const framed = signatures.map(({ tag, body }) => framePacket({ tag, body: canonicalSignature(body) })).sort(compareBytes);
  return framed.filter((packet, i) => i === 0 || compareBytes(packet, framed[i - 1] ?? packet) !== 0);
}
