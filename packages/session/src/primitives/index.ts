// What an implementer of the primitives needs, and what is built on them alone.
export { hkdfExpand, hkdfExtract } from "./hkdf.ts";
export { type HpkeCiphertext, hpkeOpen, hpkeSeal } from "./hpke.ts";
export type { Awaitable, KemKeyPair, SessionCrypto } from "./session-crypto.ts";
export { createXWingCrypto, XWING_SUITE } from "./xwing-crypto.ts";
