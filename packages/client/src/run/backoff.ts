import type { RandomBytes } from "@p2pcrypt/bytes";

/** Doubles with each attempt (from 1) up to `lastMs`, then up to half of it is added, so that clients that failed together part. */
export function backoffMs(
  attempt: number,
  range: { readonly firstMs: number; readonly lastMs: number },
  random: RandomBytes,
): number {
  const base = Math.min(range.lastMs, range.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(base * (1 + (random(1)[0] ?? 0) / 512));
}
