// The seam between sessions and whoever calls them: any calls in any order, over records with flipped bits.
import { expect, it } from "vitest";
import { interact } from "../support/interaction.ts";
import { structuralDeps } from "../support/people.ts";
import { seededRandom } from "../support/structural-crypto.ts";

it("M26: three members, any calls in any order, records doubled, cut and with bits flipped: nothing is shown that was not said", async () => {
  const tally = await interact(structuralDeps("interaction"), seededRandom("interaction"), 250);
  expect(Math.min(tally.said, tally.commits, tally.spoiled)).toBeGreaterThan(12);
});
