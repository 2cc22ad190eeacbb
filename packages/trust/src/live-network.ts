// A network that changes certificate by certificate, as a client's does: each signature is verified once, when both its certificate and
// its maker's are here, and a later change touches only those whom it concerns.
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeHex } from "@p2pcrypt/bytes";
import {
  type CertificateHistory,
  IdentityError,
  type Certification as ReadCertification,
  readCertificateHistory,
  type SignatureFacts,
} from "@p2pcrypt/identity";
import { type Authentication, authenticate, type Question } from "./authenticate.ts";
import type { Binding, TrustCertificate, TrustUserId } from "./certificate.ts";
import { textOfScope } from "./claimed-statements.ts";
import { type Edge, TrustNetwork } from "./network.ts";

export class LiveNetwork {
  readonly #network = new TrustNetwork();
  readonly #histories = new Map<string, CertificateHistory>();
  /** Whose certificates carry signatures of a maker, by the maker's fingerprint or key id. */
  readonly #signedBy = new Map<string, Set<string>>();
  readonly #byKeyId = new Map<string, Set<string>>();
  readonly #verdicts = new Map<string, boolean>();

  get size(): number {
    return this.#network.size;
  }

  /** How many signatures of others were verified so far. */
  get verifications(): number {
    return this.#verdicts.size;
  }

  /** Adds a certificate, or takes the place of an older state of it. What is no certificate is left out. */
  async put(bytes: Uint8Array): Promise<void> {
    const history = await readOrNothing(bytes);
    if (history === undefined) return;
    const { fingerprint } = history;
    const isNew = !this.#histories.has(fingerprint);
    this.#histories.set(fingerprint, history);
    for (const { certifications } of history.userIds)
      for (const { facts } of certifications)
        add(this.#signedBy, facts.issuerFingerprint ?? facts.issuerKeyId ?? "", fingerprint);
    const targets = new Set([fingerprint]);
    if (isNew) {
      const keyId = keyIdOf(fingerprint);
      add(this.#byKeyId, keyId, fingerprint);
      for (const name of [fingerprint, keyId]) for (const target of this.#signedBy.get(name) ?? []) targets.add(target);
    }
    for (const name of targets) {
      const target = this.#histories.get(name);
      if (target !== undefined) this.#network.put(await this.#judged(target));
    }
  }

  authenticate(question: Question): Authentication {
    return authenticate(this.#network, question);
  }

  /** Every certification that counts at a time, the newest of each maker and name. */
  certifications(atMs: number): readonly Edge[] {
    return [...this.#histories.keys()].flatMap((fingerprint) => this.#network.edgesInto(fingerprint, atMs));
  }

  /** The next time at which something begins or ends, and answers may change by themselves. */
  nextChangeMs(afterMs: number): number | undefined {
    let next: number | undefined;
    for (const certificate of this.#network.values())
      for (const timeMs of timesOf(certificate)) if (timeMs > afterMs && (next === undefined || timeMs < next)) next = timeMs;
    return next;
  }

  async #judged(history: CertificateHistory): Promise<TrustCertificate> {
    const userIds: TrustUserId[] = [];
    for (const { text, bindings, revocations, certifications } of history.userIds) {
      const made = await Promise.all(certifications.map(async (one) => ({ one, issuer: await this.#makerOf(one, history) })));
      const counting = made.flatMap(({ one, issuer }) => (issuer === undefined ? [] : [{ ...one, issuer }]));
      userIds.push({
        text,
        bindings: bindings.map((facts) => toBinding(facts, history)),
        revocations: revocations.map(toRevocation),
        certifications: counting.filter(({ kind }) => kind === "certification").map(toCertification),
        withdrawals: counting
          .filter(({ kind }) => kind === "revocation")
          .map(({ issuer, facts }) => ({ issuer, createdMs: facts.createdMs })),
      });
    }
    const { id, fingerprint, createdMs } = history;
    const direct = history.direct.map((facts) => toBinding(facts, history));
    return { id, fingerprint, createdMs, direct, revocations: history.revocations.map(toRevocation), userIds };
  }

  /** Fingerprint of who made a signature, if they are here and it holds. */
  async #makerOf(one: ReadCertification, target: CertificateHistory): Promise<string | undefined> {
    const { issuerFingerprint, issuerKeyId = "" } = one.facts;
    for (const name of issuerFingerprint === undefined ? (this.#byKeyId.get(issuerKeyId) ?? []) : [issuerFingerprint]) {
      const issuer = this.#histories.get(name);
      if (issuer === undefined) continue;
      const key = `${target.id} ${issuer.id} ${encodeHex(sha256(one.body))} ${one.userId}`;
      const isGood = this.#verdicts.get(key) ?? (await target.verifies(one, issuer));
      this.#verdicts.set(key, isGood);
      if (isGood) return name;
    }
    return undefined;
  }
}

function* timesOf({ createdMs, direct, revocations, userIds }: TrustCertificate): Generator<number> {
  yield createdMs;
  for (const binding of direct) yield* timesOfBinding(binding);
  for (const revocation of revocations) yield* spanOf(revocation);
  for (const userId of userIds) {
    for (const binding of userId.bindings) yield* timesOfBinding(binding);
    for (const one of [...userId.revocations, ...userId.certifications]) yield* spanOf(one);
    for (const withdrawal of userId.withdrawals) yield withdrawal.createdMs;
  }
}

function* timesOfBinding(binding: Binding): Generator<number> {
  yield* spanOf(binding);
  if (typeof binding.keyExpiresAtMs === "number") yield binding.keyExpiresAtMs;
}

function* spanOf({ createdMs, expiresAtMs }: { readonly createdMs: number; readonly expiresAtMs?: number | undefined }) {
  yield createdMs;
  if (expiresAtMs !== undefined) yield expiresAtMs;
}

async function readOrNothing(bytes: Uint8Array): Promise<CertificateHistory | undefined> {
  try {
    return await readCertificateHistory(bytes);
  } catch (error) {
    if (error instanceof IdentityError) return undefined;
    throw error;
  }
}

function toBinding(
  { createdMs, expiresAtMs, keyLifetimeMs, isPrimaryUserId }: SignatureFacts,
  { createdMs: keyCreatedMs }: CertificateHistory,
): Binding {
  const keyExpiresAtMs =
    keyLifetimeMs === undefined ? undefined : keyLifetimeMs === 0 ? ("never" as const) : keyCreatedMs + keyLifetimeMs;
  return { createdMs, expiresAtMs, keyExpiresAtMs, isPrimary: isPrimaryUserId };
}

function toRevocation({ kind, facts }: CertificateHistory["revocations"][number]) {
  return { kind, createdMs: facts.createdMs, expiresAtMs: facts.expiresAtMs };
}

function toCertification({ issuer, facts }: { readonly issuer: string; readonly facts: SignatureFacts }) {
  const { createdMs, expiresAtMs, depth, amount, scopes } = facts;
  return { issuer, createdMs, expiresAtMs, depth, amount, scopes: scopes.map(textOfScope) };
}

function keyIdOf(fingerprint: string): string {
  return fingerprint.length === 40 ? fingerprint.slice(-16) : fingerprint.slice(0, 16);
}

function add(index: Map<string, Set<string>>, key: string, value: string): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([value]));
  else known.add(value);
}
