// What a certificate is at one time, by its own signatures alone. The rules are those of Sequoia (sequoia-openpgp 1.12), whose answers
// docs/trust.md compares with: which binding counts, what outlives a soft revocation, when a key counts as expired.
import type { Binding, Revocation, TrustCertificate, TrustUserId } from "./certificate.ts";

/** The self-signature that speaks for a component at a time: the newest that is alive then, of one second the one that grants less. */
export function bindingAt(bindings: readonly Binding[], atMs: number): Binding | undefined {
  let found: Binding | undefined;
  for (const binding of bindings) {
    if (isAlive(binding, atMs) && (found === undefined || isNewer(binding, found))) found = binding;
  }
  return found;
}

/** What order they came in must not matter, so equal times are told apart by what is said. */
function isNewer(a: Binding, b: Binding): boolean {
  if (a.createdMs !== b.createdMs) return a.createdMs > b.createdMs;
  const [grantsA, grantsB] = [granted(a), granted(b)];
  const at = grantsA.findIndex((value, i) => value !== grantsB[i]);
  return at >= 0 && (grantsA[at] ?? 0) < (grantsB[at] ?? 0);
}

/** Until when the key, until when the signature, and whether as the primary one. Saying nothing of the key's end is less than `never`. */
function granted({ keyExpiresAtMs = Number.MAX_VALUE, expiresAtMs = Number.POSITIVE_INFINITY, isPrimary }: Binding): number[] {
  return [keyExpiresAtMs === "never" ? Number.POSITIVE_INFINITY : keyExpiresAtMs, expiresAtMs, isPrimary === true ? 1 : 0];
}

/** By its owner. A newer self-signature takes a revocation back, whatever its reason: it is about the name, not about the key. */
export function isUserIdRevoked({ bindings, revocations }: TrustUserId, atMs: number): boolean {
  const boundMs = bindingAt(bindings, atMs)?.createdMs ?? 0;
  return revocations.some((revocation) => isAlive(revocation, atMs) && revocation.createdMs >= boundMs);
}

/** User IDs that their owner stands by at a time, the newest first. Those that are not text are nobody's name. */
export function userIdsAt({ userIds }: TrustCertificate, atMs: number): string[] {
  return userIds
    .flatMap((userId) => {
      const binding = isUserIdRevoked(userId, atMs) ? undefined : bindingAt(userId.bindings, atMs);
      return binding === undefined || userId.text.startsWith("\0") ? [] : [{ text: userId.text, createdMs: binding.createdMs }];
    })
    .sort((a, b) => b.createdMs - a.createdMs || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text);
}

/** Whether the certificate exists at a time, and could certify and be certified then. */
export type Standing = "absent" | "notAlive" | "revoked" | "good";

export function standingAt(certificate: TrustCertificate, atMs: number): Standing {
  const direct = bindingAt(certificate.direct, atMs);
  const speaking = primaryBinding(certificate, atMs) ?? direct;
  if (speaking === undefined) return "absent";
  const { keyExpiresAtMs } = speaking.keyExpiresAtMs === undefined ? (direct ?? speaking) : speaking;
  if (certificate.createdMs > atMs || (typeof keyExpiresAtMs === "number" && keyExpiresAtMs <= atMs)) return "notAlive";
  const boundMs = Math.max(speaking.createdMs, direct?.createdMs ?? 0);
  return certificate.revocations.some((revocation) => counts(revocation, boundMs, atMs)) ? "revoked" : "good";
}

/** Hard: for ever and before. Soft: from its time on, unless the key was bound anew since. */
function counts(revocation: Revocation, boundMs: number, atMs: number): boolean {
  return revocation.kind === "hard" || (isAlive(revocation, atMs) && revocation.createdMs >= boundMs);
}

/** Of the user IDs' bindings the one that speaks for the key: not revoked before revoked, marked primary before not, then newest. */
function primaryBinding({ userIds }: TrustCertificate, atMs: number): Binding | undefined {
  let best: Candidate | undefined;
  for (const userId of userIds) {
    const binding = bindingAt(userId.bindings, atMs);
    if (binding === undefined) continue;
    const candidate = { binding, isRevoked: isUserIdRevoked(userId, atMs), text: userId.text };
    if (best === undefined || isBefore(candidate, best)) best = candidate;
  }
  return best?.binding;
}

type Candidate = { readonly binding: Binding; readonly isRevoked: boolean; readonly text: string };

function isBefore(a: Candidate, b: Candidate): boolean {
  if (a.isRevoked !== b.isRevoked) return b.isRevoked;
  const [isPrimaryA, isPrimaryB] = [a.binding.isPrimary === true, b.binding.isPrimary === true];
  if (isPrimaryA !== isPrimaryB) return isPrimaryA;
  if (a.binding.createdMs !== b.binding.createdMs) return a.binding.createdMs > b.binding.createdMs;
  return a.text < b.text;
}

function isAlive(signature: { readonly createdMs: number; readonly expiresAtMs?: number | undefined }, atMs: number): boolean {
  return signature.createdMs <= atMs && (signature.expiresAtMs === undefined || atMs < signature.expiresAtMs);
}
