// From what a certificate's signatures claim to what trust is computed from. Which claims count is the caller's to say.

import { decodeUtf8 } from "@p2pcrypt/bytes";
import type { Claim, ClaimedCertificate, ClaimedUserId } from "@p2pcrypt/identity";
import type { Binding, Certification, Revocation, TrustCertificate, TrustUserId, Withdrawal } from "./certificate.ts";
import { INVALID_SCOPE } from "./scope.ts";

/** In front of a user ID that is not UTF-8: it counts for its owner's key and is nobody's name. */
const UNREADABLE = "\0";

export interface Place {
  readonly claim: Claim;
  /** undefined: on the key itself. */
  readonly userId: ClaimedUserId | undefined;
}

/** All claims in the order of the certificate. */
export function placesOf({ direct, userIds }: ClaimedCertificate): Place[] {
  return [
    ...direct.map((claim) => ({ claim, userId: undefined })),
    ...userIds.flatMap((userId) => userId.claims.map((claim) => ({ claim, userId }))),
  ];
}

/** What a claim would state, by its type and place; undefined for types that say nothing about trust. */
export type Statement = "binding" | "revocation" | "certification" | "withdrawal";

export function statementOf({ claim, userId }: Place, isOwn: boolean): Statement | undefined {
  const { type } = claim.facts;
  if (userId === undefined)
    return !isOwn ? undefined : type === DIRECT ? "binding" : type === KEY_REVOCATION ? "revocation" : undefined;
  if (type >= GENERIC && type <= POSITIVE) return isOwn ? "binding" : "certification";
  return type === CERTIFICATION_REVOCATION ? (isOwn ? "revocation" : "withdrawal") : undefined;
}

const [GENERIC, POSITIVE, DIRECT, KEY_REVOCATION, CERTIFICATION_REVOCATION] = [0x10, 0x13, 0x1f, 0x20, 0x30];

/** @param issuerOf the fingerprint of a claim's maker if the claim counts. */
export function toTrustCertificate(
  certificate: ClaimedCertificate,
  issuerOf: (place: Place, index: number) => string | undefined,
): TrustCertificate {
  const { id, fingerprint, createdMs } = certificate;
  const direct: Binding[] = [];
  const revocations: Revocation[] = [];
  const users = new Map<ClaimedUserId, Building>(
    certificate.userIds.map((userId) => [
      userId,
      {
        text: userId.text ?? UNREADABLE + userId.bytes.join(),
        bindings: [],
        revocations: [],
        certifications: [],
        withdrawals: [],
      },
    ]),
  );
  placesOf(certificate).forEach((place, i) => {
    const issuer = issuerOf(place, i);
    const statement = issuer === undefined ? undefined : statementOf(place, issuer === fingerprint);
    if (issuer === undefined || statement === undefined) return;
    const { claim, userId } = place;
    const user = userId === undefined ? undefined : users.get(userId);
    if (statement === "binding") (user?.bindings ?? direct).push(toBinding(claim, createdMs));
    else if (statement === "revocation") (user?.revocations ?? revocations).push(toRevocation(claim));
    else if (userId?.text === undefined) return;
    else if (statement === "certification") user?.certifications.push(toCertification(claim, issuer));
    else user?.withdrawals.push({ issuer, createdMs: claim.facts.createdMs });
  });
  return { id, fingerprint, createdMs, direct, revocations, userIds: [...users.values()] };
}

interface Building extends TrustUserId {
  readonly bindings: Binding[];
  readonly revocations: Revocation[];
  readonly certifications: Certification[];
  readonly withdrawals: Withdrawal[];
}

function toBinding({ facts, keyLifetimeMs, isPrimary }: Claim, keyCreatedMs: number): Binding {
  const { createdMs, expiresAtMs } = facts;
  const keyExpiresAtMs =
    keyLifetimeMs === undefined ? undefined : keyLifetimeMs === 0 ? ("never" as const) : keyCreatedMs + keyLifetimeMs;
  return { createdMs, expiresAtMs, keyExpiresAtMs, isPrimary };
}

/** Superseded, retired, user ID no longer valid: soft. Compromised, none or unknown: hard. */
function toRevocation({ facts }: Claim): Revocation {
  const code = facts.reason?.code;
  const kind = code === 1 || code === 3 || code === 32 ? "soft" : "hard";
  return { kind, createdMs: facts.createdMs, expiresAtMs: facts.expiresAtMs };
}

function toCertification({ facts, scopes }: Claim, issuer: string): Certification {
  const { createdMs, expiresAtMs, depth, amount } = facts;
  return { issuer, createdMs, expiresAtMs, depth, amount, scopes: scopes.map(textOfScope) };
}

export function textOfScope(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    return INVALID_SCOPE; // no text is no regular expression
  }
}
