// As sq-wot.test.ts, on some thousands of networks.
import { describe, expect, it } from "vitest";
import { compareWithSqWot } from "./support/compare-with-sq-wot.ts";
import { SHAPES } from "./support/random-network.ts";
import { hasSqWot } from "./support/sq-wot.ts";

describe.skipIf(!hasSqWot)("I6: with sq-wot 0.2, at length (skipped when it is not installed: apt-get install sq-wot)", () => {
  it.each(SHAPES)("amounts and paths are equal: %s", async (shape) => {
    const nowMs = Math.floor(Date.now() / 1000) * 1000;
    const firstSeed = Math.floor(Date.now() / 3_600_000) * 1000;
    for (let i = 0; i < 300; i++) {
      expect((await compareWithSqWot(shape, firstSeed + i, nowMs)).differences).toEqual([]);
    }
  });
});
