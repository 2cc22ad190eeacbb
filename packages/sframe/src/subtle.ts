/** A key that WebCrypto holds. */
export interface SubtleKey {
  readonly type: string;
}

/** The part of WebCrypto that is used: `crypto.subtle` of Node, of a page and of a worker fits. */
export interface Subtle {
  importKey(
    format: "raw",
    bytes: Uint8Array,
    algorithm: "AES-GCM" | "AES-CTR" | HmacImport,
    isExtractable: false,
    usages: ("encrypt" | "decrypt" | "sign")[],
  ): Promise<SubtleKey>;
  sign(algorithm: "HMAC", key: SubtleKey, message: Uint8Array): Promise<ArrayBuffer>;
  encrypt(algorithm: AesGcm | AesCtr, key: SubtleKey, plaintext: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: AesGcm | AesCtr, key: SubtleKey, ciphertext: Uint8Array): Promise<ArrayBuffer>;
}

export type HashName = "SHA-256" | "SHA-512";

interface HmacImport {
  name: "HMAC";
  hash: HashName;
}

interface AesGcm {
  name: "AES-GCM";
  iv: Uint8Array;
  additionalData: Uint8Array;
  tagLength: 128;
}

interface AesCtr {
  name: "AES-CTR";
  counter: Uint8Array;
  length: 32;
}

/** HMAC (RFC 2104). */
export async function hmac(subtle: Subtle, hash: HashName, key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, message));
}
