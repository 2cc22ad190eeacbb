// Token buckets by key. Memory is bounded: of too many keys the least recently used are forgotten, which favours nobody for long, since
// a forgotten bucket is a full one and whoever floods with new keys pays from the bucket of all (see rate-limits.ts).
import type { Clock } from "@p2pcrypt/bytes";

export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

export class RateLimiter {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, maxKeys: number) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes tokens, all of them or none. @returns undefined, or after how many milliseconds there are enough. */
  take(key: string, rate: Rate, amount = 1): number | undefined {
    const nowMs = this.#clock.nowMs();
    const bucket = this.#buckets.get(key) ?? { tokens: rate.burst, atMs: nowMs };
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxKeys) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    // A clock that was set back gives nothing and takes nothing.
    const elapsedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(rate.burst, bucket.tokens + (elapsedMs * rate.perMinute) / 60_000);
    bucket.atMs = nowMs;
    if (bucket.tokens >= amount) {
      bucket.tokens -= amount;
      return undefined;
    }
    return Math.ceil(((amount - bucket.tokens) * 60_000) / rate.perMinute);
  }
}
