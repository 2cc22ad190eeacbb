// What an owner lets directories hand out: the own certificate, public certifications that others made of it, and the attestation that
// names exactly these (draft-dkg-openpgp-1pa3pc).
import { parseCertificate } from "./certificate.ts";
import { type FindIssuer, madeBy, withCertifications } from "./certified-by.ts";
import type { SecretIdentity } from "./secret-identity.ts";

export interface PublishedCertificate {
  readonly certificate: Uint8Array;
  /** Fingerprints of those whose certifications are in it. */
  readonly makers: readonly string[];
}

/**
 * @param certified the own certificate with certifications on it. Of these the public ones count whose maker is found, on the present
 * name; no others are attested from then on.
 */
export async function attestCertifications(
  secret: SecretIdentity,
  certified: Uint8Array,
  find: FindIssuer,
  nowMs: number,
): Promise<PublishedCertificate> {
  const whole = await parseCertificate(certified, { atMs: nowMs });
  const { name } = secret.certificate;
  const wanted = (await madeBy(whole, find, { atMs: nowMs })).filter(
    ({ kind, userId, facts }) => kind === "certification" && userId === name && facts.isExportable,
  );
  const attested = await secret.attest(name, wanted, nowMs);
  const certificate = await withCertifications(attested.certificate, wanted);
  return { certificate, makers: [...new Set(wanted.flatMap(({ facts }) => facts.issuerFingerprint ?? []))] };
}
