// Signatures that openpgp.js can compute but not put together: any bytes as what is signed, and hashed subpackets it has no field for.
import { ByteWriter, concatBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { OPENPGP_CONFIG } from "./openpgp-config.ts";
import { type Subpacket, writeSubpacket } from "./signature-parts.ts";

interface HashedWriter {
  writeHashedSubPackets(): Uint8Array;
}

class ExtendedSignature extends openpgp.SignaturePacket {
  readonly #extra: readonly Subpacket[];
  readonly #toSign: Uint8Array;

  constructor(toSign: Uint8Array, extra: readonly Subpacket[]) {
    super();
    this.#toSign = toSign;
    this.#extra = extra;
  }

  /** openpgp calls this for the bytes under the signature, before the packet's own part. */
  toSign(): Uint8Array {
    return this.#toSign;
  }

  /** openpgp calls this for the hashed area with its length in front. */
  writeHashedSubPackets(): Uint8Array {
    const prototype: Partial<HashedWriter> = openpgp.SignaturePacket.prototype as object;
    if (prototype.writeHashedSubPackets === undefined) throw new TypeError("openpgp without writeHashedSubPackets");
    const known = prototype.writeHashedSubPackets.call(this as never);
    const lengthBytes = this.version === 6 ? 4 : 2;
    const area = concatBytes(known.subarray(lengthBytes), ...this.#extra.map(writeSubpacket));
    const length = lengthBytes === 4 ? new ByteWriter().u32(area.length) : new ByteWriter().u16(area.length);
    return concatBytes(length.finish(), area);
  }
}

interface LowLevelSigner {
  sign(key: openpgp.SecretKeyPacket, data: object, date: Date, detached: boolean, config: openpgp.Config): Promise<void>;
}

export interface ToSign {
  readonly type: number;
  /** Key material and user ID, as RFC 9580 section 5.2.4 puts them. */
  readonly bytes: Uint8Array;
  readonly hashAlgorithm?: openpgp.enums.hash;
  /** Hashed, behind creation time and issuer. */
  readonly subpackets: readonly Subpacket[];
}

/** The body of a signature packet by `key`. */
export async function signExtended(key: openpgp.SecretKeyPacket, toSign: ToSign, nowMs: number): Promise<Uint8Array> {
  const signature = new ExtendedSignature(toSign.bytes, toSign.subpackets);
  signature.signatureType = toSign.type as openpgp.enums.signature;
  signature.publicKeyAlgorithm = key.algorithm;
  signature.hashAlgorithm = toSign.hashAlgorithm ?? openpgp.enums.hash.sha512;
  const signer: LowLevelSigner = signature;
  await signer.sign(key, {}, new Date(nowMs), false, OPENPGP_CONFIG);
  return signature.write();
}

/**
 * Whether `key` made this signature over these bytes, with algorithms that are not weak and no critical part that is unknown. The
 * signature's own validity in time is the caller's to judge.
 *
 * @param known subpacket types that the caller reads itself, so that they are not unknown.
 */
export async function holdsOver(
  key: openpgp.PublicKeyPacket | openpgp.SecretKeyPacket,
  body: Uint8Array,
  bytes: Uint8Array,
  known: readonly number[] = [],
  config: openpgp.Config = OPENPGP_CONFIG,
): Promise<boolean> {
  try {
    const signature = new ExtendedSignature(bytes, []);
    readBody(signature, body);
    signature.unknownSubpackets = signature.unknownSubpackets.filter(({ type }) => !known.includes(type));
    const { signatureType, created } = signature;
    if (signatureType === null || created === null) return false;
    await signature.verify(key, signatureType, {}, created, false, config);
    return true;
  } catch {
    return false; // forged, weak, malformed or with an unknown critical part: absent, whatever the reason
  }
}

interface BodyReader {
  read(body: Uint8Array, config: openpgp.Config): void;
}

function readBody(signature: ExtendedSignature, body: Uint8Array): void {
  const reader: Partial<BodyReader> = signature as object;
  if (reader.read === undefined) throw new TypeError("openpgp without read");
  reader.read(body, OPENPGP_CONFIG);
}

/** What a signature over a key and a user ID signs; `version` is the signature's. */
export function userIdToSign(version: number, primaryKey: Uint8Array, userId: Uint8Array): Uint8Array {
  return new ByteWriter().bytes(keyToSign(version, primaryKey)).u8(0xb4).opaque32(userId).finish();
}

export function keyToSign(version: number, primaryKey: Uint8Array): Uint8Array {
  return version === 6
    ? new ByteWriter().u8(0x9b).opaque32(primaryKey).finish()
    : new ByteWriter().u8(0x99).opaque16(primaryKey).finish();
}
