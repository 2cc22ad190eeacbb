import { expect, it } from "vitest";
import { MAX_PAGE_PIXELS, MAX_PAGE_SIDE } from "../protocol/pdf-protocol.ts";
import { scaleFor } from "./page-size.ts";

it("B5: a page is as wide as it is wanted, and never larger than a page may be", () => {
  expect(scaleFor({ width: 600, height: 800 }, 1_200)).toBe(2);
  for (const [width, height] of [
    [600, 800],
    [14_400, 14_400],
    [1e9, 1],
    [1, 1e9],
    [0.001, 0.001],
  ] as const)
    for (const wanted of [1, 1_000, 1e9]) {
      const scale = scaleFor({ width, height }, wanted);
      expect(scale * width * (scale * height)).toBeLessThanOrEqual(MAX_PAGE_PIXELS * 1.000_001);
      expect(scale * Math.max(width, height)).toBeLessThanOrEqual(MAX_PAGE_SIDE * 1.000_001);
    }
  for (const size of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => scaleFor({ width: size, height: 800 }, 100)).toThrow(RangeError);
});
