// Which self-signatures of a certificate hold at a time, and what follows: names, expiry, revocation (RFC 9580 section 5.2).
import { compareBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { type Attestations, readAttestations } from "./attestation.ts";
import { CLOCK_TOLERANCE_MS, OPENPGP_CONFIG } from "./openpgp-config.ts";
import { type PacketGroups, type RawPacket, TAG } from "./packets.ts";

const { enums } = openpgp;

/** soft: retired or superseded, earlier acts stay good. hard: anything ever signed is worthless. */
export type Revocation =
  | { readonly kind: "none" }
  | { readonly kind: "soft" | "hard"; readonly atMs: number; readonly reason: string };

interface SelfUser {
  readonly text: string;
  readonly isRevoked: boolean;
  readonly isPrimary: boolean;
  readonly packet: RawPacket;
  readonly signature: openpgp.SignaturePacket;
  readonly attestations: Attestations | undefined;
}

export interface SelfSignatures {
  readonly users: readonly SelfUser[];
  readonly expiresAtMs: number | undefined;
  /** The one self-signature that names flags and expiry. */
  readonly carrier: openpgp.SignaturePacket | undefined;
  readonly revocation: Revocation;
  /** What the owner signed and what verifies. */
  readonly groups: PacketGroups;
  readonly minimal: PacketGroups;
  readonly subkeys: readonly openpgp.Subkey[];
}

export async function readSelfSignatures(key: openpgp.Key, groups: PacketGroups, atMs: number): Promise<SelfSignatures> {
  const check = (signature: openpgp.SignaturePacket, data: object): Promise<boolean> => holds(key, signature, data, atMs);
  const revocations = await filterAsync(key.revocationSignatures, (signature) => check(signature, { key: key.keyPacket }));
  const direct = await filterAsync(directSignatures(key), (signature) => check(signature, { key: key.keyPacket }));
  const users: SelfUser[] = [];
  const components: { packet: RawPacket; signatures: RawPacket[] }[] = [];
  const subkeys: openpgp.Subkey[] = [];
  for (const user of key.users) {
    if (user.userID === null) continue;
    const data = { userID: user.userID, key: key.keyPacket };
    const own = newestFirst(await filterAsync(user.selfCertifications, (signature) => check(signature, data)));
    const newest = own[0];
    if (newest === undefined) continue;
    const revoked = await filterAsync(user.revocationSignatures, (signature) => check(signature, data));
    const packet = { tag: TAG.userId, body: user.userID.write() };
    const attestations = await attestationsOf(key, groups, packet, atMs);
    users.push({
      text: user.userID.userID,
      isRevoked: revoked.some((revocation) => createdMs(revocation) >= createdMs(newest)),
      isPrimary: newest.isPrimaryUserID === true,
      packet,
      signature: newest,
      attestations,
    });
    components.push({ packet, signatures: [...[...own, ...revoked].map(toRaw), ...(attestations?.packets ?? [])] });
  }
  for (const subkey of key.subkeys) {
    const data = { key: key.keyPacket, bind: subkey.keyPacket };
    const verified = await filterAsync([...subkey.bindingSignatures, ...subkey.revocationSignatures], (signature) =>
      check(signature, data),
    );
    const bindings = await filterAsync(verified, (signature) => isBacked(key, subkey, signature));
    if (!bindings.some(({ signatureType }) => signatureType === enums.signature.subkeyBinding)) continue;
    subkeys.push(subkey);
    components.push({ packet: { tag: TAG.publicSubkey, body: subkey.keyPacket.write() }, signatures: bindings.map(toRaw) });
  }
  users.sort(byPrimaryThenNewest);
  const primaryUser = users.find(({ isRevoked }) => !isRevoked);
  const carrier = primaryUser?.signature ?? newestFirst(direct)[0];
  const minimalUser =
    primaryUser === undefined ? [] : [{ packet: primaryUser.packet, signatures: [toRaw(primaryUser.signature)] }];
  const minimalDirect = primaryUser === undefined ? newestFirst(direct).slice(0, 1) : [];
  const strongest = revocations.find((signature) => revocationKind(signature) === "hard") ?? newestFirst(revocations).at(-1);
  return {
    users,
    expiresAtMs: expiry(key, carrier),
    carrier,
    revocation: strongest === undefined ? { kind: "none" } : toRevocation(strongest),
    groups: { primary: groups.primary, direct: [...revocations, ...direct].map(toRaw), components },
    minimal: {
      primary: groups.primary,
      direct: [...minimalDirect, ...(strongest === undefined ? [] : [strongest])].map(toRaw),
      components: minimalUser,
    },
    subkeys,
  };
}

/** From our own packets: openpgp.js drops them on parsing. */
async function attestationsOf(
  key: openpgp.Key,
  groups: PacketGroups,
  userId: RawPacket,
  atMs: number,
): Promise<Attestations | undefined> {
  const signatures = groups.components
    .filter(({ packet }) => packet.tag === TAG.userId && compareBytes(packet.body, userId.body) === 0)
    .flatMap((component) => component.signatures);
  return readAttestations(key.keyPacket, { primaryKey: groups.primary.body, userId: userId.body }, signatures, atMs);
}

/** Whether a self-signature of the primary key holds. Type, issuer, algorithms, notations and time are all judged by openpgp. */
async function holds(key: openpgp.Key, signature: openpgp.SignaturePacket, data: object, atMs: number): Promise<boolean> {
  if (signature.signatureType === null || createdMs(signature) > atMs + CLOCK_TOLERANCE_MS) return false;
  const at = new Date(Math.max(atMs, createdMs(signature)));
  try {
    await signature.verify(key.keyPacket, signature.signatureType, data, at, false, OPENPGP_CONFIG);
    return true;
  } catch {
    return false; // forged, weak, expired, future, unknown critical part: absent, whatever the reason
  }
}

/**
 * A subkey that can sign has to have agreed, or anybody could claim it (I2): the binding holds its back-signature. openpgp.js looks at it
 * only when the subkey signs something.
 */
async function isBacked(key: openpgp.Key, subkey: openpgp.Subkey, signature: openpgp.SignaturePacket): Promise<boolean> {
  if (signature.signatureType !== enums.signature.subkeyBinding) return true;
  const flags = signature.keyFlags?.[0];
  const isForSigning =
    flags === undefined
      ? SIGNING_ALGORITHMS.has(subkey.getAlgorithmInfo().algorithm)
      : (flags & (enums.keyFlags.signData | enums.keyFlags.certifyKeys)) !== 0;
  if (!isForSigning) return true;
  const back = signature.embeddedSignature;
  if (back === null || back.signatureType !== enums.signature.keyBinding) return false;
  try {
    const data = { key: key.keyPacket, bind: subkey.keyPacket };
    const at = back.created ?? undefined;
    await back.verify(subkey.keyPacket, enums.signature.keyBinding, data, at, false, OPENPGP_CONFIG);
    return true;
  } catch {
    return false; // not by the subkey
  }
}

const SIGNING_ALGORITHMS = new Set<string>(["rsaEncryptSign", "rsaSign", "dsa", "ecdsa", "eddsaLegacy", "ed25519", "ed448"]);

/** openpgp keeps these on the key without naming them in its types. */
function directSignatures(key: openpgp.Key): readonly openpgp.SignaturePacket[] {
  const found: unknown = Reflect.get(key, "directSignatures");
  return Array.isArray(found) ? found.filter((entry) => entry instanceof openpgp.SignaturePacket) : [];
}

function expiry(key: openpgp.Key, carrier: openpgp.SignaturePacket | undefined): number | undefined {
  const seconds = carrier?.keyExpirationTime;
  return typeof seconds === "number" && seconds > 0 ? key.getCreationTime().getTime() + seconds * 1000 : undefined;
}

function toRevocation(signature: openpgp.SignaturePacket): Revocation {
  return {
    kind: revocationKind(signature),
    atMs: createdMs(signature),
    reason: signature.reasonForRevocationString ?? "",
  };
}

const { keySuperseded, keyRetired } = enums.reasonForRevocation;

/** No stated reason counts as compromise. */
function revocationKind(signature: openpgp.SignaturePacket): "soft" | "hard" {
  const flag = signature.reasonForRevocationFlag;
  return flag === keySuperseded || flag === keyRetired ? "soft" : "hard";
}

function byPrimaryThenNewest(a: SelfUser, b: SelfUser): number {
  return Number(b.isPrimary) - Number(a.isPrimary) || createdMs(b.signature) - createdMs(a.signature);
}

function newestFirst(signatures: readonly openpgp.SignaturePacket[]): openpgp.SignaturePacket[] {
  return [...signatures].sort((a, b) => createdMs(b) - createdMs(a));
}

function createdMs(signature: openpgp.SignaturePacket): number {
  return signature.created?.getTime() ?? 0;
}

function toRaw(signature: openpgp.SignaturePacket): RawPacket {
  return { tag: TAG.signature, body: signature.write() };
}

async function filterAsync<T>(values: readonly T[], keep: (value: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const value of values) if (await keep(value)) kept.push(value);
  return kept;
}
