// An identity's primary key as the seed that it is made from, and back (spec/protocol/identity.md section 14). The identity id hashes
// the primary-key packet, so seed and time of creation are all that has to be kept.
import { ed25519 } from "@noble/curves/ed25519.js";
import { ByteReader, ByteWriter, concatBytes, equalBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { parseName } from "./display-name.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdOf } from "./identity-id.ts";
import { OPENPGP_CONFIG } from "./openpgp-config.ts";
import { framePacket, splitPackets, TAG } from "./packets.ts";
import type { RecoverySeed } from "./recovery-words.ts";
import { SecretIdentity } from "./secret-identity.ts";

// RFC 9580 section 5.5.2.2 with the algorithm of section 5.5.5.5: version 4, time, EdDSALegacy on the curve of this object identifier.
const VERSION_4 = 4;
const EDDSA_LEGACY = 22;
const ED25519_OID = Uint8Array.of(0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01);
const PUBLIC_BODY_BYTES = 51;

/** Whether a primary key (body of its public packet) is of the one kind that fits on a sheet: what `createSecretIdentity` makes. */
export function isRecoverable(primaryKey: Uint8Array): boolean {
  const isKind = primaryKey[0] === VERSION_4 && primaryKey[5] === EDDSA_LEGACY && primaryKey.length === PUBLIC_BODY_BYTES;
  return isKind && equalBytes(primaryKey.subarray(6, 16), concatBytes(Uint8Array.of(9), ED25519_OID));
}

/** Whose seed this is. */
export function recoveryIdentityId({ seed, createdS }: RecoverySeed): IdentityId {
  return identityIdOf(publicBody(seed, createdS));
}

/** @returns undefined for a key that does not fit on a sheet. */
export function recoverySeedOf(secret: SecretIdentity): RecoverySeed | undefined {
  const primaryKey = secret.certificate.primaryKey();
  if (!isRecoverable(primaryKey)) return undefined;
  const [packet] = splitPackets(framePacket({ tag: TAG.secretKey, body: secret.secretKeyPacket.write() }));
  const reader = new ByteReader(packet?.body ?? new Uint8Array(0));
  reader.take(PUBLIC_BODY_BYTES, "SecretKey.public");
  if (reader.u8("SecretKey.s2k_usage") !== 0) throw new IdentityError("secretKey/malformed");
  const stripped = reader.take(Math.ceil(reader.u16("SecretKey.seed_bits") / 8), "SecretKey.seed");
  const seed = new Uint8Array(32);
  seed.set(stripped, 32 - stripped.length); // a big integer has lost its leading zeros
  return { seed, createdS: secret.certificate.createdAtMs / 1000 };
}

/**
 * The same identity under a new self-signature and with a new encryption subkey.
 *
 * @param known a certificate of it that a directory had: what it says stays, its revocations too.
 * @throws {IdentityError} name/*, certificate/otherIdentity
 */
export async function recoverSecretIdentity(
  { seed, createdS }: RecoverySeed,
  { name, nowMs, known }: { readonly name: string; readonly nowMs: number; readonly known?: Uint8Array },
): Promise<SecretIdentity> {
  const bare = await openpgp.readPrivateKey({ binaryKey: secretPacket(seed, createdS), config: OPENPGP_CONFIG });
  const date = new Date(nowMs);
  const named = await openpgp.reformatKey({
    privateKey: bare,
    userIDs: [{ name: parseName(name) }],
    date,
    format: "object",
    config: OPENPGP_CONFIG,
  });
  const whole = await named.privateKey.addSubkey({
    type: "ecc",
    curve: "curve25519Legacy",
    date,
    sign: false,
    config: OPENPGP_CONFIG,
  });
  const recovered = await SecretIdentity.ofImported(whole, nowMs);
  return known === undefined ? recovered : recovered.mergedWith(known, nowMs);
}

function publicBody(seed: Uint8Array, createdS: number): Uint8Array {
  const point = concatBytes(Uint8Array.of(0x40), ed25519.getPublicKey(seed));
  return new ByteWriter().u8(VERSION_4).u32(createdS).u8(EDDSA_LEGACY).opaque8(ED25519_OID).bytes(bigInteger(point)).finish();
}

function secretPacket(seed: Uint8Array, createdS: number): Uint8Array {
  const secret = bigInteger(seed);
  const body = new ByteWriter()
    .bytes(publicBody(seed, createdS))
    .u8(0)
    .bytes(secret)
    .u16(secret.reduce((sum, byte) => (sum + byte) & 0xffff, 0))
    .finish();
  return framePacket({ tag: TAG.secretKey, body });
}

/** RFC 9580 section 3.2: a count of bits, then the bytes without leading zeros. */
function bigInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const stripped = first < 0 ? new Uint8Array(0) : bytes.subarray(first);
  const bits = stripped.length === 0 ? 0 : stripped.length * 8 - Math.clz32(stripped[0] ?? 0) + 24;
  return new ByteWriter().u16(bits).bytes(stripped).finish();
}
