// What ts-mls is configured with, per operation: no default of the library is used.
import { APPLICATION_BUCKETS, bucketFor, paddedHandshakeLength } from "../wire/padding.ts";
import type { Judge } from "./judge.ts";
import { type ClientConfig, type ClientState, type GroupState, sameSignatureKey } from "./library.ts";

/** Generations of one sender that may be skipped, and whose keys are kept until the epoch ends. */
export const MAX_SKIPPED_GENERATIONS = 200;

export const KEY_RETENTION = {
  retainKeysForGenerations: MAX_SKIPPED_GENERATIONS,
  // Past epochs are dropped by us, as soon as a commit is adopted.
  retainKeysForEpochs: 1,
  maximumForwardRatchetSteps: MAX_SKIPPED_GENERATIONS,
} as const;

const SECONDS_PER_DAY = 86_400n;
export const MAX_KEY_PACKAGE_LIFETIME_SECONDS = 91n * SECONDS_PER_DAY;

export const APPLICATION_PADDING = {
  kind: "padTo",
  paddedLength: (lengthBytes: number): number => bucketFor(APPLICATION_BUCKETS, lengthBytes) ?? lengthBytes,
} as const;

export const HANDSHAKE_PADDING = { kind: "padTo", paddedLength: paddedHandshakeLength } as const;

/** `atMs` absent: lifetimes are not judged (leaves already in a tree that we join). */
export function configure(judge: Judge, atMs: number | undefined): ClientConfig {
  return {
    keyRetentionConfig: KEY_RETENTION,
    lifetimeConfig: {
      maximumTotalLifetime: MAX_KEY_PACKAGE_LIFETIME_SECONDS,
      validateLifetimeOnReceive: atMs !== undefined,
      ...(atMs === undefined ? {} : { atSeconds: BigInt(Math.floor(atMs / 1000)) }),
    },
    keyPackageEqualityConfig: sameSignatureKey,
    paddingConfig: HANDSHAKE_PADDING,
    authService: judge.service,
  };
}

export function withConfig(state: GroupState, clientConfig: ClientConfig): ClientState {
  return { ...state, clientConfig };
}
