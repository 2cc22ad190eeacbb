import type { Certificate } from "./certificate.ts";
import { type Certification, isBy } from "./certification.ts";
import { holdsOver, userIdToSign } from "./extended-signature.ts";

/**
 * Whether `issuer`'s primary key made this certification or revocation of `target`'s user ID. Weak algorithms and unknown critical
 * parts make it absent (I4). When it counts is not judged: neither its own time nor the issuer's.
 */
export async function verifyCertification(
  { userId, facts, body }: Certification,
  { target, issuer }: { readonly target: Certificate; readonly issuer: Certificate },
): Promise<boolean> {
  if (!isBy(facts, issuer.fingerprint)) return false;
  const bytes = target.userIdBody(userId);
  if (bytes === undefined) return false;
  return holdsOver(issuer.keyPacket, body, userIdToSign(facts.version, target.primaryKey(), bytes));
}
