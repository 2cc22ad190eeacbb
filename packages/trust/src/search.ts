// One search from a binding back towards the roots. Shorter paths go before stronger ones: a delegation limits how much may follow it, so
// a longer continuation could break what was found before. Because of that the search proceeds in rounds of one step each, visits every
// certificate once, and what it found for a certificate is final when its round ends.
import type { Capacity } from "./capacity.ts";
import { FULL_AMOUNT } from "./certificate.ts";
import type { Edge, TrustNetwork } from "./network.ts";
import { isInScope } from "./scope.ts";

export interface Target {
  readonly fingerprint: string;
  readonly userId: string;
}

/** How a certificate reaches the target. */
export interface Reached {
  readonly amount: number;
  /** Towards the target; undefined at the target itself. */
  readonly next: Edge | undefined;
}

/** What a search is about to read: these certificates, and certifications on them of at least that depth (`none`: without these). */
export interface Need {
  readonly fingerprints: readonly string[];
  readonly depth: number | "none";
}

interface Search {
  readonly network: TrustNetwork;
  readonly target: Target;
  readonly atMs: number;
  readonly capacity: Capacity;
  /**
   * Whether the target is taken as an introducer of its own user IDs: then a delegation to any of them will do. Otherwise only
   * certifications of this very user ID count.
   */
  readonly isSelfSigned: boolean;
  /** The search ends when all of them are reached. */
  readonly seekers: ReadonlySet<string>;
}

/** Yields before each round what it will read, so that a caller may verify exactly that first. */
export function* search(options: Search): Generator<Need, ReadonlyMap<string, Reached>> {
  const { network, target, atMs, isSelfSigned, seekers } = options;
  const reached = new Map<string, Reached>([[target.fingerprint, { amount: FULL_AMOUNT, next: undefined }]]);
  const missing = new Set(seekers);
  missing.delete(target.fingerprint);
  let round = [target.fingerprint];
  for (let depth = isSelfSigned ? 1 : 0; round.length > 0 && missing.size > 0; depth++) {
    yield { fingerprints: round, depth };
    const found = new Map<string, Reached>();
    // In this order ties go to the smallest fingerprint.
    for (const signee of round.sort()) {
      const { amount } = reached.get(signee) ?? { amount: 0 };
      for (const edge of network.edgesInto(signee, atMs)) {
        if (reached.has(edge.issuer)) continue;
        const candidate = carried(edge, amount, depth, options);
        const known = found.get(edge.issuer);
        if (candidate > 0 && isBetter(candidate, edge, known, target)) found.set(edge.issuer, { amount: candidate, next: edge });
      }
    }
    for (const [fingerprint, way] of found) {
      reached.set(fingerprint, way);
      missing.delete(fingerprint);
    }
    round = [...found.keys()];
  }
  return reached;
}

/** What comes through an edge; 0 if it may not be used here. */
function carried(edge: Edge, amount: number, depth: number, { target, capacity, isSelfSigned }: Search): number {
  const isOther = !isSelfSigned && edge.target === target.fingerprint && edge.userId !== target.userId;
  if (edge.amount === 0 || edge.depth < depth || isOther) return 0;
  const through = Math.min(amount, capacity.left(edge.issuer, edge.target, edge.amount));
  return through > 0 && isInScope(edge.scopes, target.userId) ? through : 0;
}

/** Of one issuer's equal certifications of one certificate, that of the user ID in question: its path is a step shorter. */
function isBetter(amount: number, edge: Edge, known: Reached | undefined, target: Target): boolean {
  if (known === undefined || amount !== known.amount) return amount > (known?.amount ?? 0);
  return known.next?.target === edge.target && edge.target === target.fingerprint && edge.userId === target.userId;
}
