// Signatures by a device's or node's own Ed25519 key (RFC 8032) over purpose and payload.
import { ed25519 } from "@noble/curves/ed25519.js";
import { concatBytes, purposeBytes } from "@p2pcrypt/bytes";

/** @param secretKey 32-byte seed. @returns 64 bytes. */
export function signWithDevice(secretKey: Uint8Array, purpose: string, payload: Uint8Array): Uint8Array {
  return ed25519.sign(concatBytes(purposeBytes(purpose), payload), secretKey);
}

/** Strict: a key or signature that is not canonical, or of another length, is refused. Never throws. */
export function verifyWithDevice(publicKey: Uint8Array, purpose: string, payload: Uint8Array, signature: Uint8Array): boolean {
  return verifyEd25519(publicKey, concatBytes(purposeBytes(purpose), payload), signature);
}

/** As `verifyWithDevice`, for bytes that carry their purpose already. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // the point does not decode
  }
}
