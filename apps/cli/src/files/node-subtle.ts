// WebCrypto for files, with hashes made where they are asked for: Node's digest copies its bytes to another thread first, and that thread
// seals or opens the next segment meanwhile.
import { createHash, webcrypto } from "node:crypto";
import type { Subtle } from "@p2pcrypt/files";

const { subtle } = webcrypto;

export const nodeSubtle: Subtle = {
  digest: async (_, bytes) => Uint8Array.from(createHash("sha256").update(bytes).digest()).buffer,
  importKey: (...asked) => subtle.importKey(...asked),
  deriveBits: (algorithm, key, bits) => subtle.deriveBits(algorithm, key as webcrypto.CryptoKey, bits),
  encrypt: (algorithm, key, plaintext) => subtle.encrypt(algorithm, key as webcrypto.CryptoKey, plaintext),
  decrypt: (algorithm, key, ciphertext) => subtle.decrypt(algorithm, key as webcrypto.CryptoKey, ciphertext),
};
