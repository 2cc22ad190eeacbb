// What a certification is to say, checked before anything is signed.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { ClientError } from "../failure.ts";
import type { CertificationTerms } from "../trust-snapshots.ts";
import { FULL_AMOUNT } from "./trust-book.ts";

const MAX_SCOPES = 16;
const MAX_SCOPE_BYTES = 1024;
const MAX_BYTE = 255;

export interface CheckedTerms {
  readonly depth: number;
  readonly amount: number;
  readonly scopes: readonly string[];
  readonly expiresAtMs?: number;
  readonly isPublic: boolean;
}

/** @throws {ClientError} trust/badTerms */
export function checkedTerms(terms: CertificationTerms, nowMs: number): CheckedTerms {
  const { depth = 0, amount = FULL_AMOUNT, scopes = [], expiresAtMs, isPublic = false } = terms;
  if (!isByte(depth)) throw new ClientError({ code: "trust/badTerms", reason: "depth" });
  assertAmount(amount);
  const isGoodScope = (scope: string): boolean =>
    scope !== "" && !scope.includes("\0") && encodeUtf8(scope).length <= MAX_SCOPE_BYTES;
  if (scopes.length > MAX_SCOPES || !scopes.every(isGoodScope))
    throw new ClientError({ code: "trust/badTerms", reason: "scope" });
  // OpenPGP counts in whole seconds from the signature on.
  if (expiresAtMs !== undefined && !(expiresAtMs >= nowMs + 2_000 && expiresAtMs < nowMs + 0xffff_ffff * 1000))
    throw new ClientError({ code: "trust/badTerms", reason: "expiry" });
  return { depth, amount, scopes, isPublic, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
}

/** @throws {ClientError} trust/badTerms */
export function assertAmount(amount: number): void {
  if (!isByte(amount)) throw new ClientError({ code: "trust/badTerms", reason: "amount" });
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_BYTE;
}
