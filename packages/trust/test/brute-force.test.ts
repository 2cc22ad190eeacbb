// Small random graphs, answered by search and by trying everything.
import { describe, expect, it } from "vitest";
import { authenticate, TrustNetwork } from "../src/index.ts";
import { bruteForce, graphOf, maximumFlow } from "./support/brute-force.ts";
import { by, NOW_MS, person } from "./support/people.ts";
import { type Random, seeded } from "./support/random-network.ts";

const NAMES = ["ana", "ben", "carol", "dave", "eve", "frank"];

function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new RangeError("nothing to pick from");
  return value;
}

function smallNetwork(random: Random): TrustNetwork {
  const names = NAMES.slice(0, 3 + Math.floor(random() * 4));
  const density = 0.2 + random() * 0.4;
  return new TrustNetwork(
    names.map((name) => {
      const certificate = person(name);
      const [first] = certificate.userIds;
      if (first === undefined) throw new RangeError("no user ID");
      const texts = random() < 0.25 ? [`${name}@example.org`, `${name}@work.example`] : [`${name}@example.org`];
      const userIds = texts.map((text) => ({
        ...first,
        text,
        certifications: names.flatMap((issuer) =>
          issuer === name || random() > density
            ? []
            : [
                by(issuer, {
                  depth: pick(random, [0, 1, 1, 2, 3, 255]),
                  amount: pick(random, [0, 1, 30, 60, 90, 119, 120, 120, 255]),
                  scopes: random() < 0.15 ? [pick(random, ["example", "work", "^[abc]", "("])] : [],
                }),
              ],
        ),
      }));
      return { ...certificate, userIds };
    }),
  );
}

describe("I6: 10,000 small random graphs", () => {
  it("amounts and paths are those that trying everything finds, and never above the maximum flow", () => {
    const seed = Math.floor(Date.now() / 86_400_000);
    const random = seeded(seed);
    let believed = 0;
    for (let i = 0; i < 10_000; i++) {
      const network = smallNetwork(random);
      const [first, ...others] = [...network.values()].map(({ fingerprint }) => fingerprint);
      const target = pick(random, others);
      const roots = [{ fingerprint: first ?? "", amount: pick(random, [120, 120, 120, 60, 30, 0]) }];
      if (random() < 0.4) roots.push({ fingerprint: pick(random, others), amount: pick(random, [120, 40]) });
      const userId = network.get(target)?.userIds[0]?.text ?? "";
      const question = {
        roots,
        target: { fingerprint: target, userId },
        atMs: NOW_MS,
        sought: pick(random, [60, 120, 120, 240, 1000]),
      };
      const { amount, paths } = authenticate(network, question);
      const graph = graphOf(network, NOW_MS);
      const written = paths.map((path) => `${path.amount} ${path.certificates.join(">")}`);
      expect({ i, seed, amount, paths: written }).toEqual({ i, seed, ...bruteForce(graph, question) });
      if (roots.every(({ fingerprint }) => fingerprint !== target)) {
        expect(amount).toBeLessThanOrEqual(maximumFlow(graph, question));
      }
      if (amount > 0) believed++;
    }
    expect(believed).toBeGreaterThan(2000);
  });
});
