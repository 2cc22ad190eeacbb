import { describe, expect, it } from "vitest";
import { liveInCrowd } from "./support/crowd.ts";

/** A seed of the slow suite, g0 to g1999: its size follows from its number. */
const ONE = /^g(\d+)$/.exec(process.env["P2PCRYPT_SEED"] ?? "")?.[1];

describe.skipIf(process.env["P2PCRYPT_SEED"] !== undefined)("O15 M9: a group in the simulated world", () => {
  it.each([3, 4, 5, 6, 7, 8, 12, 20])("of %i people, who come and go while everything fails", {
    timeout: 600_000,
  }, async (size) => {
    const tally = await liveInCrowd(`g${size - 3}`, { size, steps: 40 });
    expect(tally.spoken).toBeGreaterThan(0);
    expect(tally.changes).toBeGreaterThan(0);
  });
});

it.runIf(ONE !== undefined)("replays P2PCRYPT_SEED", { timeout: 600_000 }, async () => {
  const size = 3 + (Number(ONE) % 18);
  await expect(liveInCrowd(`g${ONE}`, { size, steps: 40 })).resolves.toBeDefined();
});
