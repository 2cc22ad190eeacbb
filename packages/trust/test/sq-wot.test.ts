// The same questions put to Debian's sq-wot 0.2, on keyrings that both read.
import { describe, expect, it } from "vitest";
import { compareWithSqWot } from "./support/compare-with-sq-wot.ts";
import { SHAPES } from "./support/random-network.ts";
import { hasSqWot } from "./support/sq-wot.ts";

/** Another start each day: a failure names its seed. */
const FIRST_SEED = Math.floor(Date.now() / 86_400_000) * 1000;

describe.skipIf(!hasSqWot)("I6: with sq-wot 0.2 (skipped when it is not installed: apt-get install sq-wot)", () => {
  it.each(SHAPES)("amounts and paths are equal: %s", async (shape) => {
    const nowMs = Math.floor(Date.now() / 1000) * 1000;
    let believed = 0;
    for (let i = 0; i < 4; i++) {
      const comparison = await compareWithSqWot(shape, FIRST_SEED + SHAPES.indexOf(shape) * 50 + i, nowMs);
      expect(comparison.differences).toEqual([]);
      believed += comparison.believed;
    }
    expect(believed).toBeGreaterThan(0);
  });
});
