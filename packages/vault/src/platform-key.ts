// The wrapping key of a vault without passphrase in a browser: a CryptoKey that cannot be exported, so that no script can carry it away.
// Whoever can run script of this origin can still use it.
import type { WrappingKey } from "./header.ts";

const ALGORITHM = "AES-GCM";

/** The part of WebCrypto that is used. */
export type KeyMaker = Pick<SubtleCrypto, "generateKey" | "encrypt" | "decrypt">;

export async function createPlatformKey(subtle: KeyMaker): Promise<CryptoKey> {
  return subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ["encrypt", "decrypt"]);
}

export function platformWrappingKey(subtle: KeyMaker, key: CryptoKey): WrappingKey {
  const parameters = (nonce: Uint8Array, additionalData: Uint8Array): AesGcmParams => ({
    name: ALGORITHM,
    iv: Uint8Array.from(nonce),
    additionalData: Uint8Array.from(additionalData),
    tagLength: 128,
  });
  return {
    seal: async (nonce, plaintext, additionalData) =>
      new Uint8Array(await subtle.encrypt(parameters(nonce, additionalData), key, Uint8Array.from(plaintext))),
    open: async (nonce, sealed, additionalData) =>
      new Uint8Array(await subtle.decrypt(parameters(nonce, additionalData), key, Uint8Array.from(sealed))),
  };
}
