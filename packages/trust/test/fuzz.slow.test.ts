// As fuzz.test.ts, ten million times, or as many as P2PCRYPT_FUZZ says. Memory is watched too.
import { describe, expect, it } from "vitest";
import { execute, mutated } from "./support/fuzz-keyring.ts";
import { NOW_MS } from "./support/people.ts";
import { randomNetwork, SHAPES, seeded } from "./support/random-network.ts";
import { writeKeyring } from "./support/write-keyring.ts";

const EXECUTIONS = Number(process.env["P2PCRYPT_FUZZ"] ?? 10_000_000);

describe("I16: import of keyrings, at length", () => {
  it(`${EXECUTIONS} mutations are read or refused by name, none takes a second, and memory stays`, {
    timeout: 36_000_000,
  }, async () => {
    const made = SHAPES.map((shape, i) => randomNetwork(shape, seeded(i), NOW_MS));
    const root = made[0]?.roots[0]?.fingerprint ?? "";
    // Two certificates each: short inputs, many executions.
    const corpus = made.map(({ certificates, keys }) => writeKeyring(certificates.slice(0, 2), keys));
    const seed = Math.floor(Date.now() / 1000);
    const random = seeded(seed);
    let slowestMs = 0;
    const before = process.memoryUsage().rss;
    for (let i = 0; i < EXECUTIONS; i++) {
      const bytes = mutated(corpus, random);
      const startedMs = performance.now();
      await execute(bytes, root, NOW_MS).catch((cause: unknown) => {
        throw new Error(`seed ${seed}, execution ${i}: ${Buffer.from(bytes).toString("base64")}`, { cause });
      });
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    }
    expect(slowestMs).toBeLessThan(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  });
});
