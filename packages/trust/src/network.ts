// Certificates by fingerprint, and the certifications on each that count at a time. These are worked out when first asked for and kept
// until the certificate or one of those who certified it changes: after one change everything else stands.
import type { Certification, TrustCertificate, TrustUserId } from "./certificate.ts";
import { TrustError } from "./trust-error.ts";
import { bindingAt, standingAt } from "./validity.ts";

/** A certification that counts. */
export interface Edge {
  readonly issuer: string;
  readonly target: string;
  readonly userId: string;
  /** Infinity: no limit. */
  readonly depth: number;
  readonly amount: number;
  readonly scopes: readonly string[];
  readonly createdMs: number;
  readonly expiresAtMs?: number | undefined;
}

interface Kept {
  readonly atMs: number;
  readonly edges: readonly Edge[];
}

export class TrustNetwork {
  readonly #certificates = new Map<string, TrustCertificate>();
  readonly #edges = new Map<string, Kept>();
  /** Whom a certificate has certified: what a change of it touches. */
  readonly #certifiedBy = new Map<string, Set<string>>();
  #edgesComputed = 0;

  /** @throws {TrustError} network/fingerprintCollision */
  constructor(certificates: Iterable<TrustCertificate> = []) {
    for (const certificate of certificates) this.put(certificate);
  }

  get size(): number {
    return this.#certificates.size;
  }

  /** For how many certificates the certifications were worked out so far. */
  get edgesComputed(): number {
    return this.#edgesComputed;
  }

  get(fingerprint: string): TrustCertificate | undefined {
    return this.#certificates.get(fingerprint);
  }

  values(): Iterable<TrustCertificate> {
    return this.#certificates.values();
  }

  /** Adds one or takes the place of an older state of it. @throws {TrustError} network/fingerprintCollision */
  put(certificate: TrustCertificate): void {
    const { fingerprint, id } = certificate;
    const known = this.#certificates.get(fingerprint);
    if (known !== undefined && known.id !== id) throw new TrustError("network/fingerprintCollision");
    this.#forget(fingerprint);
    this.#certificates.set(fingerprint, certificate);
    for (const { certifications } of certificate.userIds) {
      for (const { issuer } of certifications) {
        const targets = this.#certifiedBy.get(issuer);
        if (targets === undefined) this.#certifiedBy.set(issuer, new Set([fingerprint]));
        else targets.add(fingerprint);
      }
    }
  }

  remove(fingerprint: string): void {
    this.#forget(fingerprint);
    this.#certificates.delete(fingerprint);
  }

  #forget(fingerprint: string): void {
    this.#edges.delete(fingerprint);
    for (const target of this.#certifiedBy.get(fingerprint) ?? []) this.#edges.delete(target);
  }

  /** The certifications on a certificate that count at a time, by issuer and user ID. */
  edgesInto(fingerprint: string, atMs: number): readonly Edge[] {
    const kept = this.#edges.get(fingerprint);
    if (kept?.atMs === atMs) return kept.edges;
    const target = this.#certificates.get(fingerprint);
    const edges = target === undefined ? [] : this.#computeEdges(target, atMs);
    this.#edges.set(fingerprint, { atMs, edges });
    return edges;
  }

  #computeEdges(target: TrustCertificate, atMs: number): Edge[] {
    this.#edgesComputed++;
    if (standingAt(target, atMs) === "absent") return [];
    return target.userIds
      .filter(({ bindings }) => bindingAt(bindings, atMs) !== undefined)
      .flatMap((userId) => this.#newest(target, userId, atMs).map((certification) => toEdge(target, userId, certification)))
      .sort((a, b) => order(a.issuer, b.issuer) || order(a.userId, b.userId) || order(termsOf(a), termsOf(b)));
  }

  /** Of each issuer's certifications of a user ID the newest that counts; several of one second all count. */
  #newest(target: TrustCertificate, userId: TrustUserId, atMs: number): Certification[] {
    const newest = new Map<string, Certification[]>();
    for (const certification of userId.certifications) {
      const { issuer, createdMs } = certification;
      const known = newest.get(issuer);
      const knownMs = known?.[0]?.createdMs ?? -1;
      if (createdMs < knownMs || !this.#counts(target, userId, certification, atMs)) continue;
      if (known === undefined || createdMs > knownMs) newest.set(issuer, [certification]);
      else known.push(certification);
    }
    return [...newest.values()].flat();
  }

  /** Judged at the time it was made: an issuer who expired or retired later keeps what it certified before. */
  #counts(target: TrustCertificate, userId: TrustUserId, certification: Certification, atMs: number): boolean {
    const { issuer, createdMs, expiresAtMs } = certification;
    if (createdMs > atMs || (expiresAtMs !== undefined && expiresAtMs <= atMs)) return false;
    const from = this.#certificates.get(issuer);
    if (from === undefined || standingAt(from, atMs) === "absent") return false;
    if (standingAt(from, createdMs) !== "good" || standingAt(target, createdMs) !== "good") return false;
    return !userId.withdrawals.some(
      (withdrawal) => withdrawal.issuer === issuer && withdrawal.createdMs <= atMs && withdrawal.createdMs > createdMs,
    );
  }
}

function toEdge(
  target: TrustCertificate,
  { text }: TrustUserId,
  { issuer, depth, amount, scopes, createdMs, expiresAtMs }: Certification,
): Edge {
  const limit = depth >= 255 ? Number.POSITIVE_INFINITY : depth;
  return { issuer, target: target.fingerprint, userId: text, depth: limit, amount, scopes, createdMs, expiresAtMs };
}

/** Tells certifications of one second apart, whatever order they came in. */
function termsOf({ depth, amount, scopes, expiresAtMs }: Edge): string {
  return JSON.stringify([depth, amount, scopes, expiresAtMs]);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
