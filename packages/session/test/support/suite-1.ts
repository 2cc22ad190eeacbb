// MLS cipher suite 1 (RFC 9420 section 17.1) on the port of our own primitives: DHKEM(X25519, HKDF-SHA256), AES-128-GCM, SHA-256,
// Ed25519. For the working group's vectors only; no conversation can use it.
import { gcm } from "@noble/ciphers/aes.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, encodeUtf8 } from "@p2pcrypt/bytes";
import { cipherSuiteOf } from "../../src/mls/cipher-suite.ts";
import type { CiphersuiteImpl } from "../../src/mls/library.ts";
import { hkdfExpand, hkdfExtract, type SessionCrypto } from "../../src/primitives/index.ts";
import { seededRandom } from "./structural-crypto.ts";

const KEM_ID = 0x0020;
const NONE = new Uint8Array(0);

export const suite1Crypto: SessionCrypto = {
  suite: 1,
  random: seededRandom("suite 1"),
  hashBytes: 32,
  aeadKeyBytes: 16,
  aeadNonceBytes: 12,
  aeadTagBytes: 16,
  kemPublicKeyBytes: 32,
  kemCiphertextBytes: 32,
  kemRandomBytes: 32,
  hpkeIds: { kem: KEM_ID, kdf: 0x0001, aead: 0x0001 },
  hash: (message) => sha256(message),
  mac: (key, message) => hmac(sha256, key, message),
  seal: (key, nonce, associated, plaintext) => gcm(key, nonce, associated).encrypt(plaintext),
  open: (key, nonce, associated, ciphertext) => answer(() => gcm(key, nonce, associated).decrypt(ciphertext)),
  async kemKeyPair(keyingMaterial) {
    const material = await labeledExtract("dkp_prk", keyingMaterial);
    const secretKey = await labeledExpand(material, "sk", NONE);
    return { secretKey, publicKey: x25519.getPublicKey(secretKey) };
  },
  kemPublicKey: (secretKey) => x25519.getPublicKey(secretKey),
  isKemPublicKey: (publicKey) => publicKey.length === 32,
  async encapsulate(publicKey, randomness) {
    const { secretKey, publicKey: ciphertext } = await this.kemKeyPair(randomness);
    const shared = x25519.getSharedSecret(secretKey, publicKey);
    return { ciphertext, sharedSecret: await extractAndExpand(shared, concatBytes(ciphertext, publicKey)) };
  },
  async decapsulate(secretKey, ciphertext) {
    const shared = answer(() => x25519.getSharedSecret(secretKey, ciphertext));
    return shared === undefined ? undefined : extractAndExpand(shared, concatBytes(ciphertext, x25519.getPublicKey(secretKey)));
  },
  signaturePublicKey: (secretKey) => ed25519.getPublicKey(secretKey),
  sign: (secretKey, message) => ed25519.sign(message, secretKey),
  verify: (publicKey, message, signature) => answer(() => ed25519.verify(signature, message, publicKey)) ?? false,
};

export const suite1: CiphersuiteImpl = {
  ...cipherSuiteOf(suite1Crypto),
  name: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
};

/** RFC 9180 section 4.1. */
async function extractAndExpand(shared: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
  return labeledExpand(await labeledExtract("eae_prk", shared), "shared_secret", context);
}

const kemSuiteId = concatBytes(encodeUtf8("KEM"), Uint8Array.of(KEM_ID >> 8, KEM_ID & 255));

function labeledExtract(label: string, input: Uint8Array): Promise<Uint8Array> {
  return hkdfExtract(suite1Crypto, NONE, concatBytes(encodeUtf8("HPKE-v1"), kemSuiteId, encodeUtf8(label), input));
}

function labeledExpand(key: Uint8Array, label: string, context: Uint8Array): Promise<Uint8Array> {
  const labeled = concatBytes(Uint8Array.of(0, 32), encodeUtf8("HPKE-v1"), kemSuiteId, encodeUtf8(label), context);
  return hkdfExpand(suite1Crypto, key, labeled, 32);
}

function answer<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
