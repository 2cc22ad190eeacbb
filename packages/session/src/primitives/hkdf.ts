// HKDF (RFC 5869) on the port's mac.
import { concatBytes } from "@p2pcrypt/bytes";
import type { SessionCrypto } from "./session-crypto.ts";

export async function hkdfExtract(crypto: SessionCrypto, salt: Uint8Array, input: Uint8Array): Promise<Uint8Array> {
  return crypto.mac(salt.length === 0 ? new Uint8Array(crypto.hashBytes) : salt, input);
}

/** At most 255 blocks of `crypto.hashBytes`. */
export async function hkdfExpand(
  crypto: SessionCrypto,
  key: Uint8Array,
  context: Uint8Array,
  lengthBytes: number,
): Promise<Uint8Array> {
  const blocks = Math.ceil(lengthBytes / crypto.hashBytes);
  if (blocks > 255) throw new RangeError("HKDF output is too long");
  const output = new Uint8Array(blocks * crypto.hashBytes);
  let previous: Uint8Array = new Uint8Array(0);
  for (let counter = 1; counter <= blocks; counter++) {
    previous = await crypto.mac(key, concatBytes(previous, context, Uint8Array.of(counter)));
    output.set(previous, (counter - 1) * crypto.hashBytes);
  }
  return output.slice(0, lengthBytes);
}
