// How much of each edge is left after the paths that were taken, and what partly trusted roots may give at most.
import { FULL_AMOUNT } from "./certificate.ts";
import type { Edge } from "./network.ts";

export interface Root {
  readonly fingerprint: string;
  /** 0..255; 120 is full. Less caps every certification that the root makes. */
  readonly amount: number;
}

export class Capacity {
  readonly #caps: ReadonlyMap<string, number>;
  readonly #taken = new Map<string, number>();
  readonly #takenOfIssuer = new Map<string, number>();

  constructor(roots: readonly Root[]) {
    this.#caps = new Map(
      roots.filter(({ amount }) => amount !== FULL_AMOUNT).map(({ fingerprint, amount }) => [fingerprint, amount]),
    );
  }

  /** What an edge between two certificates can still carry, of the amount that it has. */
  left(issuer: string, target: string, amount: number): number {
    const capped = Math.min(amount, this.#caps.get(issuer) ?? amount);
    const taken = (this.#taken.get(key(issuer, target)) ?? 0) + (this.#takenOfIssuer.get(issuer) ?? 0);
    return Math.max(0, capped - taken);
  }

  takePath(steps: readonly Pick<Edge, "issuer" | "target">[], amount: number): void {
    for (const { issuer, target } of steps) add(this.#taken, key(issuer, target), amount);
  }

  /** A root that vouches for itself uses up what it could give others. */
  takeIssuer(issuer: string, amount: number): void {
    add(this.#takenOfIssuer, issuer, amount);
  }
}

function key(issuer: string, target: string): string {
  return `${issuer} ${target}`;
}

function add(map: Map<string, number>, at: string, amount: number): void {
  map.set(at, (map.get(at) ?? 0) + amount);
}
