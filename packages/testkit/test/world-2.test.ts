import { expect, it } from "vitest";
import { liveThroughMany, missingIn } from "./support/seeds.ts";

const isReplay = process.env["P2PCRYPT_SEED"] !== undefined;

it.skipIf(isReplay)("O15: 500 more structural seeds", { timeout: 600_000 }, async () => {
  expect(missingIn(await liveThroughMany("s", 500, 500))).toEqual([]);
});

it.skipIf(isReplay)("O15: 30 seeds with the product's own cryptography", { timeout: 600_000 }, async () => {
  expect(missingIn(await liveThroughMany("r", 0, 30))).toEqual([]);
});
