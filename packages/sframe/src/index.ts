// SFrame (RFC 9605): media frames sealed one by one. No clock of its own, no network; WebCrypto is an argument.
export { CIPHER_SUITES, type CipherSuite } from "./cipher-suite.ts";
export { MAX_HEADER_BYTES } from "./header.ts";
export { type EpochKeys, KeyRing, OLD_KEY_SEALS_MS, OLD_KEYS_LIVE_MS } from "./key-ring.ts";
export type { KeyPlace } from "./keys.ts";
export { kidOf } from "./kid.ts";
export { SFrameError, type SFrameFailure } from "./sframe-error.ts";
export type { Subtle, SubtleKey } from "./subtle.ts";
