// The cipher suites of RFC 9605 section 4.5.
import type { HashName } from "./subtle.ts";

export interface CipherSuite {
  /** In the registry. */
  readonly id: number;
  readonly name: string;
  readonly hash: HashName;
  readonly hashBytes: number;
  /** Nk: of the AEAD's key, for the compound ones cipher and HMAC together. */
  readonly keyBytes: number;
  /** Nka: of the cipher's key inside it. Absent: AES-GCM. */
  readonly cipherKeyBytes?: number;
  readonly tagBytes: number;
}

/** Nn, of every suite. */
export const NONCE_BYTES = 12;

function counterMode(id: number, tagBytes: number): CipherSuite {
  const name = `AES_128_CTR_HMAC_SHA256_${tagBytes * 8}`;
  return { id, name, hash: "SHA-256", hashBytes: 32, keyBytes: 48, cipherKeyBytes: 16, tagBytes };
}

export const CIPHER_SUITES = {
  aes128CtrHmacSha256Tag80: counterMode(1, 10),
  aes128CtrHmacSha256Tag64: counterMode(2, 8),
  aes128CtrHmacSha256Tag32: counterMode(3, 4),
  aes128GcmSha256: { id: 4, name: "AES_128_GCM_SHA256_128", hash: "SHA-256", hashBytes: 32, keyBytes: 16, tagBytes: 16 },
  aes256GcmSha512: { id: 5, name: "AES_256_GCM_SHA512_128", hash: "SHA-512", hashBytes: 64, keyBytes: 32, tagBytes: 16 },
} as const satisfies Record<string, CipherSuite>;
