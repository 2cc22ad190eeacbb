// The two AEADs of RFC 9605: AES-GCM, and AES-CTR with a truncated HMAC (section 4.5.1).
import { ByteWriter, concatBytes, equalBytes } from "@p2pcrypt/bytes";
import { type CipherSuite, NONCE_BYTES } from "./cipher-suite.ts";
import { hmac, type Subtle, type SubtleKey } from "./subtle.ts";

export interface Aead {
  seal(nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>;
  /** @returns undefined when it does not open. */
  open(nonce: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array | undefined>;
}

/** For one direction: a key that seals opens nothing. */
export async function createAead(
  subtle: Subtle,
  suite: CipherSuite,
  key: Uint8Array,
  direction: "encrypt" | "decrypt",
): Promise<Aead> {
  if (key.length !== suite.keyBytes) throw new RangeError(`a key of ${suite.keyBytes} bytes is needed`);
  if (suite.cipherKeyBytes !== undefined) return counterMode(subtle, suite, suite.cipherKeyBytes, key, direction);
  const imported = await subtle.importKey("raw", key, "AES-GCM", false, [direction]);
  return galoisCounterMode(subtle, imported);
}

function galoisCounterMode(subtle: Subtle, key: SubtleKey): Aead {
  const algorithm = (iv: Uint8Array, additionalData: Uint8Array) =>
    ({ name: "AES-GCM", iv, additionalData, tagLength: 128 }) as const;
  return {
    seal: async (nonce, associated, plaintext) =>
      new Uint8Array(await subtle.encrypt(algorithm(nonce, associated), key, plaintext)),
    async open(nonce, associated, ciphertext) {
      try {
        return new Uint8Array(await subtle.decrypt(algorithm(nonce, associated), key, ciphertext));
      } catch {
        // WebCrypto says nothing but OperationError, for too short as for wrong.
        return undefined;
      }
    },
  };
}

async function counterMode(
  subtle: Subtle,
  suite: CipherSuite,
  cipherKeyBytes: number,
  key: Uint8Array,
  direction: "encrypt" | "decrypt",
): Promise<Aead> {
  const cipher = await subtle.importKey("raw", key.slice(0, cipherKeyBytes), "AES-CTR", false, [direction]);
  const authentication = key.slice(cipherKeyBytes);
  const algorithm = (nonce: Uint8Array) =>
    ({ name: "AES-CTR", counter: concatBytes(nonce, new Uint8Array(16 - NONCE_BYTES)), length: 32 }) as const;
  const tagOf = async (nonce: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array> => {
    const lengths = new ByteWriter().u64(associated.length).u64(ciphertext.length).u64(suite.tagBytes).finish();
    const tag = await hmac(subtle, suite.hash, authentication, concatBytes(lengths, nonce, associated, ciphertext));
    return tag.subarray(0, suite.tagBytes);
  };
  return {
    async seal(nonce, associated, plaintext) {
      const ciphertext = new Uint8Array(await subtle.encrypt(algorithm(nonce), cipher, plaintext));
      return concatBytes(ciphertext, await tagOf(nonce, associated, ciphertext));
    },
    async open(nonce, associated, sealed) {
      if (sealed.length < suite.tagBytes) return undefined;
      const ciphertext = sealed.slice(0, sealed.length - suite.tagBytes);
      const tag = await tagOf(nonce, associated, ciphertext);
      if (!equalBytes(tag, sealed.subarray(ciphertext.length))) return undefined;
      return new Uint8Array(await subtle.decrypt(algorithm(nonce), cipher, ciphertext));
    },
  };
}
