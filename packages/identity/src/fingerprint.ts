import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeHex } from "@p2pcrypt/bytes";
import { keyToSign } from "./extended-signature.ts";

/** Upper-case hex of a version 4 or 6 fingerprint (RFC 9580 section 5.5.4). @returns undefined for other versions. */
export function fingerprintOf(keyBody: Uint8Array): string | undefined {
  const version = keyBody[0];
  if (version === 4) return keyBody.length > 0xffff ? undefined : encodeHex(sha1(keyToSign(4, keyBody))).toUpperCase();
  return version === 6 ? encodeHex(sha256(keyToSign(6, keyBody))).toUpperCase() : undefined;
}
