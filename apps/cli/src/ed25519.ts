// Ed25519 by the platform: about fifteen times as fast as in JavaScript.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const MAX_REMEMBERED = 1_000;
const publicKeys = new Map<string, KeyObject>();

/** @param seed 32 bytes */
export function signer(seed: Uint8Array): {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
  readonly sign: (message: Uint8Array) => Uint8Array;
} {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)),
    privateKey,
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

/** False for a malformed key too. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return verify(null, message, keyOf(publicKey), signature);
  } catch {
    return false; // the bytes are no point of the curve
  }
}

function keyOf(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString("base64");
  const known = publicKeys.get(name);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
  publicKeys.set(name, key);
  if (publicKeys.size > MAX_REMEMBERED) publicKeys.delete(publicKeys.keys().next().value ?? "");
  return key;
}
