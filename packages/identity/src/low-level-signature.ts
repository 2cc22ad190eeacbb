// What openpgp.js can sign but its types do not say: any data object, and the configuration as last argument.
import * as openpgp from "openpgp";
import { OPENPGP_CONFIG } from "./openpgp-config.ts";

const { enums } = openpgp;

interface LowLevelSigner {
  sign(key: openpgp.SecretKeyPacket, data: object, date: Date, detached: boolean, config: openpgp.Config): Promise<void>;
}

/** A new signature packet of the given type that `key` can make, not signed yet. Set its subpackets, then `signWith`. */
export function newSignature(type: openpgp.enums.signature, key: openpgp.SecretKeyPacket): openpgp.SignaturePacket {
  const signature = new openpgp.SignaturePacket();
  signature.signatureType = type;
  signature.publicKeyAlgorithm = key.algorithm;
  signature.hashAlgorithm = enums.hash.sha512;
  return signature;
}

export async function signWith(
  signature: openpgp.SignaturePacket,
  key: openpgp.SecretKeyPacket,
  data: object,
  nowMs: number,
): Promise<void> {
  const signer: LowLevelSigner = signature;
  await signer.sign(key, data, new Date(nowMs), false, OPENPGP_CONFIG);
}

/** What openpgp hashes for a signature of type 0x00: the bytes as they are. */
export function binaryData(bytes: Uint8Array): object {
  return { text: null, getBytes: () => bytes };
}
