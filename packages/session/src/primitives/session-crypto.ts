import type { RandomBytes } from "@p2pcrypt/bytes";

/** A value, or a promise of it: an implementation may use WebCrypto; ours is synchronous, so that a seed replays a whole world. */
export type Awaitable<T> = T | Promise<T>;

export interface KemKeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/**
 * The cryptography below MLS, in our own words: everything else (HKDF, HPKE, the key schedule) is built on it. The real one
 * is `createXWingCrypto`; a simulated world may bring a cheap one of the same shape. Functions never keep or change their
 * arguments. What is malformed or forged is answered, not thrown: `undefined` or `false`.
 */
export interface SessionCrypto {
  /** The MLS cipher suite code point this stands for: 83. */
  readonly suite: number;
  readonly random: RandomBytes;
  /** Length of `hash` and `mac` outputs in bytes: 64. */
  readonly hashBytes: number;
  /** AEAD key and nonce lengths in bytes: 32 and 12. The tag adds `aeadTagBytes`, 16. */
  readonly aeadKeyBytes: number;
  readonly aeadNonceBytes: number;
  readonly aeadTagBytes: number;
  /** Lengths in bytes of a KEM public key, ciphertext (1216, 1120) and of the randomness for one encapsulation (64). */
  readonly kemPublicKeyBytes: number;
  readonly kemCiphertextBytes: number;
  readonly kemRandomBytes: number;
  /** Identifiers of KEM, KDF and AEAD in HPKE's suite id (RFC 9180 section 7). */
  readonly hpkeIds: { readonly kem: number; readonly kdf: number; readonly aead: number };

  hash(message: Uint8Array): Awaitable<Uint8Array>;
  mac(key: Uint8Array, message: Uint8Array): Awaitable<Uint8Array>;

  seal(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Awaitable<Uint8Array>;
  open(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Awaitable<Uint8Array | undefined>;

  /** HPKE's DeriveKeyPair: from secret keying material of any length; equal material gives equal keys. */
  kemKeyPair(keyingMaterial: Uint8Array): Awaitable<KemKeyPair>;
  /** The public key of a secret key that `kemKeyPair` made. */
  kemPublicKey(secretKey: Uint8Array): Awaitable<Uint8Array>;
  /** Whether others could encapsulate to this key: length and encoding are right. */
  isKemPublicKey(publicKey: Uint8Array): boolean;
  encapsulate(
    publicKey: Uint8Array,
    randomness: Uint8Array,
  ): Awaitable<{ readonly sharedSecret: Uint8Array; readonly ciphertext: Uint8Array } | undefined>;
  decapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Awaitable<Uint8Array | undefined>;

  /** Deterministic signatures with 32-byte secret keys (RFC 8032). */
  signaturePublicKey(secretKey: Uint8Array): Awaitable<Uint8Array>;
  sign(secretKey: Uint8Array, message: Uint8Array): Awaitable<Uint8Array>;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Awaitable<boolean>;
}
