// Everything that an owner can take back: a user ID, a subkey, the whole identity; and the certificate that does the last one later,
// for the day on which the key is gone (RFC 9580 sections 5.2.1 and 5.2.3.31).
import { concatBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { unarmor } from "./armor.ts";
import type { Certificate } from "./certificate.ts";
import { holdsOver, keyToSign } from "./extended-signature.ts";
import { IdentityError } from "./identity-error.ts";
import { newSignature, signWith } from "./low-level-signature.ts";
import { OPENPGP_CONFIG } from "./openpgp-config.ts";
import { framePacket, splitPackets, TAG } from "./packets.ts";
import type { SecretIdentity } from "./secret-identity.ts";
import { readSignatureFacts, SIGNATURE_TYPE } from "./signature-facts.ts";

const { enums } = openpgp;

/** compromised: hard, whatever the key ever signed is worthless. superseded, retired: soft, earlier acts stay good. */
export type RevocationReason = "compromised" | "superseded" | "retired";

const REASONS: Record<RevocationReason, openpgp.enums.reasonForRevocation> = {
  compromised: enums.reasonForRevocation.keyCompromised,
  superseded: enums.reasonForRevocation.keySuperseded,
  retired: enums.reasonForRevocation.keyRetired,
};

export async function makeKeyRevocation(secret: SecretIdentity, reason: RevocationReason, nowMs: number): Promise<Uint8Array> {
  const key = secret.secretKeyPacket;
  const signature = newSignature(enums.signature.keyRevocation, key);
  signature.reasonForRevocationFlag = REASONS[reason];
  signature.reasonForRevocationString = reason;
  await signWith(signature, key, { key }, nowMs);
  return cutOf(secret, undefined, signature.write());
}

export async function makeUserIdRevocation(secret: SecretIdentity, text: string, nowMs: number): Promise<Uint8Array> {
  const key = secret.secretKeyPacket;
  const body = secret.certificate.userIdBody(text);
  if (body === undefined) throw new IdentityError("certification/unknownUserId");
  const userID = new openpgp.UserIDPacket();
  userID.read(body);
  const signature = newSignature(enums.signature.certRevocation, key);
  signature.reasonForRevocationFlag = enums.reasonForRevocation.userIDInvalid;
  signature.reasonForRevocationString = "renamed";
  await signWith(signature, key, { userID, key }, nowMs);
  return cutOf(secret, [TAG.userId, body], signature.write());
}

export async function makeSubkeyRevocation(
  secret: SecretIdentity,
  fingerprint: string,
  reason: RevocationReason,
  nowMs: number,
): Promise<Uint8Array> {
  const key = secret.secretKeyPacket;
  const subkey = secret.certificate.subkeys.find((one) => one.getFingerprint().toUpperCase() === fingerprint);
  if (subkey === undefined) throw new IdentityError("revocation/unknownSubkey");
  const signature = newSignature(enums.signature.subkeyRevocation, key);
  signature.reasonForRevocationFlag = REASONS[reason];
  signature.reasonForRevocationString = reason;
  await signWith(signature, key, { key, bind: subkey.keyPacket }, nowMs);
  return cutOf(secret, [TAG.publicSubkey, subkey.keyPacket.write()], signature.write());
}

/** Primary key, one component if any, one signature: what merges into the whole. */
export function cutOf(
  { certificate }: SecretIdentity,
  component: readonly [tag: number, body: Uint8Array] | undefined,
  signature: Uint8Array,
): Uint8Array {
  return concatBytes(
    framePacket({ tag: TAG.publicKey, body: certificate.primaryKey() }),
    ...(component === undefined ? [] : [framePacket({ tag: component[0], body: component[1] })]),
    framePacket({ tag: TAG.signature, body: signature }),
  );
}

/**
 * Armored revocation of the whole identity, to be made at its creation and kept apart from the key. Whoever has it can end the identity,
 * and do nothing else. Hard: it is for a key that is lost or stolen. gpg and sq import it as it is.
 */
export async function createRevocationCertificate(secret: SecretIdentity, nowMs: number): Promise<string> {
  const key = secret.secretKeyPacket;
  const signature = newSignature(enums.signature.keyRevocation, key);
  signature.reasonForRevocationFlag = enums.reasonForRevocation.noReason;
  signature.reasonForRevocationString = "made at creation";
  await signWith(signature, key, { key }, nowMs);
  const bytes = framePacket({ tag: TAG.signature, body: signature.write() });
  const comment = "revocation certificate";
  return openpgp.armor(enums.armor.publicKey, bytes, undefined, undefined, comment, true, {
    ...OPENPGP_CONFIG,
    showComment: true,
  });
}

const MAX_REVOCATION_BYTES = 16 * 1024;

/**
 * A revocation certificate's effect: packets to merge into this certificate.
 *
 * @throws {IdentityError} revocation/malformed unless it is a revocation of this very key that holds
 */
export async function readRevocationCertificate(text: string, certificate: Certificate): Promise<Uint8Array> {
  if (text.length > MAX_REVOCATION_BYTES) throw new IdentityError("revocation/malformed");
  const bytes = await unarmor(text);
  if (bytes === undefined) throw new IdentityError("revocation/malformed");
  const [packet, another] = splitPackets(bytes);
  const isRevocation = packet?.tag === TAG.signature && readSignatureFacts(packet.body)?.type === SIGNATURE_TYPE.keyRevocation;
  if (packet === undefined || another !== undefined || !isRevocation) throw new IdentityError("revocation/malformed");
  const primaryKey = certificate.primaryKey();
  const holds = await holdsOver(certificate.keyPacket, packet.body, keyToSign(packet.body[0] ?? 4, primaryKey));
  if (!holds) throw new IdentityError("revocation/malformed");
  return concatBytes(framePacket({ tag: TAG.publicKey, body: primaryKey }), framePacket(packet));
}
