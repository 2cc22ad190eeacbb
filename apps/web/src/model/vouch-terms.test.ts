import { expect, it } from "vitest";
import { daysLeft, draftOf, groupIn, scopeFor, termsOf, withGroup, withIntroduces } from "./vouch-terms.ts";

const NOW = Date.parse("2026-05-03T12:00:00Z");
const DAY_MS = 86_400_000;

it("vouching means no more than was chosen: this person only, in private, unless said otherwise", () => {
  expect(termsOf(draftOf(undefined), undefined, NOW)).toEqual({
    kind: "terms",
    terms: { depth: 0, amount: 120, scopes: [], isPublic: false },
  });
});

it("the three plain choices fill in depth, amount and scope", () => {
  const draft = draftOf(undefined);
  expect(termsOf(withIntroduces(draft, "everyone"), undefined, NOW)).toMatchObject({
    terms: { depth: 1, amount: 120, scopes: [] },
  });
  expect(termsOf(withIntroduces(draft, "half"), undefined, NOW)).toMatchObject({ terms: { depth: 1, amount: 60, scopes: [] } });
  const within = withGroup(withIntroduces(draft, "within"), "work.example");
  expect(termsOf(within, undefined, NOW)).toMatchObject({ terms: { depth: 1, scopes: ["[@.]work\\.example>?$"] } });
  // Changing one's mind leaves nothing of the choice before.
  expect(termsOf(withIntroduces(within, "no"), undefined, NOW)).toMatchObject({ terms: { depth: 0, scopes: [] } });
});

it("within a group that is not named is not everyone", () => {
  expect(termsOf(withIntroduces(draftOf(undefined), "within"), undefined, NOW)).toEqual({ kind: "bad", field: "within" });
});

it("a domain holds its addresses and those under it and no look-alike; a group is a part of a name, taken literally", () => {
  const domain = new RegExp(scopeFor("work.example"));
  expect(["Ben <ben@work.example>", "ben@lab.work.example"].map((name) => domain.test(name))).toEqual([true, true]);
  expect(["Ben <ben@homework.example>", "<b@work.example.org>", "<b@workXexample>"].map((name) => domain.test(name))).toEqual([
    false,
    false,
    false,
  ]);
  const group = new RegExp(scopeFor("Chess (A+B)"));
  expect(["Ben, Chess (A+B)", "Ben, Chess AAB"].map((name) => group.test(name))).toEqual([true, false]);
  expect(scopeFor("a.example, Chess")).toBe("[@.]a\\.example>?$\nChess");
  expect(["[@.]work\\.example>?$", "Chess \\(A\\+B\\)", "^Car"].map(groupIn)).toEqual(["work.example", "Chess (A+B)", "^Car"]);
});

it("what stands comes back as it was, with its end, and numbers that mean nothing are told", () => {
  const standing = { madeAtMs: NOW, depth: 1, amount: 60, scopes: [], isPublic: true, expiresAtMs: NOW + 40 * DAY_MS };
  const { madeAtMs: _, ...terms } = standing;
  expect(termsOf(draftOf(standing), standing, NOW)).toEqual({ kind: "terms", terms });
  expect(draftOf(standing)).toMatchObject({ introduces: "half", ends: "keep" });
  expect(termsOf({ ...draftOf(standing), amount: "256" }, standing, NOW)).toEqual({ kind: "bad", field: "amount" });
  expect(termsOf({ ...draftOf(standing), depth: "-1" }, standing, NOW)).toEqual({ kind: "bad", field: "depth" });
  expect(termsOf({ ...draftOf(standing), ends: "year" }, standing, NOW)).toMatchObject({
    terms: { expiresAtMs: NOW + 365 * DAY_MS },
  });
  expect([daysLeft(standing, NOW), daysLeft({}, NOW)]).toEqual([40, undefined]);
});
