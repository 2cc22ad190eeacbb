import { sha256 } from "@noble/hashes/sha2.js";
import { type Brand, ByteWriter, decodeHex, encodeHex, purposeBytes } from "@p2pcrypt/bytes";

/** Lower-case hex of an identity id: SHA-256 over purpose and primary-key packet (32 bytes). Version 4 and 6 alike. */
export type IdentityId = Brand<string, "IdentityId">;

/** Accepts hex in either case with spaces. @returns undefined for anything but 32 bytes. */
export function parseIdentityId(text: string): IdentityId | undefined {
  const hex = text.replaceAll(" ", "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? (hex as IdentityId) : undefined;
}

/** @param primaryKey body of the public primary-key packet, as re-serialised after parsing. */
export function identityIdOf(primaryKey: Uint8Array): IdentityId {
  const bytes = new ByteWriter().bytes(purposeBytes("p2pcrypt identity")).opaque32(primaryKey).finish();
  return encodeHex(sha256(bytes)) as IdentityId;
}

export function identityIdBytes(id: IdentityId): Uint8Array {
  return decodeHex(id);
}

/** @throws {RangeError} unless 32 bytes. */
export function toIdentityId(bytes: Uint8Array): IdentityId {
  if (bytes.length !== 32) throw new RangeError("an identity id is 32 bytes");
  return encodeHex(bytes) as IdentityId;
}
