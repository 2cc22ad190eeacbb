/** A key that WebCrypto holds. */
export interface SubtleKey {
  readonly type: string;
}

/** The part of WebCrypto that is used: `crypto.subtle` of Node, of a page and of a worker fits. */
export interface Subtle {
  digest(algorithm: "SHA-256", bytes: Uint8Array): Promise<ArrayBuffer>;
  importKey(
    format: "raw",
    bytes: Uint8Array,
    algorithm: "HKDF" | "AES-GCM",
    isExtractable: false,
    usages: ("deriveBits" | "encrypt" | "decrypt")[],
  ): Promise<SubtleKey>;
  deriveBits(algorithm: HkdfSha256, key: SubtleKey, bits: number): Promise<ArrayBuffer>;
  encrypt(algorithm: AesGcm, key: SubtleKey, plaintext: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: AesGcm, key: SubtleKey, ciphertext: Uint8Array): Promise<ArrayBuffer>;
  /**
   * SHA-256 by another thread, which is given the bytes meanwhile, buffer and all, and gives them back. Nobody needs it where WebCrypto
   * has threads of its own.
   */
  hashAway?(bytes: Uint8Array): Promise<HashedBytes>;
}

export interface HashedBytes {
  /** The same, perhaps under another object. */
  readonly bytes: Uint8Array;
  readonly digest: ArrayBuffer;
}

interface HkdfSha256 {
  name: "HKDF";
  hash: "SHA-256";
  salt: Uint8Array;
  info: Uint8Array;
}

interface AesGcm {
  name: "AES-GCM";
  iv: Uint8Array;
}

/** HKDF-SHA-256 (RFC 5869), 32 bytes. */
export async function hkdf(subtle: Subtle, key: Uint8Array, salt: Uint8Array, info: Uint8Array): Promise<Uint8Array> {
  const input = await subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, input, 256));
}
