// Certifying another identity's user ID, and taking it back (spec/protocol/identity.md section 15). What comes out is a cut of the other
// certificate with one signature in it, to be merged wherever that certificate is kept.
import { ByteWriter, concatBytes, encodeUtf8 } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import type { Certificate } from "./certificate.ts";
import { type Certification, isBy } from "./certification.ts";
import { signExtended, userIdToSign } from "./extended-signature.ts";
import { IdentityError } from "./identity-error.ts";
import { framePacket, TAG } from "./packets.ts";
import type { SecretIdentity } from "./secret-identity.ts";
import { FULL_AMOUNT, SIGNATURE_TYPE } from "./signature-facts.ts";
import { SUBPACKET, type Subpacket } from "./signature-parts.ts";

export interface CertificationTerms {
  /** How far the other may introduce others: 0 (the default) not at all, 255 without end. */
  readonly depth?: number;
  /** 0 to 255; 120 (the default) is full. */
  readonly amount?: number;
  /** Regular expressions: an introducer counts for user IDs that any of them matches. Whether they are well formed is not judged here. */
  readonly scopes?: readonly string[];
  readonly expiresAtMs?: number;
  /** Whether it may leave as a public certification. Private is the default. */
  readonly isExportable?: boolean;
}

const MAX_SCOPES = 16;
const MAX_SCOPE_BYTES = 1024;

/** @throws {IdentityError} certification/* @throws {RangeError} for terms out of range */
export async function certifyUserId(
  secret: SecretIdentity,
  { target, userId }: { readonly target: Certificate; readonly userId: string },
  terms: CertificationTerms,
  nowMs: number,
): Promise<Uint8Array> {
  assertUsable(secret, nowMs);
  if (target.id === secret.certificate.id) throw new IdentityError("certification/ownIdentity");
  if (!target.isUsableAt(nowMs)) throw new IdentityError("certification/notUsable");
  const named = target.userIds.find(({ text }) => text === userId);
  if (named === undefined || named.isRevoked) throw new IdentityError("certification/unknownUserId");
  // Of the second of a revocation is not voided by it: taking back and certifying anew leave no time between.
  const signedMs = Math.max(newestOwn(secret, target, userId, "revocation"), afterOwn(secret, target, userId, nowMs));
  return sign(secret, { target, userId }, SIGNATURE_TYPE.certGeneric, termSubpackets(terms, signedMs), signedMs);
}

/**
 * noLongerValid: what was certified before stays good. neverValid: it never was.
 */
export type CertificationRevocationReason = "noLongerValid" | "neverValid";

/** Public when something that it revokes is. @throws {IdentityError} certification/unknownUserId, certification/notUsable */
export async function revokeCertification(
  secret: SecretIdentity,
  { target, userId }: { readonly target: Certificate; readonly userId: string },
  reason: CertificationRevocationReason,
  nowMs: number,
): Promise<Uint8Array> {
  assertUsable(secret, nowMs);
  if (target.userIdBody(userId) === undefined) throw new IdentityError("certification/unknownUserId");
  const mine = ownOn(secret, target, userId);
  const isExportable = mine.some(({ kind, facts }) => kind === "certification" && facts.isExportable);
  const reasonBytes = concatBytes(Uint8Array.of(REASON_CODES[reason]), encodeUtf8(reason));
  const signedMs = Math.max(newestOwn(secret, target, userId, "revocation") + 1000, afterOwn(secret, target, userId, nowMs));
  return sign(
    secret,
    { target, userId },
    SIGNATURE_TYPE.certRevocation,
    [...exportability(isExportable), { type: SUBPACKET.reasonForRevocation, isCritical: true, body: reasonBytes }],
    signedMs,
  );
}

const REASON_CODES: Record<CertificationRevocationReason, number> = {
  noLongerValid: openpgp.enums.reasonForRevocation.userIDInvalid,
  neverValid: openpgp.enums.reasonForRevocation.noReason,
};

function ownOn(secret: SecretIdentity, target: Certificate, userId: string): Certification[] {
  const { fingerprint } = secret.certificate;
  return target.certifications().filter((one) => one.userId === userId && isBy(one.facts, fingerprint));
}

/** OpenPGP times are whole seconds and the newest signature wins: a second one within a second has to be later. */
function afterOwn(secret: SecretIdentity, target: Certificate, userId: string, nowMs: number): number {
  return Math.max(nowMs, newestOwn(secret, target, userId, "certification") + 1000);
}

/** When the newest was made; long ago when there is none. */
function newestOwn(secret: SecretIdentity, target: Certificate, userId: string, wanted: Certification["kind"]): number {
  const times = ownOn(secret, target, userId).flatMap(({ kind, facts }) => (kind === wanted ? [facts.createdMs] : []));
  return Math.max(0, ...times);
}

function termSubpackets(terms: CertificationTerms, nowMs: number): Subpacket[] {
  const { depth = 0, amount = FULL_AMOUNT, scopes = [], expiresAtMs, isExportable = false } = terms;
  for (const value of [depth, amount])
    if (!Number.isInteger(value) || value < 0 || value > 255) throw new RangeError("depth and amount are 0 to 255");
  const encoded = scopes.map(encodeUtf8);
  if (
    encoded.length > MAX_SCOPES ||
    encoded.some((scope) => scope.length === 0 || scope.length > MAX_SCOPE_BYTES || scope.includes(0))
  )
    throw new RangeError(`at most ${MAX_SCOPES} scopes of 1 to ${MAX_SCOPE_BYTES} bytes`);
  const isPlain = depth === 0 && amount === FULL_AMOUNT && scopes.length === 0;
  return [
    ...exportability(isExportable),
    ...(isPlain ? [] : [{ type: SUBPACKET.trust, isCritical: true, body: Uint8Array.of(depth, amount) }]),
    ...encoded.map((scope) => ({
      type: SUBPACKET.regularExpression,
      isCritical: true,
      body: concatBytes(scope, Uint8Array.of(0)),
    })),
    ...(expiresAtMs === undefined ? [] : [{ type: SUBPACKET.expires, isCritical: true, body: lifetime(expiresAtMs, nowMs) }]),
  ];
}

function exportability(isExportable: boolean): Subpacket[] {
  return isExportable ? [] : [{ type: SUBPACKET.exportable, isCritical: true, body: Uint8Array.of(0) }];
}

function lifetime(expiresAtMs: number, nowMs: number): Uint8Array {
  const seconds = Math.floor(expiresAtMs / 1000) - Math.floor(nowMs / 1000);
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > 0xffff_ffff) throw new RangeError("expiresAtMs is later");
  return new ByteWriter().u32(seconds).finish();
}

function assertUsable(secret: SecretIdentity, nowMs: number): void {
  if (!secret.certificate.isUsableAt(nowMs)) throw new IdentityError("certification/notUsable");
}

async function sign(
  secret: SecretIdentity,
  { target, userId }: { readonly target: Certificate; readonly userId: string },
  type: number,
  subpackets: readonly Subpacket[],
  nowMs: number,
): Promise<Uint8Array> {
  const key = secret.secretKeyPacket;
  const userIdBody = target.userIdBody(userId);
  if (userIdBody === undefined) throw new IdentityError("certification/unknownUserId");
  const bytes = userIdToSign(key.version, target.primaryKey(), userIdBody);
  const body = await signExtended(key, { type, bytes, subpackets }, nowMs);
  return concatBytes(
    framePacket({ tag: TAG.publicKey, body: target.primaryKey() }),
    framePacket({ tag: TAG.userId, body: userIdBody }),
    framePacket({ tag: TAG.signature, body }),
  );
}
