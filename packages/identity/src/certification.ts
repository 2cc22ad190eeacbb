// Other people's signatures on a certificate's user IDs: certifications and their revocations, as a trust computation needs them
// (spec/protocol/identity.md section 15).
import { decodeUtf8 } from "@p2pcrypt/bytes";
import { type PacketGroups, TAG } from "./packets.ts";
import { keyIdOf, readSignatureFacts, SIGNATURE_TYPE, type SignatureFacts } from "./signature-facts.ts";

/** Read, and not verified: `verifyCertification` does that when the issuer is known. */
export interface Certification {
  readonly kind: "certification" | "revocation";
  readonly userId: string;
  readonly facts: SignatureFacts;
  /** Whether a revocation leaves what was certified before it good. */
  readonly isSoft: boolean;
  /** Body of the signature packet. */
  readonly body: Uint8Array;
}

/** In the order of the certificate's bytes. */
export function readCertifications(groups: PacketGroups, ownFingerprint: string): Certification[] {
  const found: Certification[] = [];
  for (const { packet, signatures } of groups.components) {
    if (packet.tag !== TAG.userId) continue;
    const userId = textOf(packet.body);
    if (userId === undefined) continue;
    for (const { body } of signatures) {
      const certification = toCertification(body, userId);
      if (certification !== undefined && !isBy(certification.facts, ownFingerprint)) found.push(certification);
    }
  }
  return found;
}

/** @returns undefined unless the body is a certification or its revocation. */
export function toCertification(body: Uint8Array, userId: string): Certification | undefined {
  const facts = readSignatureFacts(body);
  if (facts === undefined) return undefined;
  const { type, reason } = facts;
  const isCertification = type >= SIGNATURE_TYPE.certGeneric && type <= SIGNATURE_TYPE.certPositive;
  if (!isCertification && type !== SIGNATURE_TYPE.certRevocation) return undefined;
  const isSoft = !isCertification && isSoftReason(reason?.code);
  return { kind: isCertification ? "certification" : "revocation", userId, facts, isSoft, body };
}

const SUPERSEDED = 1;
const RETIRED = 3;
const USER_ID_INVALID = 32;

/** Whether what was signed before stays good. No stated reason counts as the worst. */
export function isSoftReason(code: number | undefined): boolean {
  return code === SUPERSEDED || code === RETIRED || code === USER_ID_INVALID;
}

/** Whether a signature names this key as its maker. */
export function isBy({ issuerFingerprint, issuerKeyId }: SignatureFacts, fingerprint: string): boolean {
  return issuerFingerprint === undefined ? issuerKeyId === keyIdOf(fingerprint) : issuerFingerprint === fingerprint;
}

export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch {
    return undefined; // a user ID that is not UTF-8 is shown to nobody and certified by nobody
  }
}
