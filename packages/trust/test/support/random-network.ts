// Networks of every shape from a seed, with the keys to write them as keyrings.
import type { Binding, Certification, Revocation, Root, TrustCertificate, TrustUserId, Withdrawal } from "../../src/index.ts";
import { type ForgedKey, forgeKey } from "./openpgp-forge.ts";

export type Random = () => number;

/** mulberry32: small, and good enough for shapes. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const SHAPES = [
  "plain",
  "chain",
  "cycle",
  "clique",
  "optima",
  "userIds",
  "endless",
  "zero",
  "scopes",
  "revoked",
  "expired",
  "renewed",
  "everything",
] as const;
export type Shape = (typeof SHAPES)[number];

export interface MadeNetwork {
  readonly certificates: readonly TrustCertificate[];
  readonly roots: readonly Root[];
  readonly keys: ReadonlyMap<string, ForgedKey>;
}

const DAY_MS = 86_400_000;
const pool: ForgedKey[] = [];

/** Keys cost little but not nothing: every network takes them from the same row. */
function keysOf(count: number, nowMs: number): ForgedKey[] {
  for (let i = pool.length; i < count; i++) pool.push(forgeKey(`key ${i}`, nowMs - 2000 * DAY_MS));
  return pool.slice(0, count);
}

export function randomNetwork(shape: Shape, random: Random, nowMs: number): MadeNetwork {
  const size = shape === "clique" ? 5 : 3 + Math.floor(random() * 7);
  const keys = keysOf(size, nowMs);
  const maker = new Maker(shape, random, nowMs, keys);
  const certificates = keys.map((key, i) => maker.certificate(key, i));
  const roots = keys
    .filter((_, i) => i === 0 || random() < 0.15)
    .map(({ fingerprint }, i) => ({ fingerprint, amount: i === 0 || random() < 0.7 ? 120 : maker.pick([0, 30, 60, 119]) }));
  return { certificates, roots, keys: new Map(keys.map((key) => [key.fingerprint, key])) };
}

class Maker {
  readonly #shape: Shape;
  readonly #random: Random;
  readonly #nowMs: number;
  readonly #keys: readonly ForgedKey[];

  constructor(shape: Shape, random: Random, nowMs: number, keys: readonly ForgedKey[]) {
    this.#shape = shape;
    this.#random = random;
    this.#nowMs = nowMs;
    this.#keys = keys;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new RangeError("nothing to pick from");
    return value;
  }

  certificate(key: ForgedKey, index: number): TrustCertificate {
    const hasMany = this.#is("userIds") && this.#chance(0.6);
    const names = hasMany
      ? [`P${index} <p${index}@one.example>`, `P${index} <p${index}@two.example>`]
      : [`P${index} <p${index}@one.example>`];
    return {
      id: key.fingerprint,
      fingerprint: key.fingerprint,
      createdMs: key.createdMs,
      direct: this.#is("renewed") && this.#chance(0.3) ? [this.#binding(key)] : [],
      revocations: this.#is("revoked") && this.#chance(0.3) ? [this.#revocation()] : [],
      userIds: names.map((text) => this.#userId(key, index, text)),
    };
  }

  #userId(key: ForgedKey, index: number, text: string): TrustUserId {
    const bindings = [this.#binding(key, 1900)];
    if (this.#is("renewed")) for (let i = 0; i < 2; i++) if (this.#chance(0.5)) bindings.push(this.#binding(key));
    const certifications: Certification[] = [];
    const withdrawals: Withdrawal[] = [];
    this.#keys.forEach(({ fingerprint: issuer }, i) => {
      if (i === index || !this.#isEdge(i, index)) return;
      const times = this.#is("renewed") && this.#chance(0.5) ? 3 : 1;
      for (let n = 0; n < times; n++) certifications.push(this.#certification(issuer));
      if (this.#is("revoked") && this.#chance(0.2)) withdrawals.push({ issuer, createdMs: this.#past(1500) });
    });
    const revocations = this.#is("revoked") && this.#chance(0.12) ? [this.#revocation()] : [];
    return { text, bindings, revocations, certifications, withdrawals };
  }

  #isEdge(from: number, to: number): boolean {
    const { length } = this.#keys;
    switch (this.#shape) {
      case "chain":
        return to === from + 1;
      case "cycle":
        return to === (from + 1) % length || this.#chance(0.1);
      case "clique":
        return true;
      case "optima":
        // A short weak way beside a long strong one.
        return to === from + 1 || (to === from + 2 && this.#chance(0.5)) || this.#chance(0.05);
      default:
        return this.#chance(0.35);
    }
  }

  #certification(issuer: string): Certification {
    const createdMs = this.#past(1600);
    const expiresAtMs = this.#is("expired") && this.#chance(0.3) ? createdMs + this.#days(1, 1500) : undefined;
    return { issuer, createdMs, expiresAtMs, depth: this.#depth(), amount: this.#amount(), scopes: this.#scopes() };
  }

  #depth(): number {
    if (this.#shape === "endless") return this.pick([255, 255, 255, 254, 0]);
    if (this.#shape === "chain" || this.#shape === "cycle") return this.pick([0, 1, 2, 3, 5, 9, 255, 255]);
    return this.pick([0, 1, 1, 2, 3, 255]);
  }

  #amount(): number {
    if (this.#is("zero") && this.#chance(0.3)) return 0;
    return this.pick(this.#shape === "optima" ? [30, 60, 90, 120] : [30, 60, 60, 61, 90, 119, 120, 120, 121, 200, 255]);
  }

  #scopes(): string[] {
    if (!this.#is("scopes") || this.#chance(0.4)) return [];
    const count = this.pick([1, 1, 2]);
    return Array.from({ length: count }, () => this.pick(SCOPES));
  }

  #binding(key: ForgedKey, daysAgo?: number): Binding {
    const createdMs = daysAgo === undefined ? this.#past(1800) : this.#nowMs - daysAgo * DAY_MS;
    if (!this.#is("expired") || this.#chance(0.5)) return { createdMs, isPrimary: this.#is("renewed") && this.#chance(0.3) };
    const expiresAtMs = this.#chance(0.3) ? createdMs + this.#days(1, 2000) : undefined;
    const keyExpiresAtMs = this.#chance(0.7) ? key.createdMs + this.#days(150, 3000) : "never";
    return { createdMs, expiresAtMs, keyExpiresAtMs };
  }

  #revocation(): Revocation {
    const kind = this.pick(["soft", "soft", "hard"] as const);
    const createdMs = this.#past(1500);
    return { kind, createdMs, expiresAtMs: this.#chance(0.2) ? createdMs + this.#days(1, 1000) : undefined };
  }

  #is(shape: Shape): boolean {
    return this.#shape === shape || this.#shape === "everything";
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #past(daysAtMost: number): number {
    return this.#nowMs - this.#days(1, daysAtMost);
  }

  /** Whole hours, so that two statements now and then have one time. */
  #days(least: number, most: number): number {
    return Math.floor((least + this.#random() * (most - least)) / 20) * 20 * DAY_MS + DAY_MS;
  }
}

const SCOPES = [
  "<[^>]+[@.]one\\.example>$",
  "<[^>]+[@.]two\\.example>$",
  "example",
  "^P[0-4] ",
  "(one|two)\\.example",
  "nobody",
  "p[13579]@",
  "(",
  "a**",
  "|",
];
