// What is given on about somebody: their own packets, and of other people's signatures those that certain makers made. Everything in it
// was verified, so that nobody can be made to carry what a stranger put on a certificate.
import { Certificate, mergeCertificates } from "./certificate.ts";
import type { Certification } from "./certification.ts";
import { TAG, writeGroups } from "./packets.ts";
import { verifyCertification } from "./verify-certification.ts";

/** A certificate by its fingerprint (upper-case hex); undefined when its signatures are not wanted. */
export type FindIssuer = (fingerprint: string) => Uint8Array | undefined;

/** Certifications and their revocations, private ones too. Those that name their maker by a key id alone are left out. */
export async function certifiedBy(
  target: Certificate,
  find: FindIssuer,
  { atMs }: { readonly atMs: number },
): Promise<Uint8Array> {
  return withCertifications(target, await madeBy(target, find, { atMs }));
}

/** Of the certifications on a certificate those whose maker is found, verified. */
export async function madeBy(
  target: Certificate,
  find: FindIssuer,
  { atMs }: { readonly atMs: number },
): Promise<readonly Certification[]> {
  const issuers = new Map<string, Certificate | undefined>();
  const found: Certification[] = [];
  for (const one of target.certifications()) {
    const maker = one.facts.issuerFingerprint;
    if (maker === undefined) continue;
    if (!issuers.has(maker)) {
      const bytes = find(maker);
      issuers.set(maker, bytes === undefined ? undefined : await Certificate.parse(bytes, { atMs }));
    }
    const issuer = issuers.get(maker);
    if (issuer !== undefined && (await verifyCertification(one, { target, issuer }))) found.push(one);
  }
  return found;
}

/** The owner's own packets with these signatures. */
export function withCertifications(target: Certificate, certifications: readonly Certification[]): Promise<Uint8Array> {
  const components = certifications.map(({ userId, body }) => ({
    packet: { tag: TAG.userId, body: target.userIdBody(userId) ?? new Uint8Array() },
    signatures: [{ tag: TAG.signature, body }],
  }));
  const primary = { tag: TAG.publicKey, body: target.primaryKey() };
  return mergeCertificates(target.ownBytes(), writeGroups({ primary, direct: [], components }));
}
