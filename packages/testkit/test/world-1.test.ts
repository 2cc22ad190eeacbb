import { describe, expect, it } from "vitest";
import { liveThrough } from "./support/history.ts";
import { liveThroughMany, missingIn } from "./support/seeds.ts";

const ONE = process.env["P2PCRYPT_SEED"];

describe("O15: the simulated world", () => {
  it.skipIf(ONE !== undefined)(
    "500 structural seeds of faults: everything promised comes true",
    { timeout: 600_000 },
    async () => {
      expect(missingIn(await liveThroughMany("s", 0, 500))).toEqual([]);
    },
  );

  it.runIf(ONE !== undefined)("replays P2PCRYPT_SEED", { timeout: 60_000 }, async () => {
    const seed = ONE ?? "";
    await expect(liveThrough(seed, { fidelity: seed.startsWith("r") ? "real" : "structural", steps: 25 })).resolves.toBeDefined();
  });
});
