// Everything that a certificate ever said about itself and others said about it, without judging any of it at a time: what a trust
// computation asks at any `at`, from one reading. `Certificate` answers for one time only.
import { compareBytes } from "@p2pcrypt/bytes";
import type * as openpgp from "openpgp";
import { MAX_CERTIFICATE_BYTES, readPublicKey } from "./certificate.ts";
import { type Certification, isBy, isSoftReason, readCertifications, textOf } from "./certification.ts";
import { holdsOver, keyToSign, userIdToSign } from "./extended-signature.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdOf } from "./identity-id.ts";
import { groupPackets, type PacketGroups, type RawPacket, splitPackets, TAG } from "./packets.ts";
import { readSignatureFacts, SIGNATURE_TYPE, type SignatureFacts } from "./signature-facts.ts";

export interface OwnRevocation {
  readonly kind: "soft" | "hard";
  readonly facts: SignatureFacts;
}

export interface UserIdHistory {
  readonly text: string;
  /** Self-certifications that verify. */
  readonly bindings: readonly SignatureFacts[];
  /** By the owner, and they verify. */
  readonly revocations: readonly OwnRevocation[];
  /** By others: read, not verified. */
  readonly certifications: readonly Certification[];
}

export class CertificateHistory {
  readonly id: IdentityId;
  /** Upper-case hex. */
  readonly fingerprint: string;
  readonly createdMs: number;
  /** Self-signatures on the key that verify. */
  readonly direct: readonly SignatureFacts[];
  readonly revocations: readonly OwnRevocation[];
  readonly userIds: readonly UserIdHistory[];
  readonly #key: openpgp.Key;
  readonly #primary: Uint8Array;
  readonly #userIdBodies: ReadonlyMap<string, Uint8Array>;

  private constructor(key: openpgp.Key, primary: Uint8Array, parts: Parts) {
    this.#key = key;
    this.#primary = primary;
    this.id = identityIdOf(primary);
    this.fingerprint = key.getFingerprint().toUpperCase();
    this.createdMs = key.getCreationTime().getTime();
    this.direct = parts.direct;
    this.revocations = parts.revocations;
    this.userIds = parts.userIds;
    this.#userIdBodies = parts.userIdBodies;
  }

  /**
   * Whether `issuer`'s primary key made this certification or revocation of a user ID of this certificate. Weak algorithms and unknown
   * critical parts make it absent (I4).
   */
  async verifies({ userId, facts, body }: Certification, issuer: CertificateHistory): Promise<boolean> {
    const bytes = this.#userIdBodies.get(userId);
    if (bytes === undefined || !isBy(facts, issuer.fingerprint)) return false;
    return holdsOver(issuer.#key.keyPacket, body, userIdToSign(facts.version, this.#primary, bytes));
  }

  static async read(bytes: Uint8Array): Promise<CertificateHistory> {
    if (bytes.length > MAX_CERTIFICATE_BYTES) throw new IdentityError("certificate/tooLarge");
    const groups = groupPackets(splitPackets(bytes));
    const key = await readPublicKey({ primary: groups.primary, direct: [], components: [] });
    if (compareBytes(key.keyPacket.write(), groups.primary.body) !== 0) throw new IdentityError("certificate/malformed");
    return new CertificateHistory(key, groups.primary.body, await readParts(key, groups));
  }
}

/** @throws {IdentityError} certificate/* */
export function readCertificateHistory(bytes: Uint8Array): Promise<CertificateHistory> {
  return CertificateHistory.read(bytes);
}

interface Parts {
  readonly direct: readonly SignatureFacts[];
  readonly revocations: readonly OwnRevocation[];
  readonly userIds: readonly UserIdHistory[];
  readonly userIdBodies: ReadonlyMap<string, Uint8Array>;
}

async function readParts(key: openpgp.Key, groups: PacketGroups): Promise<Parts> {
  const fingerprint = key.getFingerprint().toUpperCase();
  const primary = groups.primary.body;
  const onKey = await verifiedOwn(key, fingerprint, groups.direct, (version) => keyToSign(version, primary));
  const certifications = readCertifications(groups, fingerprint);
  const signatures = new Map<string, { readonly body: Uint8Array; readonly packets: RawPacket[] }>();
  for (const { packet, signatures: packets } of groups.components) {
    const text = packet.tag === TAG.userId ? textOf(packet.body) : undefined;
    if (text === undefined) continue;
    const known = signatures.get(text) ?? { body: packet.body, packets: [] };
    known.packets.push(...packets);
    signatures.set(text, known);
  }
  const userIds: UserIdHistory[] = [];
  for (const [text, { body, packets }] of signatures) {
    const own = await verifiedOwn(key, fingerprint, packets, (version) => userIdToSign(version, primary, body));
    userIds.push({
      text,
      bindings: own.filter(({ type }) => isCertification(type)),
      revocations: own.filter(({ type }) => type === SIGNATURE_TYPE.certRevocation).map(toRevocation),
      certifications: certifications.filter(({ userId }) => userId === text),
    });
  }
  return {
    direct: onKey.filter(({ type }) => type === SIGNATURE_TYPE.direct),
    revocations: onKey.filter(({ type }) => type === SIGNATURE_TYPE.keyRevocation).map(toRevocation),
    userIds,
    userIdBodies: new Map([...signatures].map(([text, { body }]) => [text, body])),
  };
}

async function verifiedOwn(
  key: openpgp.Key,
  fingerprint: string,
  packets: readonly RawPacket[],
  toSign: (version: number) => Uint8Array,
): Promise<SignatureFacts[]> {
  const found: SignatureFacts[] = [];
  for (const { body } of packets) {
    const facts = readSignatureFacts(body);
    if (facts === undefined || facts.type === SIGNATURE_TYPE.attestation || !isBy(facts, fingerprint)) continue;
    if (await holdsOver(key.keyPacket, body, toSign(facts.version))) found.push(facts);
  }
  return found;
}

function isCertification(type: number): boolean {
  return type >= SIGNATURE_TYPE.certGeneric && type <= SIGNATURE_TYPE.certPositive;
}

function toRevocation(facts: SignatureFacts): OwnRevocation {
  return { kind: isSoftReason(facts.reason?.code) ? "soft" : "hard", facts };
}
