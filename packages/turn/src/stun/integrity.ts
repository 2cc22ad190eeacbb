// Long-term credentials (RFC 8489 section 9.2): an HMAC under a key made of user name, realm and password. The hash functions are the
// RFC's: browsers speak HMAC-SHA1 with an MD5 key. SHA-256 is understood from whoever sends it.
import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeUtf8, equalBytes } from "@p2pcrypt/bytes";
import { ATTRIBUTE } from "./attributes.ts";
import type { StunMessage } from "./message.ts";

export type IntegrityKind = "sha1" | "sha256";

export function longTermKey(username: string, realm: string, password: string): Uint8Array {
  return md5(encodeUtf8(`${username}:${realm}:${password}`));
}

export function integrityBytes(kind: IntegrityKind): 20 | 32 {
  return kind === "sha1" ? 20 : 32;
}

export function hmacOf(kind: IntegrityKind, key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return hmac(kind === "sha1" ? sha1 : sha256, key, bytes);
}

/** Which integrity a message carries; of both, the stronger one counts (RFC 8489 section 9.2.4). */
export function integrityKindOf({ attributes }: StunMessage): IntegrityKind | undefined {
  if (attributes.some(({ type }) => type === ATTRIBUTE.messageIntegritySha256)) return "sha256";
  return attributes.some(({ type }) => type === ATTRIBUTE.messageIntegrity) ? "sha1" : undefined;
}

export function isIntegrityGood(message: StunMessage, kind: IntegrityKind, key: Uint8Array): boolean {
  const wanted = kind === "sha1" ? ATTRIBUTE.messageIntegrity : ATTRIBUTE.messageIntegritySha256;
  const found = message.attributes.find(({ type }) => type === wanted);
  if (found === undefined) return false;
  const { value, offset } = found;
  // SHA-256 may be cut to 16 bytes or more (RFC 8489 section 14.6).
  const isWhole = kind === "sha1" ? value.length === 20 : value.length >= 16 && value.length <= 32 && value.length % 4 === 0;
  if (!isWhole) return false;
  // The HMAC covers what stands before it, with a length field that ends with it.
  const before = message.bytes.slice(0, offset);
  new DataView(before.buffer).setUint16(2, offset + 4 + value.length - 20);
  return equalBytes(hmacOf(kind, key, before).subarray(0, value.length), value);
}
