// Small networks in words, for tests whose point is one rule.
import type { Certification, TrustCertificate } from "../../src/index.ts";

export const DAY_MS = 86_400_000;
/** Tests stand at this time unless they say otherwise. */
export const NOW_MS = Date.UTC(2026, 0, 1);

export function person(
  name: string,
  certifications: readonly Certification[] = [],
  more: Partial<TrustCertificate> = {},
): TrustCertificate {
  const createdMs = NOW_MS - 1000 * DAY_MS;
  return {
    id: name,
    fingerprint: name,
    createdMs,
    direct: [],
    revocations: [],
    userIds: [{ text: `${name}@example.org`, bindings: [{ createdMs }], revocations: [], certifications, withdrawals: [] }],
    ...more,
  };
}

export function by(issuer: string, more: Partial<Certification> = {}): Certification {
  return { issuer, createdMs: NOW_MS - 500 * DAY_MS, depth: 0, amount: 120, scopes: [], ...more };
}

export function daysAgo(days: number): number {
  return NOW_MS - days * DAY_MS;
}
