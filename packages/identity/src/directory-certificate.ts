// What a directory keeps of a certificate and what it hands out (spec/protocol/identity.md section 16). Anybody can sign anybody's user
// ID, so what strangers signed is kept only when the owner attested to it; what its makers took back stays taken back (D3, I12).
import { type Attestations, newestAttestations } from "./attestation.ts";
import { Certificate, MAX_CERTIFICATE_BYTES, mergeCertificates } from "./certificate.ts";
import { type Certification, isBy, toCertification } from "./certification.ts";
import { certificateCut } from "./directory-cut.ts";
import { exportableGroups, type RecipientProgram } from "./export-certificate.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdOf } from "./identity-id.ts";
import { type Component, groupPackets, type PacketGroups, type RawPacket, splitPackets, TAG, writeGroups } from "./packets.ts";
import { readSignatureFacts, SIGNATURE_TYPE } from "./signature-facts.ts";
import { verifyCertification } from "./verify-certification.ts";

export interface DirectoryEntry {
  readonly id: IdentityId;
  /** Upper-case hex. */
  readonly fingerprint: string;
  /** Canonical. `servedCertificate` makes the answer of it. */
  readonly bytes: Uint8Array;
  /** `Certificate.searchTerms`. */
  readonly terms: readonly string[];
}

export interface DirectoryOptions {
  readonly atMs: number;
  /** Most that is kept; whole signatures are left out, in the order of `certificateCut`. */
  readonly maxBytes: number;
  /** The certificate that the directory has under a fingerprint. */
  readonly issuerOf: (fingerprint: string) => Promise<Uint8Array | undefined>;
}

/** Of what the owner signed: twice what a directory keeps, so that an old key can still say that it is revoked. */
const MAX_OWN_BYTES = 128 * 1024;
/** Revocations by strangers that one publication can make a directory check. */
const MAX_CHECKED_REVOCATIONS = 64;
/** Room for revocations of certifications that are not attested (yet). */
const MAX_UNRELATED_REVOCATION_BYTES = 8 * 1024;

/**
 * What is to be kept once `incoming` has come in. Everything is a function of the packets known so far, whatever order they came in,
 * as long as nothing had to be cut.
 *
 * @param known what this function answered before.
 * @throws {IdentityError} certificate/*, also when the owner said nothing that holds
 */
export async function mergeIntoDirectory(
  known: Uint8Array | undefined,
  incoming: Uint8Array,
  options: DirectoryOptions,
): Promise<DirectoryEntry> {
  const certificate = await Certificate.parse(incoming, { atMs: options.atMs, maxOwnBytes: MAX_OWN_BYTES });
  const hasSaidSomething = certificate.newestSelfSignature !== undefined;
  if (!hasSaidSomething && (known === undefined || certificate.revocation.kind === "none"))
    throw new IdentityError("certificate/noSelfSignature");
  const kept = known === undefined ? certificate.ownBytes() : await mergeCertificates(known, certificate.ownBytes());
  const before = groupPackets(splitPackets(kept));
  const revocations = await newRevocations(before, certificate, options);
  const together = groupPackets(splitPackets(await mergeCertificates(kept, withOthers(certificate, revocations))));
  const wanted = selected(together, certificate.fingerprint, bodiesOf(before));
  const bytes = certificateCut(wanted, certificate.fingerprint, options.maxBytes);
  const merged = await Certificate.parse(bytes, options);
  return { id: merged.id, fingerprint: merged.fingerprint, bytes, terms: merged.searchTerms() };
}

/** Whose a certificate claims to be; nothing of it is verified. @throws {IdentityError} certificate/* */
export function claimedIdentity(bytes: Uint8Array): IdentityId {
  if (bytes.length > MAX_CERTIFICATE_BYTES) throw new IdentityError("certificate/tooLarge");
  return identityIdOf(groupPackets(splitPackets(bytes)).primary.body);
}

/** What anybody gets: a third party's revocation only beside a certification that it revokes. @param stored a directory's own bytes. */
export function servedCertificate(stored: Uint8Array, program: RecipientProgram = "any"): Uint8Array {
  const groups = exportableGroups(groupPackets(splitPackets(stored)), program);
  const own = fingerprintOf(groups.primary.body) ?? "";
  const components = groups.components.map(({ packet, signatures }) => {
    const others = othersOn({ packet, signatures }, own);
    const issuers = new Set(others.filter(({ kind }) => kind === "certification").map(issuerOf));
    const hidden = new Set(
      others.filter((one) => one.kind === "revocation" && !issuers.has(issuerOf(one))).map(({ body }) => body),
    );
    return { packet, signatures: signatures.filter(({ body }) => !hidden.has(body)) };
  });
  return writeGroups({ ...groups, components });
}

/** Strangers' certifications that may leave, and the given revocations, as a certificate to merge. */
function withOthers(certificate: Certificate, revocations: readonly Certification[]): Uint8Array {
  const certifications = certificate
    .certifications()
    .filter(
      ({ kind, facts, userId }) => kind === "certification" && facts.isExportable && certificate.userIdBody(userId) !== undefined,
    );
  const components = [...certifications, ...revocations].map(({ userId, body }) => ({
    packet: { tag: TAG.userId, body: certificate.userIdBody(userId) ?? new Uint8Array() },
    signatures: [{ tag: TAG.signature, body }],
  }));
  return writeGroups({ primary: { tag: TAG.publicKey, body: certificate.primaryKey() }, direct: [], components });
}

/** Revocations that came in, were not known, and hold under a certificate that the directory has. */
async function newRevocations(
  before: PacketGroups,
  certificate: Certificate,
  { atMs, issuerOf: find }: DirectoryOptions,
): Promise<Certification[]> {
  const known = bodiesOf(before);
  const candidates = certificate
    .certifications()
    .filter(({ kind, facts, body }) => kind === "revocation" && facts.isExportable && !known.has(body.toString()))
    .slice(0, MAX_CHECKED_REVOCATIONS);
  const found: Certification[] = [];
  for (const one of candidates) {
    const { issuerFingerprint } = one.facts;
    const issuer = issuerFingerprint === undefined ? undefined : await find(issuerFingerprint);
    if (issuer === undefined) continue;
    if (await verifyCertification(one, { target: certificate, issuer: await Certificate.parse(issuer, { atMs }) }))
      found.push(one);
  }
  return found;
}

function bodiesOf({ components }: PacketGroups): ReadonlySet<string> {
  return new Set(components.flatMap(({ signatures }) => signatures).map(({ body }) => body.toString()));
}

/**
 * Of all packets, those that are to be kept. A revocation that was kept once stays: else an owner could drop it with the attestation of
 * what it revokes, and bring that back alone (I12).
 */
function selected(groups: PacketGroups, own: string, known: ReadonlySet<string>): PacketGroups {
  let unrelatedBytes = 0;
  const components = groups.components.map((component) => {
    if (component.packet.tag !== TAG.userId) return component;
    const attestations = newestAttestations(component.signatures);
    const others = othersOn(component, own);
    const certifications = others.filter((one) => one.kind === "certification" && isWanted(one, attestations));
    const issuers = new Set(certifications.map(issuerOf));
    const revocations = strongestRevocations(others).filter((one) => {
      if (issuers.has(issuerOf(one))) return true;
      unrelatedBytes += one.body.length;
      return known.has(one.body.toString()) || unrelatedBytes <= MAX_UNRELATED_REVOCATION_BYTES;
    });
    const bodies = new Set([...certifications, ...revocations].map(({ body }) => body));
    const newest = new Set(attestations?.packets.map(({ body }) => body));
    const signatures = component.signatures.filter(({ body }) => {
      const facts = readSignatureFacts(body);
      if (facts === undefined || !isBy(facts, own)) return bodies.has(body);
      return facts.type !== SIGNATURE_TYPE.attestation || newest.has(body);
    });
    return { packet: component.packet, signatures };
  });
  return { ...groups, components };
}

function isWanted(certification: Certification, attestations: Attestations | undefined): boolean {
  return certification.facts.isExportable && attestations?.covers(certification) === true;
}

/** Of each maker one hard and the newest soft one: more say nothing more. */
function strongestRevocations(others: readonly Certification[]): Certification[] {
  const strongest = new Map<string, Certification>();
  for (const one of others) {
    if (one.kind !== "revocation") continue;
    const key = `${issuerOf(one)} ${one.isSoft ? "soft" : "hard"}`;
    const known = strongest.get(key);
    if (known === undefined || (one.isSoft && one.facts.createdMs > known.facts.createdMs)) strongest.set(key, one);
  }
  return [...strongest.values()];
}

/** In the order of their bytes, as the component has them. */
function othersOn({ packet, signatures }: Component, own: string): Certification[] {
  if (packet.tag !== TAG.userId) return [];
  return signatures.flatMap(({ body }: RawPacket) => {
    const one = toCertification(body, "");
    return one === undefined || isBy(one.facts, own) ? [] : [one];
  });
}

function issuerOf({ facts }: Certification): string {
  return facts.issuerFingerprint ?? facts.issuerKeyId ?? "";
}
