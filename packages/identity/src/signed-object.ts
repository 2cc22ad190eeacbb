// Signatures by an identity: detached OpenPGP signatures of type 0x00 by the primary key over purpose and payload, with the purpose
// again as a critical hashed notation (spec/protocol/identity.md section 4). Verification demands both, so that a signature on a file
// or mail never counts as one of ours, nor ours as one on a file (I3).
import { concatBytes, decodeUtf8, purposeBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import type { Certificate } from "./certificate.ts";
import { binaryData, newSignature, signWith } from "./low-level-signature.ts";
import { CLOCK_TOLERANCE_MS, OBJECT_CONFIG, OBJECT_NOTATION } from "./openpgp-config.ts";
import { framePacket, splitPackets, TAG } from "./packets.ts";
import type { Purpose } from "./purposes.ts";
import type { SecretIdentity } from "./secret-identity.ts";

const { enums } = openpgp;

/** RSA-8192 needs 1,100 bytes. */
export const MAX_SIGNATURE_BYTES = 2048;

/** One signature packet. */
export async function signObject(
  secret: SecretIdentity,
  purpose: Purpose,
  payload: Uint8Array,
  nowMs: number,
): Promise<Uint8Array> {
  const key = secret.secretKeyPacket;
  const signature = newSignature(enums.signature.binary, key);
  const value = new Uint8Array(purposeBytes(purpose).subarray(1));
  signature.rawNotations = [{ name: OBJECT_NOTATION, value, humanReadable: true, critical: true }];
  await signWith(signature, key, binaryData(toSign(purpose, payload)), nowMs);
  return framePacket({ tag: TAG.signature, body: signature.write() });
}

/** Whether `certificate`'s primary key made this signature for this purpose, and both hold at `atMs`. */
export async function verifyObject(
  certificate: Certificate,
  purpose: Purpose,
  payload: Uint8Array,
  signature: Uint8Array,
  { atMs }: { readonly atMs: number },
): Promise<boolean> {
  if (!certificate.isUsableAt(atMs)) return false;
  const packet = await readSignature(signature);
  if (packet === undefined || packet.signatureType !== enums.signature.binary) return false;
  const createdMs = packet.created?.getTime() ?? Number.POSITIVE_INFINITY;
  if (createdMs > atMs + CLOCK_TOLERANCE_MS || createdMs < certificate.createdAtMs) return false;
  if (!hasPurpose(packet, purpose)) return false;
  try {
    const at = new Date(Math.max(atMs, createdMs));
    const data = binaryData(toSign(purpose, payload));
    await packet.verify(certificate.keyPacket, enums.signature.binary, data, at, false, OBJECT_CONFIG);
    return true;
  } catch {
    return false; // forged, weak, expired or with an unknown critical part: one answer, which tells an attacker nothing
  }
}

function toSign(purpose: Purpose, payload: Uint8Array): Uint8Array {
  return concatBytes(purposeBytes(purpose), payload);
}

function hasPurpose({ rawNotations }: openpgp.SignaturePacket, purpose: Purpose): boolean {
  const ours = rawNotations.filter(({ name }) => name === OBJECT_NOTATION);
  const [notation] = ours;
  if (notation === undefined || ours.length !== 1 || !notation.critical) return false;
  try {
    return decodeUtf8(notation.value) === purpose;
  } catch {
    return false; // not UTF-8: no purpose of ours
  }
}

/** Exactly one signature packet, or undefined. */
async function readSignature(bytes: Uint8Array): Promise<openpgp.SignaturePacket | undefined> {
  if (bytes.length > MAX_SIGNATURE_BYTES) return undefined;
  try {
    const [raw, another] = splitPackets(bytes);
    if (raw === undefined || another !== undefined || raw.tag !== TAG.signature) return undefined;
    const { packets } = await openpgp.readSignature({ binarySignature: framePacket(raw), config: OBJECT_CONFIG });
    const [packet] = packets;
    return packets.length === 1 && packet instanceof openpgp.SignaturePacket ? packet : undefined;
  } catch {
    return undefined; // not a signature
  }
}
