// How much of a relay one lease, one address and everybody together may use.
import type { Clock } from "@p2pcrypt/bytes";

export interface TurnQuotas {
  /** Allocations at once: of one lease, from one client address (an IPv6 address counts by its first 64 bits), of all. */
  readonly allocationsPerLease: number;
  readonly allocationsPerAddress: number;
  readonly allocations: number;
  /** Relayed bytes, both directions together, on average over a second or two. */
  readonly bytesPerSecondPerAllocation: number;
  readonly bytesPerSecond: number;
  /** Relayed bytes of one lease in 24 hours. */
  readonly bytesPerLeasePerDay: number;
  /** From when on an allocation is not refreshed any more. */
  readonly maxAllocationAgeMs: number;
}

export const DEFAULT_TURN_QUOTAS: TurnQuotas = {
  allocationsPerLease: 64,
  allocationsPerAddress: 256,
  allocations: 4_000,
  bytesPerSecondPerAllocation: 1_000_000,
  bytesPerSecond: 25_000_000,
  bytesPerLeasePerDay: 20_000_000_000,
  maxAllocationAgeMs: 12 * 60 * 60_000,
};

/** A bucket that fills at a rate and holds two seconds of it, so that a key frame passes. */
export class ByteBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #atMs: number;

  constructor(bytesPerSecond: number, nowMs: number) {
    this.#perMs = bytesPerSecond / 1000;
    this.#capacity = bytesPerSecond * 2;
    this.#tokens = this.#capacity;
    this.#atMs = nowMs;
  }

  /** @returns false, taking nothing, when there is less than that. */
  take(bytes: number, nowMs: number): boolean {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#tokens < bytes) return false;
    this.#tokens -= bytes;
    return true;
  }
}

const DAY_MS = 86_400_000;

/** What a lease uses now and used today. */
export class LeaseAccount {
  allocations = 0;
  #usedBytes = 0;
  #dayBeganMs: number;

  constructor(nowMs: number) {
    this.#dayBeganMs = nowMs;
  }

  /** Counts only what is within the quota. */
  take(bytes: number, quotaBytes: number, nowMs: number): boolean {
    if (nowMs - this.#dayBeganMs >= DAY_MS) {
      this.#dayBeganMs = nowMs;
      this.#usedBytes = 0;
    }
    if (this.#usedBytes + bytes > quotaBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  isForgettable(nowMs: number): boolean {
    return this.allocations === 0 && (this.#usedBytes === 0 || nowMs - this.#dayBeganMs >= DAY_MS);
  }
}

/** Answers that strangers get, by address: some at once, then so many a second, and beyond that silence (R2 R3). */
export class StrangerLimit {
  readonly #ticks: Clock;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(ticks: Clock) {
    this.#ticks = ticks;
  }

  mayAnswer(ip: string): boolean {
    const nowMs = this.#ticks.nowMs();
    const key = householdOf(ip);
    const bucket = this.#buckets.get(key) ?? { tokens: STRANGER_BURST, atMs: nowMs };
    // Least recently used first: of too many, those go.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_STRANGERS && oldest !== undefined) this.#buckets.delete(oldest);
    bucket.tokens = Math.min(STRANGER_BURST, bucket.tokens + ((nowMs - bucket.atMs) * STRANGER_ANSWERS_PER_SECOND) / 1000);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

export const STRANGER_BURST = 100;
export const STRANGER_ANSWERS_PER_SECOND = 20;
const MAX_STRANGERS = 20_000;

/** One household shares a bucket: an IPv6 address counts by its first 64 bits. */
export function householdOf(ip: string): string {
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.split("::");
  const groups = head === "" ? [] : head.split(":");
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...behind].slice(0, 4).join(":");
}
