// Hostile keyrings, for some seconds. Inputs that once went wrong lie in `corpus` and are read first.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { execute, mutated } from "./support/fuzz-keyring.ts";
import { NOW_MS } from "./support/people.ts";
import { randomNetwork, SHAPES, seeded } from "./support/random-network.ts";
import { writeKeyring } from "./support/write-keyring.ts";

const CORPUS = new URL("corpus/", import.meta.url);

describe("I16: import of keyrings", () => {
  const made = SHAPES.map((shape, i) => randomNetwork(shape, seeded(i), NOW_MS));
  const root = made[0]?.roots[0]?.fingerprint ?? "";
  const good = made.map(({ certificates, keys }) => writeKeyring(certificates.slice(0, 4), keys));
  const kept = readdirSync(CORPUS).map((name) => new Uint8Array(readFileSync(new URL(name, CORPUS))));

  it("every kept input is read or refused by name", async () => {
    expect(kept.length).toBeGreaterThan(0);
    for (const bytes of kept) expect(["read", "refused"]).toContain(await execute(bytes, root, NOW_MS));
  });

  it("6,000 mutations are read or refused by name, none takes a second", async () => {
    const seed = Math.floor(Date.now() / 1000);
    const random = seeded(seed);
    const counts = { read: 0, refused: 0 };
    for (let i = 0; i < 6000; i++) {
      const bytes = mutated([...good, ...kept], random);
      const startedMs = performance.now();
      const executed = await execute(bytes, root, NOW_MS).catch((cause: unknown) => {
        throw new Error(`seed ${seed}, execution ${i}: ${Buffer.from(bytes).toString("base64")}`, { cause });
      });
      counts[executed]++;
      expect(performance.now() - startedMs).toBeLessThan(1000);
    }
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(100);
  });
});
