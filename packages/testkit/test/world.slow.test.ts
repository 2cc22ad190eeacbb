import { expect, it } from "vitest";
import { scaled } from "./support/scale.ts";
import { liveThroughMany, missingIn } from "./support/seeds.ts";

const [STRUCTURAL, REAL] = [scaled(100_000), scaled(1_000)];

it(`O15: ${STRUCTURAL} structural seeds`, { timeout: 24 * 3_600_000 }, async () => {
  expect(missingIn(await liveThroughMany("s", 0, STRUCTURAL))).toEqual([]);
});

it(`O15: ${REAL} seeds with the product's own cryptography`, { timeout: 24 * 3_600_000 }, async () => {
  expect(missingIn(await liveThroughMany("r", 0, REAL))).toEqual([]);
});
