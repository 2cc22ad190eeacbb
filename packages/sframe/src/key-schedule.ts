// From a base key to key and salt of one key id (RFC 9605 section 4.4.2).
import { ByteWriter, concatBytes, encodeUtf8 } from "@p2pcrypt/bytes";
import { type CipherSuite, NONCE_BYTES } from "./cipher-suite.ts";
import { hmac, type Subtle } from "./subtle.ts";

export interface KeySalt {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

export async function deriveKeySalt(subtle: Subtle, suite: CipherSuite, kid: bigint, baseKey: Uint8Array): Promise<KeySalt> {
  // HKDF-Extract with an empty salt: HMAC under as many zeros as the hash has bytes. WebCrypto takes no empty key.
  const secret = await hmac(subtle, suite.hash, new Uint8Array(suite.hashBytes), baseKey);
  const labelled = (purpose: string): Uint8Array =>
    new ByteWriter()
      .bytes(encodeUtf8(`SFrame 1.0 Secret ${purpose} `))
      .u64(kid)
      .u16(suite.id)
      .finish();
  return {
    key: await expand(subtle, suite, secret, labelled("key"), suite.keyBytes),
    salt: await expand(subtle, suite, secret, labelled("salt"), NONCE_BYTES),
  };
}

/** The salt with the counter over its end. */
export function nonceOf(salt: Uint8Array, counter: bigint): Uint8Array {
  const nonce = salt.slice();
  const view = new DataView(nonce.buffer);
  view.setBigUint64(NONCE_BYTES - 8, view.getBigUint64(NONCE_BYTES - 8) ^ counter);
  return nonce;
}

/** HKDF-Expand (RFC 5869). */
async function expand(
  subtle: Subtle,
  { hash }: CipherSuite,
  secret: Uint8Array,
  info: Uint8Array,
  bytes: number,
): Promise<Uint8Array> {
  let [output, block]: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
  for (let number = 1; output.length < bytes; number++) {
    block = await hmac(subtle, hash, secret, concatBytes(block, info, Uint8Array.of(number)));
    output = concatBytes(output, block);
  }
  return output.slice(0, bytes);
}
