import type { Subtle } from "@p2pcrypt/files";
import type { HashThread } from "./hash-thread.ts";

/** WebCrypto with another thread for the hashes of large files, from when the first one is needed. */
export function hashingSubtle(subtle: Subtle, begin: () => Promise<HashThread | undefined>): Subtle {
  let thread: Promise<HashThread | undefined> | undefined;
  return {
    digest: (...asked) => subtle.digest(...asked),
    importKey: (...asked) => subtle.importKey(...asked),
    deriveBits: (...asked) => subtle.deriveBits(...asked),
    encrypt: (...asked) => subtle.encrypt(...asked),
    decrypt: (...asked) => subtle.decrypt(...asked),
    hashAway: async (bytes) => {
      thread ??= begin();
      const other = await thread;
      const isThere = other !== undefined && !other.hasEnded;
      return isThere ? other.hash(bytes) : { bytes, digest: await subtle.digest("SHA-256", bytes) };
    },
  };
}
