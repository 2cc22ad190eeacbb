// What holds for every network. That more certifications never lower a sum is not among it: paths are taken one by one, the shortest
// first, so a new one can stand in the way of two. The last test shows the smallest case.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Authentication, authenticate, type Question, type TrustCertificate, TrustNetwork } from "../src/index.ts";
import { by, DAY_MS, NOW_MS, person } from "./support/people.ts";
import { type Random, randomNetwork, SHAPES, seeded } from "./support/random-network.ts";

const anyNetwork = fc.record({ shape: fc.constantFrom(...SHAPES), seed: fc.nat() });

function questions(certificates: readonly TrustCertificate[], roots: Question["roots"], sought: number): Question[] {
  return certificates.flatMap(({ fingerprint, userIds }) =>
    userIds.map(({ text }) => ({ roots, target: { fingerprint, userId: text }, atMs: NOW_MS, sought })),
  );
}

function told({ amount, paths }: Authentication): unknown {
  return { amount, paths: paths.map((path) => [path.amount, path.certificates]) };
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** Everybody's signature on somebody at most once, so that nothing takes the place of anything. */
function withoutOverrides(certificates: readonly TrustCertificate[]): TrustCertificate[] {
  return certificates.map((certificate) => ({
    ...certificate,
    userIds: certificate.userIds.map((userId) => {
      const seen = new Set<string>();
      const certifications = userId.certifications.filter(({ issuer }) => !seen.has(issuer) && seen.add(issuer));
      return { ...userId, certifications };
    }),
  }));
}

describe("I6: properties", () => {
  it("the order of certificates, user IDs, signatures and roots is irrelevant", () => {
    fc.assert(
      fc.property(anyNetwork, ({ shape, seed }) => {
        const random = seeded(seed);
        const { certificates, roots } = randomNetwork(shape, random, NOW_MS);
        const other = shuffled(certificates, random).map((certificate) => ({
          ...certificate,
          direct: shuffled(certificate.direct, random),
          revocations: shuffled(certificate.revocations, random),
          userIds: shuffled(certificate.userIds, random).map((userId) => ({
            ...userId,
            bindings: shuffled(userId.bindings, random),
            certifications: shuffled(userId.certifications, random),
          })),
        }));
        const [one, two] = [new TrustNetwork(certificates), new TrustNetwork(other)];
        for (const question of questions(certificates, roots, 240)) {
          const turned = { ...question, roots: shuffled(roots, random) };
          expect(told(authenticate(two, turned))).toEqual(told(authenticate(one, question)));
        }
      }),
      // Two self-signatures of one second with different terms: the order of them decided once.
      { numRuns: 400, examples: [[{ shape: "everything", seed: 1_986_319_392 }]] },
    );
  });

  it("a network that was changed answers as one that was made so", () => {
    fc.assert(
      fc.property(anyNetwork, ({ shape, seed }) => {
        const random = seeded(seed);
        const { certificates, roots } = randomNetwork(shape, random, NOW_MS);
        const later = randomNetwork(shape, random, NOW_MS).certificates;
        const network = new TrustNetwork(certificates);
        for (const question of questions(certificates, roots, 120)) authenticate(network, question);
        for (const certificate of later.filter(() => random() < 0.3)) network.put(certificate);
        const fresh = new TrustNetwork([...network.values()]);
        for (const question of questions([...network.values()], roots, 120)) {
          expect(told(authenticate(network, question))).toEqual(told(authenticate(fresh, question)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("one more certification takes belief from nobody else, and where all amounts are full it lowers no amount", () => {
    fc.assert(
      fc.property(anyNetwork, fc.boolean(), ({ shape, seed }, isFull) => {
        const random = seeded(seed);
        const { certificates: made, roots: any } = randomNetwork(shape, random, NOW_MS);
        const roots = any.map(({ fingerprint, amount }) => ({ fingerprint, amount: isFull ? 120 : amount }));
        const certificates = withoutOverrides(made).map((certificate) => (isFull ? withFullAmounts(certificate) : certificate));
        const [issuer, target] = shuffled(certificates, random);
        const [userId] = target?.userIds ?? [];
        if (issuer === undefined || target === undefined || userId === undefined) return;
        if (userId.certifications.some((known) => known.issuer === issuer.fingerprint)) return;
        const added = by(issuer.fingerprint, {
          depth: Math.floor(random() * 4),
          amount: isFull ? 120 : 60,
          createdMs: NOW_MS - DAY_MS,
        });
        const changed = { ...userId, certifications: [...userId.certifications, added] };
        const [before, after] = [new TrustNetwork(certificates), new TrustNetwork(certificates)];
        after.put({ ...target, userIds: [changed, ...target.userIds.slice(1)] });
        for (const question of questions(certificates, roots, 120)) {
          const [was, is] = [authenticate(before, question).amount, authenticate(after, question).amount];
          if (isFull) expect(is).toBeGreaterThanOrEqual(was);
          else expect(is > 0 || was === 0).toBe(true);
        }
      }),
      { numRuns: 600 },
    );
  });

  it("a revocation gives belief to nobody, and where all amounts are full it raises no amount", () => {
    fc.assert(
      fc.property(
        anyNetwork,
        fc.boolean(),
        fc.constantFrom("soft" as const, "hard" as const),
        ({ shape, seed }, isFull, kind) => {
          const random = seeded(seed);
          const { certificates: made, roots: any } = randomNetwork(shape, random, NOW_MS);
          const roots = any.map(({ fingerprint, amount }) => ({ fingerprint, amount: isFull ? 120 : amount }));
          const certificates = withoutOverrides(made).map((certificate) => (isFull ? withFullAmounts(certificate) : certificate));
          const [revoked] = shuffled(certificates, random);
          if (revoked === undefined) return;
          const [before, after] = [new TrustNetwork(certificates), new TrustNetwork(certificates)];
          const createdMs = NOW_MS - Math.floor(random() * 1500) * DAY_MS;
          after.put({ ...revoked, revocations: [...revoked.revocations, { kind, createdMs }] });
          for (const question of questions(certificates, roots, 120)) {
            const [was, is] = [authenticate(before, question).amount, authenticate(after, question).amount];
            if (isFull) expect(is).toBeLessThanOrEqual(was);
            else expect(was > 0 || is === 0).toBe(true);
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it("a sum can fall by one more certification: the new path stands in the way of two", () => {
    const people = (isCrossed: boolean): TrustCertificate[] => [
      person("ana"),
      person("ben", [by("ana", { depth: 5, amount: 60 })]),
      person("carol", [by("ana", { depth: 5, amount: 60 })]),
      person("eve", [by("ben", { depth: 5, amount: 60 })]),
      person("dave", [by("carol", { depth: 5, amount: 60 }), ...(isCrossed ? [by("ben", { depth: 5, amount: 60 })] : [])]),
      person("frank", [by("eve", { amount: 60 }), by("dave", { amount: 60 })]),
    ];
    const ask = (isCrossed: boolean): number =>
      authenticate(new TrustNetwork(people(isCrossed)), {
        roots: [{ fingerprint: "ana", amount: 120 }],
        target: { fingerprint: "frank", userId: "frank@example.org" },
        atMs: NOW_MS,
      }).amount;
    expect([ask(false), ask(true)]).toEqual([120, 60]);
  });
});

function withFullAmounts(certificate: TrustCertificate): TrustCertificate {
  return {
    ...certificate,
    userIds: certificate.userIds.map((userId) => ({
      ...userId,
      certifications: userId.certifications.map((certification) => ({ ...certification, amount: 120 })),
    })),
  };
}
