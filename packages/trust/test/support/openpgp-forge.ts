// Writes version 4 OpenPGP packets from scratch, with Ed25519 keys made from a seed: any time, any subpacket, thousands a second. Nothing
// of the code under test takes part in it.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

export interface ForgedKey {
  readonly body: Buffer;
  readonly fingerprint: string;
  readonly createdMs: number;
  readonly secret: KeyObject;
}

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const OID_ED25519 = Buffer.from("092b06010401da470f01", "hex");

export function forgeKey(seed: string, createdMs: number): ForgedKey {
  const raw = createHash("sha256").update(seed).digest();
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, raw]), format: "der", type: "pkcs8" });
  const point = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
  const body = Buffer.concat([Buffer.of(4), u32(createdMs / 1000), Buffer.of(22), OID_ED25519, u16(263), Buffer.of(0x40), point]);
  const fingerprint = createHash("sha1").update(keyToSign(body)).digest("hex").toUpperCase();
  return { body, fingerprint, createdMs, secret };
}

export interface ForgedSignature {
  readonly type: number;
  readonly createdMs: number;
  /** Further hashed subpackets. */
  readonly subpackets?: readonly Buffer[];
  readonly hash?: "sha1" | "sha256" | "sha512";
}

/** A signature packet by `issuer` over key and user ID, or over the key alone. */
export function forgeSignature(
  issuer: ForgedKey,
  target: ForgedKey,
  userId: string | undefined,
  { type, createdMs, subpackets = [], hash = "sha256" }: ForgedSignature,
): Buffer {
  const hashed = Buffer.concat([
    subpacket(2, u32(createdMs / 1000)),
    subpacket(33, Buffer.concat([Buffer.of(4), Buffer.from(issuer.fingerprint, "hex")])),
    ...subpackets,
  ]);
  const head = Buffer.concat([Buffer.of(4, type, 22, HASH_IDS[hash]), u16(hashed.length), hashed]);
  const id = userId === undefined ? Buffer.alloc(0) : Buffer.from(userId);
  const digest = createHash(hash)
    .update(keyToSign(target.body))
    .update(userId === undefined ? id : Buffer.concat([Buffer.of(0xb4), u32(id.length), id]))
    .update(head)
    .update(Buffer.concat([Buffer.of(4, 0xff), u32(head.length)]))
    .digest();
  const made = sign(null, digest, issuer.secret);
  const unhashed = subpacket(16, Buffer.from(issuer.fingerprint.slice(-16), "hex"));
  return packet(
    2,
    Buffer.concat([
      head,
      u16(unhashed.length),
      unhashed,
      digest.subarray(0, 2),
      mpi(made.subarray(0, 32)),
      mpi(made.subarray(32)),
    ]),
  );
}

const HASH_IDS = { sha1: 2, sha256: 8, sha512: 10 } as const;

export function packet(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0xc0 | tag, 255), u32(body.length), body]);
}

export function subpacket(type: number, body: Buffer, isCritical = false): Buffer {
  const length = body.length + 1;
  const header = length < 192 ? Buffer.of(length) : Buffer.concat([Buffer.of(255), u32(length)]);
  return Buffer.concat([header, Buffer.of(type | (isCritical ? 0x80 : 0)), body]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

function mpi(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const number = start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
  const bits = number.length === 0 ? 0 : number.length * 8 - Math.clz32(number[0] ?? 0) + 24;
  return Buffer.concat([u16(bits), number]);
}

function keyToSign(body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x99), u16(body.length), body]);
}
