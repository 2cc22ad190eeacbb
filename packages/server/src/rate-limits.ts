// How often who may ask for what. By address, by identity, by stream; work that costs the node much has limits of its own.
import { ApiError } from "@p2pcrypt/api";
import type { Rate, RateLimiter } from "./rate-limiter.ts";

export interface RateLimits {
  /** Every request of one address. */
  readonly address: Rate;
  /** Requests of one address that make the node verify certificates. */
  readonly verification: Rate;
  /** Searches of one address by name or e-mail address: who tries many, learns few (D9). */
  readonly searches: Rate;
  /** Streams made from one address. */
  readonly creation: Rate;
  /** Records of one stream. */
  readonly appends: Rate;
  /** Handshakes of members in one stream; administrators have no limit, so that a flood never keeps them from removing (M10). */
  readonly membersLane: Rate;
  /** Requests of strangers into one inbox, and from one address. */
  readonly strangers: Rate;
  readonly strangersByAddress: Rate;
  /** Claims of one identity's key packages, so that a contact cannot burn them all at once. */
  readonly claims: Rate;
  /** Blobs begun from one address, and their bytes in MiB: the free lease. It counts where they come from, not whose they are (B9). */
  readonly uploads: Rate;
  readonly uploadMebibytes: Rate;
  /** Credentials for the relay, for one stream. */
  readonly relay: Rate;
}

export const DEFAULT_RATE_LIMITS: RateLimits = {
  address: { perMinute: 6_000, burst: 3_000 },
  verification: { perMinute: 120, burst: 120 },
  searches: { perMinute: 2, burst: 100 },
  creation: { perMinute: 60, burst: 100 },
  appends: { perMinute: 3_000, burst: 1_500 },
  membersLane: { perMinute: 6, burst: 12 },
  strangers: { perMinute: 20, burst: 60 },
  strangersByAddress: { perMinute: 10, burst: 20 },
  claims: { perMinute: 30, burst: 60 },
  uploads: { perMinute: 60, burst: 500 },
  uploadMebibytes: { perMinute: 16, burst: 20_480 },
  relay: { perMinute: 60, burst: 60 },
};

/** Most keys that are remembered, at about 150 bytes each. */
export const MAX_RATE_KEYS = 100_000;

/** @throws {ApiError} rateLimited; quota, where it would never be enough */
export function takeOrRefuse(limiter: RateLimiter, key: string, rate: Rate, amount = 1): void {
  if (amount > rate.burst) throw new ApiError("quota");
  const retryAfterMs = limiter.take(key, rate, amount);
  if (retryAfterMs !== undefined) throw new ApiError("rateLimited", { retryAfterMs });
}

/** One household shares a bucket: an IPv6 address counts by its first 64 bits. */
export function addressKey(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address.replace("::ffff:", "");
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...(tail ?? "").split(":")].slice(0, 4).join(":");
}
