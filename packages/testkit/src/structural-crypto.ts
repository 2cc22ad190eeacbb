// INSECURE: the shape of the suite at a fraction of its cost, for tests about schedules and rules. Everything is SHA-256 of
// everything; public keys are secret keys. Never part of a bundle.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, encodeUtf8, equalBytes, type RandomBytes } from "@p2pcrypt/bytes";
import type { SessionCrypto } from "@p2pcrypt/session";

/** Survives every bundler: `npm run verify` looks for it in whatever ships. */
export const INSECURE = "p2pcrypt INSECURE suite, for tests only";

const tag = (name: string, ...parts: Uint8Array[]): Uint8Array =>
  sha256(concatBytes(encodeUtf8(name), ...parts.flatMap((part) => [Uint8Array.of(part.length & 255), part])));

export function createInsecureCrypto(random: RandomBytes): SessionCrypto {
  const wide = (bytes: Uint8Array): Uint8Array => concatBytes(bytes, sha256(bytes));
  return {
    suite: 83,
    random,
    hashBytes: 64,
    aeadKeyBytes: 32,
    aeadNonceBytes: 12,
    aeadTagBytes: 16,
    kemPublicKeyBytes: PUBLIC_KEY_BYTES,
    kemCiphertextBytes: 32,
    kemRandomBytes: 32,
    hpkeIds: { kem: 0xfff1, kdf: 0xfff1, aead: 0xfff1 },
    hash: (message) => wide(sha256(message)),
    mac: (key, message) => wide(tag("mac", key, message)),
    seal: (key, nonce, associated, plaintext) =>
      concatBytes(masked(key, nonce, plaintext), tag("aead", key, nonce, associated, sha256(plaintext)).subarray(0, 16)),
    open(key, nonce, associated, ciphertext) {
      const plaintext = masked(key, nonce, ciphertext.subarray(0, -16));
      const expected = tag("aead", key, nonce, associated, sha256(plaintext)).subarray(0, 16);
      return ciphertext.length >= 16 && equalBytes(expected, ciphertext.subarray(-16)) ? plaintext : undefined;
    },
    kemKeyPair(material) {
      const secretKey = tag(INSECURE, material);
      return { secretKey, publicKey: widened(secretKey) };
    },
    kemPublicKey: (secretKey) => widened(secretKey),
    isKemPublicKey: (publicKey) => publicKey.length === PUBLIC_KEY_BYTES,
    encapsulate: (publicKey, randomness) => ({
      ciphertext: randomness.slice(),
      sharedSecret: tag("shared", publicKey.subarray(0, 32), randomness),
    }),
    decapsulate: (secretKey, ciphertext) => tag("shared", secretKey, ciphertext),
    signaturePublicKey: (secretKey) => tag("public", secretKey),
    sign: (secretKey, message) => wide(tag("sign", tag("public", secretKey), sha256(message))),
    verify: (publicKey, message, signature) => equalBytes(signature, wide(tag("sign", publicKey, sha256(message)))),
  };
}

/** Only the beginning is hidden: MLS takes its keys for sender data from there, so it has to differ from message to message. */
function masked(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array): Uint8Array {
  const mask = concatBytes(tag("mask 0", key, nonce), tag("mask 1", key, nonce));
  const changed = bytes.slice();
  for (let at = 0; at < Math.min(mask.length, changed.length); at++) changed[at] = (changed[at] ?? 0) ^ (mask[at] ?? 0);
  return changed;
}

/** As long as a real one, since formats check it. */
const PUBLIC_KEY_BYTES = 1216;

function widened(secretKey: Uint8Array): Uint8Array {
  const publicKey = new Uint8Array(PUBLIC_KEY_BYTES);
  publicKey.set(secretKey);
  return publicKey;
}

/** Repeatable bytes from a seed. */
export function seededRandom(seed: string): RandomBytes {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      bytes.set(tag("random", encodeUtf8(`${seed} ${counter++}`)).subarray(0, Math.min(32, length - at)), at);
    }
    return bytes;
  };
}
