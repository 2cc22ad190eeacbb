// HPKE (RFC 9180), base mode, single shot, on the port's KEM, HKDF and AEAD. The KEM's own output is the shared secret, as the
// X-Wing draft says for HPKE; no second extraction.
import { concatBytes, encodeUtf8 } from "@p2pcrypt/bytes";
import { hkdfExpand, hkdfExtract } from "./hkdf.ts";
import type { SessionCrypto } from "./session-crypto.ts";

const VERSION_LABEL = encodeUtf8("HPKE-v1");

export interface HpkeCiphertext {
  readonly kemOutput: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** @returns undefined when the public key is not one that can be encapsulated to. */
export async function hpkeSeal(
  crypto: SessionCrypto,
  publicKey: Uint8Array,
  { context, associated, plaintext }: { context: Uint8Array; associated: Uint8Array; plaintext: Uint8Array },
): Promise<HpkeCiphertext | undefined> {
  const encapsulated = await crypto.encapsulate(publicKey, crypto.random(crypto.kemRandomBytes));
  if (encapsulated === undefined) return undefined;
  const { key, nonce } = await keySchedule(crypto, encapsulated.sharedSecret, context);
  return { kemOutput: encapsulated.ciphertext, ciphertext: await crypto.seal(key, nonce, associated, plaintext) };
}

/** @returns undefined when it does not open: another key, changed bytes, another context. */
export async function hpkeOpen(
  crypto: SessionCrypto,
  secretKey: Uint8Array,
  { kemOutput, ciphertext }: HpkeCiphertext,
  { context, associated }: { context: Uint8Array; associated: Uint8Array },
): Promise<Uint8Array | undefined> {
  const sharedSecret = await crypto.decapsulate(secretKey, kemOutput);
  if (sharedSecret === undefined) return undefined;
  const { key, nonce } = await keySchedule(crypto, sharedSecret, context);
  return crypto.open(key, nonce, associated, ciphertext);
}

async function keySchedule(crypto: SessionCrypto, sharedSecret: Uint8Array, context: Uint8Array) {
  const { kem, kdf, aead } = crypto.hpkeIds;
  const suiteId = concatBytes(encodeUtf8("HPKE"), uint16(kem), uint16(kdf), uint16(aead));
  const none = new Uint8Array(0);
  const scheduleContext = concatBytes(
    Uint8Array.of(0),
    await labeledExtract(crypto, suiteId, none, "psk_id_hash", none),
    await labeledExtract(crypto, suiteId, none, "info_hash", context),
  );
  const secret = await labeledExtract(crypto, suiteId, sharedSecret, "secret", none);
  return {
    key: await labeledExpand(crypto, suiteId, secret, "key", scheduleContext, crypto.aeadKeyBytes),
    nonce: await labeledExpand(crypto, suiteId, secret, "base_nonce", scheduleContext, crypto.aeadNonceBytes),
  };
}

function labeledExtract(crypto: SessionCrypto, suiteId: Uint8Array, salt: Uint8Array, label: string, input: Uint8Array) {
  return hkdfExtract(crypto, salt, concatBytes(VERSION_LABEL, suiteId, encodeUtf8(label), input));
}

function labeledExpand(
  crypto: SessionCrypto,
  suiteId: Uint8Array,
  key: Uint8Array,
  label: string,
  context: Uint8Array,
  lengthBytes: number,
) {
  const labeled = concatBytes(uint16(lengthBytes), VERSION_LABEL, suiteId, encodeUtf8(label), context);
  return hkdfExpand(crypto, key, labeled, lengthBytes);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}
