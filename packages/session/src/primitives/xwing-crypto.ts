// Suite 83 on noble's synchronous primitives: X-Wing, HKDF-SHA-512, AES-256-GCM, Ed25519. All randomness comes from the
// argument, so that one seed replays everything.
import { gcm } from "@noble/ciphers/aes.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { XWing } from "@noble/post-quantum/hybrid.js";
import { encodeHex, type RandomBytes } from "@p2pcrypt/bytes";
import type { SessionCrypto } from "./session-crypto.ts";

export const XWING_SUITE = 83;

const KEM_PUBLIC_KEY_BYTES = 1216;
const ML_KEM_PUBLIC_KEY_BYTES = 1184;
const ML_KEM_POLYNOMIAL_BYTES = 3 * 384;
const ML_KEM_MODULUS = 3329;
/** 0, 1, the two of order 8, p - 1, and 0 and 1 once more as p and p + 1: multiplying one with some key would say the same at 5 ms. */
const LOW_ORDER_POINTS: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** The suite every conversation uses. `random` must be cryptographically secure outside tests. */
export function createXWingCrypto(random: RandomBytes): SessionCrypto {
  return {
    suite: XWING_SUITE,
    random,
    hashBytes: 64,
    aeadKeyBytes: 32,
    aeadNonceBytes: 12,
    aeadTagBytes: 16,
    kemPublicKeyBytes: KEM_PUBLIC_KEY_BYTES,
    kemCiphertextBytes: 1120,
    kemRandomBytes: 64,
    hpkeIds: { kem: 0x647a, kdf: 0x0003, aead: 0x0002 },
    hash: (message) => sha512(message),
    mac: (key, message) => hmac(sha512, key, message),
    seal: (key, nonce, associated, plaintext) => gcm(key, nonce, associated).encrypt(plaintext),
    open(key, nonce, associated, ciphertext) {
      if (ciphertext.length < 16) return undefined;
      return answer(() => gcm(key, nonce, associated).decrypt(ciphertext));
    },
    // X-Wing draft, "Use in HPKE": the decapsulation key is SHAKE-256 of the keying material.
    kemKeyPair: (keyingMaterial) => XWing.keygen(shake256(keyingMaterial, { dkLen: 32 })),
    kemPublicKey: (secretKey) => XWing.keygen(secretKey.slice()).publicKey,
    isKemPublicKey,
    encapsulate(publicKey, randomness) {
      if (!isKemPublicKey(publicKey)) return undefined;
      // Copies: the hybrid wipes parts of what it is given.
      return answer(() => {
        const { sharedSecret, cipherText } = XWing.encapsulate(publicKey.slice(), randomness.slice());
        return { sharedSecret, ciphertext: cipherText };
      });
    },
    decapsulate: (secretKey, ciphertext) => answer(() => XWing.decapsulate(ciphertext.slice(), secretKey.slice())),
    signaturePublicKey: (secretKey) => ed25519.getPublicKey(secretKey),
    sign: (secretKey, message) => ed25519.sign(message, secretKey),
    verify(publicKey, message, signature) {
      if (publicKey.length !== 32 || signature.length !== 64) return false;
      // Strict RFC 8032 verification: no small-order tricks that make one signature fit two keys.
      return answer(() => ed25519.verify(signature, message, publicKey, { zip215: false })) ?? false;
    },
  };
}

/** FIPS 203 section 7.2: every coefficient of the ML-KEM part is reduced. The X25519 part is not of low order. */
function isKemPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== KEM_PUBLIC_KEY_BYTES) return false;
  for (let at = 0; at < ML_KEM_POLYNOMIAL_BYTES; at += 3) {
    const [a = 0, b = 0, c = 0] = publicKey.subarray(at, at + 3);
    if ((a | ((b & 15) << 8)) >= ML_KEM_MODULUS || ((b >> 4) | (c << 4)) >= ML_KEM_MODULUS) return false;
  }
  return !isLowOrder(publicKey.subarray(ML_KEM_PUBLIC_KEY_BYTES));
}

/** Whether a point gives an all-zero shared secret with every key (RFC 7748 section 6.1). The highest bit counts for nothing. */
function isLowOrder(point: Uint8Array): boolean {
  const masked = point.slice();
  masked[31] = (masked[31] ?? 0) & 0x7f;
  return LOW_ORDER_POINTS.has(encodeHex(masked));
}

function answer<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    // The primitives throw for malformed and for forged input alike; either way there is no result.
    return undefined;
  }
}
