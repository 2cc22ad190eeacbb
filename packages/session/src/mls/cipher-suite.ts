/// <reference path="../web-globals.d.ts" />
// Our primitives in the shape ts-mls asks for.
import { equalBytes } from "@p2pcrypt/bytes";
import { hkdfExpand, hkdfExtract } from "../primitives/hkdf.ts";
import { hpkeOpen, hpkeSeal } from "../primitives/hpke.ts";
import type { SessionCrypto } from "../primitives/session-crypto.ts";
import type { CiphersuiteImpl, PrivateKey, PublicKey } from "./library.ts";

export const SUITE_NAME = "MLS_256_XWING_AES256GCM_SHA512_Ed25519";

interface HeldPublicKey extends PublicKey {
  readonly bytes: Uint8Array;
}
interface HeldPrivateKey extends PrivateKey {
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);
/** A CryptoKey has these where the web's types are known; nothing reads them. */
const PLAIN = { algorithm: { name: "X-Wing" }, extractable: true, usages: [] };
const suites = new WeakMap<SessionCrypto, CiphersuiteImpl>();

/** The same suite object for the same primitives. */
export function cipherSuiteOf(crypto: SessionCrypto): CiphersuiteImpl {
  const known = suites.get(crypto);
  if (known !== undefined) return known;
  const suite = createCipherSuite(crypto);
  suites.set(crypto, suite);
  return suite;
}

function createCipherSuite(crypto: SessionCrypto): CiphersuiteImpl {
  return {
    name: SUITE_NAME,
    rng: { randomBytes: (length) => crypto.random(length) },
    hash: {
      digest: async (message) => crypto.hash(message),
      mac: async (key, message) => crypto.mac(key, message),
      verifyMac: async (key, mac, message) => equalBytes(await crypto.mac(key, message), mac),
    },
    kdf: {
      size: crypto.hashBytes,
      extract: (salt, input) => hkdfExtract(crypto, salt, input),
      expand: (key, context, length) => hkdfExpand(crypto, key, context, length),
    },
    signature: {
      sign: async (key, message) => crypto.sign(key, message),
      verify: async (key, message, signature) => crypto.verify(key, message, signature),
      async keygen() {
        const signKey = crypto.random(32);
        return { signKey, publicKey: await crypto.signaturePublicKey(signKey) };
      },
    },
    hpke: createHpke(crypto),
  };
}

function createHpke(crypto: SessionCrypto): CiphersuiteImpl["hpke"] {
  return {
    keyLength: crypto.aeadKeyBytes,
    nonceLength: crypto.aeadNonceBytes,
    async seal(publicKey, plaintext, context, associated = NOTHING) {
      const sealed = await hpkeSeal(crypto, publicBytes(publicKey), { context, associated, plaintext });
      return { enc: found(sealed, "public key").kemOutput, ct: found(sealed, "public key").ciphertext };
    },
    async open(privateKey, kemOutput, ciphertext, context, associated = NOTHING) {
      return found(
        await hpkeOpen(crypto, privateBytes(privateKey), { kemOutput, ciphertext }, { context, associated }),
        "ciphertext",
      );
    },
    async encryptAead(key, nonce, associated, plaintext) {
      return crypto.seal(key, nonce, associated ?? NOTHING, plaintext);
    },
    async decryptAead(key, nonce, associated, ciphertext) {
      return found(await crypto.open(key, nonce, associated ?? NOTHING, ciphertext), "ciphertext");
    },
    async importPublicKey(bytes) {
      if (!crypto.isKemPublicKey(bytes)) throw new RangeError("public key does not fit the suite");
      return holdPublic(bytes);
    },
    importPrivateKey: async (bytes) => holdPrivate(bytes),
    exportPublicKey: async (key) => publicBytes(key).slice(),
    exportPrivateKey: async (key) => privateBytes(key).slice(),
    async deriveKeyPair(keyingMaterial) {
      const { publicKey, secretKey } = await crypto.kemKeyPair(keyingMaterial);
      return { publicKey: holdPublic(publicKey), privateKey: holdPrivate(secretKey) };
    },
    async generateKeyPair() {
      const { publicKey, secretKey } = await crypto.kemKeyPair(crypto.random(32));
      return { publicKey: holdPublic(publicKey), privateKey: holdPrivate(secretKey) };
    },
    // Used by external joins and commits only, which no conversation has.
    exportSecret: () => Promise.reject(new RangeError("external commits are not part of this suite")),
    importSecret: () => Promise.reject(new RangeError("external commits are not part of this suite")),
  };
}

function holdPublic(bytes: Uint8Array): HeldPublicKey {
  return { ...PLAIN, type: "public", bytes };
}

function holdPrivate(bytes: Uint8Array): HeldPrivateKey {
  return { ...PLAIN, type: "private", bytes };
}

function publicBytes(key: PublicKey): Uint8Array {
  return (key as HeldPublicKey).bytes;
}

function privateBytes(key: PrivateKey): Uint8Array {
  return (key as HeldPrivateKey).bytes;
}

/** ts-mls expects these failures as exceptions; they are caught where a message is judged. */
function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`${what} does not open`);
  return value;
}
