import { describe, expect, it } from "vitest";
import { type CrowdTally, liveInCrowd } from "./support/crowd.ts";

/** A seed of the slow suite, g0 to g1999, or with second devices, d0 to d1999: its size follows from its number. */
const [, KIND, ONE] = /^([gd])(\d+)$/.exec(process.env["P2PCRYPT_SEED"] ?? "") ?? [];

const taken: CrowdTally[] = [];

describe.skipIf(process.env["P2PCRYPT_SEED"] !== undefined)("O15 M9: a group in the simulated world", () => {
  it.each([3, 4, 5, 6, 7, 8, 12, 20])("of %i people, who come and go while everything fails", {
    timeout: 600_000,
  }, async (size) => {
    const tally = await liveInCrowd(`g${size - 3}`, { size, steps: 40 });
    expect(tally.spoken).toBeGreaterThan(0);
    expect(tally.changes).toBeGreaterThan(0);
  });

  it.each([3, 5, 8, 20])("of %i people who take second devices, by a code and from backups, and remove them", {
    timeout: 600_000,
  }, async (size) => {
    const tally = await liveInCrowd(`d${size - 3}`, { size, steps: 60, hasDevices: true });
    expect(tally.restored + tally.linked).toBeGreaterThan(0);
    taken.push(tally);
  });

  it("second devices were linked, restored and removed among them", () => {
    for (const what of ["linked", "restored", "removed"] as const) expect(taken.some((tally) => tally[what] > 0)).toBe(true);
  });
});

it.runIf(ONE !== undefined)("replays P2PCRYPT_SEED", { timeout: 600_000 }, async () => {
  const life = { size: 3 + (Number(ONE) % 18), ...(KIND === "d" ? { steps: 60, hasDevices: true } : { steps: 40 }) };
  await expect(liveInCrowd(`${KIND}${ONE}`, life)).resolves.toBeDefined();
});
