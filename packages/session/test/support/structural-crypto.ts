// INSECURE: the shape of the suite at a fraction of its cost, for tests about schedules and rules. Everything is SHA-256 of
// everything; public keys are secret keys. Never part of a bundle.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes, type RandomBytes } from "@p2pcrypt/bytes";
import type { SessionCrypto } from "../../src/primitives/session-crypto.ts";

const tag = (name: string, ...parts: Uint8Array[]): Uint8Array =>
  sha256(concatBytes(new TextEncoder().encode(name), ...parts.flatMap((part) => [Uint8Array.of(part.length & 255), part])));

export function createInsecureCrypto(random: RandomBytes): SessionCrypto {
  const wide = (bytes: Uint8Array): Uint8Array => concatBytes(bytes, sha256(bytes));
  return {
    suite: 83,
    random,
    hashBytes: 64,
    aeadKeyBytes: 32,
    aeadNonceBytes: 12,
    aeadTagBytes: 16,
    kemPublicKeyBytes: 32,
    kemCiphertextBytes: 32,
    kemRandomBytes: 32,
    hpkeIds: { kem: 0xfff1, kdf: 0xfff1, aead: 0xfff1 },
    hash: (message) => wide(sha256(message)),
    mac: (key, message) => wide(tag("mac", key, message)),
    seal: (key, nonce, associated, plaintext) =>
      concatBytes(plaintext, tag("aead", key, nonce, associated, sha256(plaintext)).subarray(0, 16)),
    open(key, nonce, associated, ciphertext) {
      const plaintext = ciphertext.slice(0, -16);
      const expected = tag("aead", key, nonce, associated, sha256(plaintext)).subarray(0, 16);
      return ciphertext.length >= 16 && equalBytes(expected, ciphertext.subarray(-16)) ? plaintext : undefined;
    },
    kemKeyPair(material) {
      const secretKey = tag("kem", material);
      return { secretKey, publicKey: secretKey.slice() };
    },
    kemPublicKey: (secretKey) => secretKey.slice(),
    isKemPublicKey: (publicKey) => publicKey.length === 32,
    encapsulate: (publicKey, randomness) => ({
      ciphertext: randomness.slice(),
      sharedSecret: tag("shared", publicKey, randomness),
    }),
    decapsulate: (secretKey, ciphertext) => tag("shared", secretKey, ciphertext),
    signaturePublicKey: (secretKey) => tag("public", secretKey),
    sign: (secretKey, message) => wide(tag("sign", tag("public", secretKey), sha256(message))),
    verify: (publicKey, message, signature) => equalBytes(signature, wide(tag("sign", publicKey, sha256(message)))),
  };
}

/** Repeatable bytes from a seed. */
export function seededRandom(seed: string): RandomBytes {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      bytes.set(tag("random", new TextEncoder().encode(`${seed} ${counter++}`)).subarray(0, Math.min(32, length - at)), at);
    }
    return bytes;
  };
}
