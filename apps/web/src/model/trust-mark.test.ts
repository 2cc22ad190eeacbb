import { parseIdentityId } from "@p2pcrypt/identity";
import { expect, it } from "vitest";
import { beliefOf, trustMarkOf } from "./trust-mark.ts";

const identityId = parseIdentityId("b".repeat(64));
if (identityId === undefined) throw new RangeError("an identity id has 64 hexadecimal digits");
const ben = { identityId, fingerprint: "B".repeat(40), name: "Ben" };
const verified = { kind: "verified", method: "scan", atMs: 1 } as const;
const unverified = { kind: "unverified" } as const;
const byBen = { amount: 120, introducers: [ben] };

it("introduced is another mark than verified, and only what one looked at oneself is verified", () => {
  expect(trustMarkOf({ state: "accepted", trust: unverified, authentication: byBen })).toEqual({
    kind: "introduced",
    by: "Ben",
    others: 0,
  });
  expect(trustMarkOf({ state: "accepted", trust: verified, authentication: byBen })).toEqual({ kind: "verified" });
});

it("less than full is partly, nothing is unverified, and so is what nobody introduced", () => {
  expect(beliefOf({ amount: 119, introducers: [ben] })).toEqual({ kind: "partly", amount: 119 });
  expect(beliefOf({ amount: 0, introducers: [] })).toEqual({ kind: "unverified" });
  expect(beliefOf({ amount: 120, introducers: [] })).toEqual({ kind: "unverified" });
  expect(beliefOf(undefined)).toEqual({ kind: "unverified" });
});

it("what stops a person comes first", () => {
  const alert = { kind: "equivocation", atMs: 1, isDecided: false } as const;
  expect(trustMarkOf({ state: "accepted", trust: verified, authentication: byBen, alert })).toEqual({ kind: "equivocation" });
  expect(trustMarkOf({ state: "blocked", trust: verified })).toEqual({ kind: "blocked" });
});
