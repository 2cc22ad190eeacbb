// Sixty digits that two people compare by eye or ear: thirty of each identity, in an order both agree on
// (spec/protocol/identity.md section 9). They are bound to the primary keys and to nothing that changes.
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, purposeBytes } from "@p2pcrypt/bytes";

/** Slows a search for a key with the same digits; 2^99.6 such keys would have to be tried at this price each. */
const ROUNDS = 5_200;

export interface SixtyDigits {
  readonly digits: string;
  readonly mine: string;
  readonly theirs: string;
}

/** @param mine body of a primary-key packet: `Certificate.primaryKey()`. */
export function sixtyDigits(mine: Uint8Array, theirs: Uint8Array): SixtyDigits {
  const [a, b] = [thirtyDigits(mine), thirtyDigits(theirs)];
  return { digits: a <= b ? a + b : b + a, mine: a, theirs: b };
}

function thirtyDigits(primaryKey: Uint8Array): string {
  let hash = sha512(concatBytes(purposeBytes("p2pcrypt sixty digits"), primaryKey));
  for (let round = 1; round < ROUNDS; round++) hash = sha512(concatBytes(hash, primaryKey));
  return [0, 5, 10, 15, 20, 25].map((at) => fiveDigits(hash.subarray(at, at + 5))).join("");
}

function fiveDigits(bytes: Uint8Array): string {
  return (bytes.reduce((value, byte) => value * 256 + byte, 0) % 100_000).toString().padStart(5, "0");
}

/** What a person typed or pasted: sixty digits in any grouping. @returns undefined for anything else. */
export function parseSixtyDigits(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/g, "");
  return /^\d{60}$/.test(digits) ? digits : undefined;
}
