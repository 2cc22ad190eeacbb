// X-Wing (draft-connolly-cfrg-xwing-kem) twice: the shared secrets that the draft publishes, and OpenSSL's ML-KEM and X25519 put
// together by hand as the draft says.
import { createHash, createPrivateKey, createPublicKey, decapsulate, diffieHellman, type KeyObject } from "node:crypto";
import { x25519 } from "@noble/curves/ed25519.js";
import { shake128, shake256 } from "@noble/hashes/sha3.js";
import { concatBytes, encodeHex } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import vectors from "../../../../spec/vectors/x-wing.json" with { type: "json" };
import { createXWingCrypto } from "../../src/index.ts";
import { seededRandom } from "../support/structural-crypto.ts";

const crypto = createXWingCrypto(seededRandom("x-wing"));

/** Of the draft: seeds and randomness are the output of SHAKE-128 of nothing, in order. */
const SHARED_SECRETS = vectors.shared_secrets;
const stream = shake128(new Uint8Array(0), { dkLen: 96 * SHARED_SECRETS.length });

describe("X-Wing", () => {
  it.each(SHARED_SECRETS.map((secret, at) => [at + 1, secret] as const))("the draft's vector %i", async (number, secret) => {
    const seed = stream.slice((number - 1) * 96, (number - 1) * 96 + 32);
    const randomness = stream.slice((number - 1) * 96 + 32, number * 96);
    const publicKey = await crypto.kemPublicKey(seed);
    const sealed = await crypto.encapsulate(publicKey, randomness);
    if (sealed === undefined) throw new RangeError("encapsulated");
    expect(encodeHex(sealed.sharedSecret)).toBe(secret);
    expect(await crypto.decapsulate(seed, sealed.ciphertext)).toEqual(sealed.sharedSecret);
    expect([publicKey.length, sealed.ciphertext.length]).toEqual([crypto.kemPublicKeyBytes, crypto.kemCiphertextBytes]);
  });

  it("OpenSSL's halves, combined, open what we seal, and hold the same public key", async () => {
    for (let n = 0; n < 5; n++) {
      const { secretKey, publicKey } = await crypto.kemKeyPair(crypto.random(32));
      const sealed = await crypto.encapsulate(publicKey, crypto.random(64));
      if (sealed === undefined) throw new RangeError("encapsulated");
      const openssl = halvesOf(secretKey);
      expect(encodeHex(publicKey)).toBe(encodeHex(concatBytes(openssl.latticePublic, openssl.curvePublic)));
      expect(encodeHex(openssl.open(sealed.ciphertext))).toBe(encodeHex(sealed.sharedSecret));
    }
  });
});

it("a public key with a point of low order is refused, and nobody else's: as multiplying it says (RFC 7748 section 6.1)", async () => {
  const { publicKey } = await crypto.kemKeyPair(crypto.random(32));
  const prime = 2n ** 255n - 19n;
  const ofOrder8 = 325606250916557431795983626356110631294008115727848805560023387167927233504n;
  const other = 39382357235489614581723060781553021112529911719440698176882885853963445705823n;
  const numbers = [...Array(40).keys()].flatMap((n) => [BigInt(n), prime - 20n + BigInt(n)]).filter((n) => n < 2n ** 255n);
  let refused = 0;
  for (const number of [...numbers, ofOrder8, other, ofOrder8 + 1n, prime - other]) {
    for (const highBit of [0, 0x80]) {
      const point = Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 0xffn));
      point[31] = (point[31] ?? 0) | highBit;
      const isUsable = isMultipliable(point);
      expect(crypto.isKemPublicKey(concatBytes(publicKey.subarray(0, 1184), point)), `${number} ${highBit}`).toBe(isUsable);
      if (!isUsable) refused += 1;
    }
  }
  expect(refused).toBe(14);
});

function isMultipliable(point: Uint8Array): boolean {
  try {
    return x25519.getSharedSecret(new Uint8Array(32).fill(1), point).length === 32;
  } catch {
    return false; // the library throws for an all-zero secret
  }
}

/** Section "Key derivation" and "Combiner" of the draft. */
function halvesOf(seed: Uint8Array) {
  const expanded = shake256(seed, { dkLen: 96 });
  const lattice = createPrivateKey({ key: encoded(ML_KEM_768_SEED, expanded.subarray(0, 64)), format: "der", type: "pkcs8" });
  const curve = createPrivateKey({ key: encoded(X25519_KEY, expanded.subarray(64)), format: "der", type: "pkcs8" });
  const latticePublic = rawPublic(lattice, 1184);
  const curvePublic = rawPublic(curve, 32);
  return {
    latticePublic,
    curvePublic,
    open(ciphertext: Uint8Array): Uint8Array {
      const curveCiphertext = ciphertext.slice(1088);
      const latticeSecret = decapsulate(lattice, ciphertext.slice(0, 1088));
      const theirs = createPublicKey({ key: encoded(X25519_PUBLIC, curveCiphertext), format: "der", type: "spki" });
      const curveSecret = diffieHellman({ privateKey: curve, publicKey: theirs });
      return createHash("sha3-256")
        .update(latticeSecret)
        .update(curveSecret)
        .update(curveCiphertext)
        .update(curvePublic)
        .update(LABEL)
        .digest();
    },
  };
}

/** `\./` over `/^\` in ASCII: the draft's label. */
const LABEL = Uint8Array.of(0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c);
// DER of PrivateKeyInfo up to the key: ML-KEM-768 with a seed (RFC 9935) and X25519 (RFC 8410); of the X25519 public key likewise.
const ML_KEM_768_SEED = der("3054020100300b060960864801650304040204428040");
const X25519_KEY = der("302e020100300506032b656e04220420");
const X25519_PUBLIC = der("302a300506032b656e032100");

function encoded(prefix: Uint8Array, key: Uint8Array): Buffer {
  return Buffer.from(concatBytes(prefix, key));
}

function rawPublic(key: KeyObject, lengthBytes: number): Uint8Array {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return new Uint8Array(spki.subarray(spki.length - lengthBytes));
}

function der(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}
