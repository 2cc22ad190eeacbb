// What a browser has to offer before anything else can begin.
import type { BootState } from "./boot.ts";

/** The parts of a window that are looked at. */
export interface Surroundings {
  readonly isSecureContext: boolean;
  readonly indexedDB?: unknown;
  readonly Worker?: unknown;
  readonly navigator: { readonly locks?: unknown };
  readonly crypto?: { readonly subtle?: unknown };
}

/** @returns undefined when nothing is in the way. */
export function obstacleIn(window: Surroundings): BootState | undefined {
  if (!window.isSecureContext) return { kind: "insecureContext" };
  if (window.crypto?.subtle === undefined) return { kind: "unsupported", missing: "crypto" };
  if (window.indexedDB === undefined || window.indexedDB === null) return { kind: "unsupported", missing: "indexedDb" };
  if (window.Worker === undefined) return { kind: "unsupported", missing: "worker" };
  if (window.navigator.locks === undefined) return { kind: "unsupported", missing: "locks" };
  return undefined;
}
