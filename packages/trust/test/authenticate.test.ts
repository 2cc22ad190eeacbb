// One rule each, in networks of a few people.
import { describe, expect, it } from "vitest";
import { type Authentication, authenticate, type Revocation, type TrustCertificate, TrustNetwork } from "../src/index.ts";
import { by, DAY_MS, daysAgo, NOW_MS, person } from "./support/people.ts";

function ask(
  certificates: readonly TrustCertificate[],
  target: string,
  options: { readonly root?: string; readonly amount?: number; readonly atMs?: number; readonly sought?: number } = {},
): Authentication {
  const { root = "ana", amount = 120, atMs = NOW_MS, sought = 120 } = options;
  return authenticate(new TrustNetwork(certificates), {
    roots: [{ fingerprint: root, amount }],
    target: { fingerprint: target, userId: `${target}@example.org` },
    atMs,
    sought,
  });
}

/** ana → p1 → … → last, each with the depth given. */
function chain(depths: readonly number[], amount = 120): TrustCertificate[] {
  const names = ["ana", ...depths.map((_, i) => `p${i + 1}`)];
  return names.map((name, i) => person(name, i === 0 ? [] : [by(names[i - 1] ?? "", { depth: depths[i - 1] ?? 0, amount })]));
}

describe("I7: depth and amount", () => {
  it.each<[depths: readonly number[], amount: number]>([
    [[0], 120],
    [[0, 0], 0],
    [[1, 0], 120],
    [[1, 0, 0], 0],
    [[1, 1, 0], 0],
    [[2, 1, 0], 120],
    [[2, 2, 1, 0], 0],
    [[3, 2, 1, 0], 120],
    [[255, 0, 0], 0],
    [[255, 1, 0], 120],
    [[255, 255, 255, 255, 255, 0], 120],
  ])("delegations of depth %j carry %i", (depths, amount) => {
    expect(ask(chain(depths), `p${depths.length}`).amount).toBe(amount);
  });

  it("254 is a limit and 255 is none", () => {
    const long = (depth: number): number[] => [...Array.from({ length: 255 }, () => depth), 0];
    expect(ask(chain(long(255)), "p256").amount).toBe(120);
    expect(ask(chain([254, ...long(255).slice(1)]), "p256").amount).toBe(0);
    expect(ask(chain([254, ...long(255).slice(2)]), "p255").amount).toBe(120);
  });

  it.each([0, 1, 60, 119, 120])("an amount of %i is what a certification carries", (amount) => {
    expect(ask([person("ana"), person("ben", [by("ana", { amount })])], "ben").amount).toBe(amount);
    expect(ask(chain([1, 0], amount), "p2").amount).toBe(amount);
  });

  it("an amount above 120 is 120 in one path, and carries a second one when more is sought", () => {
    const network = [person("ana"), person("ben", [by("ana", { amount: 255 })])];
    expect(ask(network, "ben").amount).toBe(120);
    expect(ask(network, "ben", { sought: 240 }).paths.map(({ amount }) => amount)).toEqual([120, 120]);
    expect(ask(network, "ben", { sought: 1000 }).amount).toBe(255);
  });
});

describe("paths", () => {
  it("says them from the root to the target, with the certifications between", () => {
    const { paths } = ask(chain([1, 0]), "p2");
    expect(paths.map(({ certificates }) => certificates)).toEqual([["ana", "p1", "p2"]]);
    expect(paths[0]?.certifications.map(({ issuer, target, depth }) => [issuer, target, depth])).toEqual([
      ["ana", "p1", 1],
      ["p1", "p2", 0],
    ]);
  });

  it("prefers a shorter weak path to a longer strong one, and then adds what is left", () => {
    const network = [
      person("ana"),
      person("ben", [by("ana", { depth: 2 })]),
      person("carol", [by("ben", { depth: 1 })]),
      person("dave", [by("ben", { amount: 30 }), by("carol")]),
    ];
    const { amount, paths } = ask(network, "dave");
    expect(amount).toBe(120);
    expect(paths.map((path) => [path.amount, path.certificates.join()])).toEqual([
      [30, "ana,ben,dave"],
      [90, "ana,ben,carol,dave"],
    ]);
  });

  it("two weak introducers add up, and a shared edge counts once", () => {
    const introducers = ["ben", "carol"].map((name) => person(name, [by("ana", { depth: 2, amount: 60 })]));
    const between = person("dave", [by("ben", { depth: 1, amount: 60 }), by("carol", { depth: 1, amount: 60 })]);
    expect(ask([person("ana"), ...introducers, between], "dave").amount).toBe(120);
    const { amount, paths } = ask([person("ana"), ...introducers, between, person("eve", [by("dave", { amount: 90 })])], "eve");
    expect([amount, paths.map((path) => path.amount)]).toEqual([90, [60, 30]]);
  });

  it("an introducer's own user IDs are believed, and the path says so", () => {
    const ben = person("ben", [by("ana", { depth: 1 })]);
    const [first] = ben.userIds;
    if (first === undefined) throw new Error("no user ID");
    const twoNames = {
      ...ben,
      userIds: [
        { ...first, text: "ben@work.example" },
        { ...first, certifications: [] },
      ],
    };
    expect(ask([person("ana"), twoNames], "ben").paths.map(({ certificates }) => certificates)).toEqual([["ana", "ben", "ben"]]);
    const plain = {
      ...twoNames,
      userIds: twoNames.userIds.map((userId) => ({ ...userId, certifications: userId.certifications.map(() => by("ana")) })),
    };
    expect(ask([person("ana"), plain], "ben").amount).toBe(0);
  });

  it("a root is believed about itself, as far as it is trusted", () => {
    expect(ask([person("ana")], "ana")).toMatchObject({ amount: 120, paths: [{ certificates: ["ana"] }] });
    expect(ask([person("ana")], "ana", { amount: 40 }).amount).toBe(40);
    expect(ask([person("ana")], "ana", { amount: 0 }).amount).toBe(0);
  });

  it("a partly trusted root caps each of its certifications", () => {
    const network = [person("ana"), person("ben", [by("ana")]), person("carol", [by("ana", { amount: 30 })])];
    expect([ask(network, "ben", { amount: 60 }).amount, ask(network, "carol", { amount: 60 }).amount]).toEqual([60, 30]);
  });

  it("a target, root or user ID that is not there is not believed", () => {
    const network = [person("ana"), person("ben", [by("ana"), by("nobody")])];
    expect([ask(network, "carol").amount, ask(network, "ben", { root: "nobody" }).amount]).toEqual([0, 0]);
    const other = { fingerprint: "ben", userId: "other@example.org" };
    expect(
      authenticate(new TrustNetwork(network), { roots: [{ fingerprint: "ana", amount: 120 }], target: other, atMs: NOW_MS })
        .amount,
    ).toBe(0);
  });
});

describe("which certification counts", () => {
  const between = (...certifications: ReturnType<typeof by>[]): number =>
    ask([person("ana"), person("ben", certifications)], "ben").amount;

  it("the newest, also when it takes away", () => {
    const [old, young] = [daysAgo(400), daysAgo(300)];
    expect(between(by("ana", { createdMs: old, amount: 120 }), by("ana", { createdMs: young, amount: 40 }))).toBe(40);
    expect(between(by("ana", { createdMs: young, amount: 0 }), by("ana", { createdMs: old }))).toBe(0);
  });

  it("the older one again when the newer has expired or is not made yet", () => {
    const expired = by("ana", { createdMs: daysAgo(300), expiresAtMs: daysAgo(1), amount: 40 });
    expect(between(by("ana", { createdMs: daysAgo(400) }), expired)).toBe(120);
    expect(between(by("ana", { createdMs: daysAgo(400) }), by("ana", { createdMs: NOW_MS + 1, amount: 40 }))).toBe(120);
    expect(between(by("ana", { createdMs: NOW_MS + DAY_MS }))).toBe(0);
  });

  it("none that its maker took back since", () => {
    const ben = (...days: number[]): TrustCertificate => {
      const certificate = person("ben", [by("ana", { createdMs: daysAgo(300) })]);
      const withdrawals = days.map((day) => ({ issuer: "ana", createdMs: daysAgo(day) }));
      return { ...certificate, userIds: certificate.userIds.map((userId) => ({ ...userId, withdrawals })) };
    };
    expect(ask([person("ana"), ben(200)], "ben").amount).toBe(0);
    expect(ask([person("ana"), ben(400)], "ben").amount).toBe(120);
    expect(ask([person("ana"), ben(-1)], "ben").amount).toBe(120);
    expect(ask([person("ana"), ben(200)], "ben", { atMs: daysAgo(250) }).amount).toBe(120);
  });
});

describe("I5: revoked and expired, at each place of a path", () => {
  const soft: Revocation = { kind: "soft", createdMs: daysAgo(100) };
  const hard: Revocation = { kind: "hard", createdMs: daysAgo(100) };
  const certifiedBefore = { createdMs: daysAgo(500), depth: 1 };
  const certifiedAfter = { createdMs: daysAgo(50), depth: 1 };

  function path(
    place: "ana" | "ben" | "carol",
    revocation: Revocation,
    made: { createdMs: number; depth: number },
  ): TrustCertificate[] {
    const people = [person("ana"), person("ben", [by("ana", made)]), person("carol", [by("ben", made)])];
    return people.map((one) => (one.fingerprint === place ? { ...one, revocations: [revocation] } : one));
  }

  it.each(["ana", "ben", "carol"] as const)("hard, of %s: nothing, at any time", (place) => {
    for (const made of [certifiedBefore, certifiedAfter]) expect(ask(path(place, hard, made), "carol").amount).toBe(0);
    expect(ask(path(place, hard, certifiedBefore), "carol", { atMs: daysAgo(200) }).amount).toBe(0);
  });

  it.each(["ana", "ben"] as const)("soft, of %s: what it certified before stays good", (place) => {
    expect(ask(path(place, soft, certifiedBefore), "carol").amount).toBe(120);
    expect(ask(path(place, soft, certifiedAfter), "carol").amount).toBe(0);
  });

  it("soft, of the target: good before, nothing from then on", () => {
    expect(ask(path("carol", soft, certifiedBefore), "carol").amount).toBe(0);
    expect(ask(path("carol", soft, certifiedBefore), "carol", { atMs: soft.createdMs - 1 }).amount).toBe(120);
    expect(ask(path("carol", soft, certifiedBefore), "carol", { atMs: soft.createdMs }).amount).toBe(0);
  });

  it("a soft revocation is over when the owner bound the key anew", () => {
    const carol = person("carol", [by("ana")], { revocations: [soft], direct: [{ createdMs: daysAgo(99) }] });
    expect(ask([person("ana"), carol], "carol").amount).toBe(120);
    expect(ask([person("ana"), { ...carol, revocations: [hard] }], "carol").amount).toBe(0);
  });

  it("a revoked user ID of the target is not believed, of an introducer it still delegates", () => {
    const revoked = (one: TrustCertificate): TrustCertificate => ({
      ...one,
      userIds: one.userIds.map((userId) => ({ ...userId, revocations: [soft] })),
    });
    const [ana, ben, carol] = [person("ana"), person("ben", [by("ana", certifiedBefore)]), person("carol", [by("ben")])];
    expect(ask([ana, ben, revoked(carol)], "carol").amount).toBe(0);
    expect(ask([ana, ben, revoked(carol)], "carol", { atMs: daysAgo(101) }).amount).toBe(120);
    expect(ask([ana, revoked(ben), carol], "carol").amount).toBe(120);
  });

  it.each(["ana", "ben"] as const)("an expired %s keeps what it certified before", (place) => {
    const network = (made: { createdMs: number; depth: number }): TrustCertificate[] =>
      path("ana", soft, made).map((one) => ({
        ...one,
        revocations: [],
        direct: one.fingerprint === place ? [{ createdMs: one.createdMs, keyExpiresAtMs: daysAgo(100) }] : [],
      }));
    expect(ask(network(certifiedBefore), "carol").amount).toBe(120);
    expect(ask(network(certifiedAfter), "carol").amount).toBe(0);
  });

  it("an expired target is not believed, and is again when its owner says that it lives on", () => {
    const expiresAt = (...ends: (number | "never")[]): TrustCertificate => {
      const carol = person("carol", [by("ana")]);
      const bindings = ends.map((keyExpiresAtMs, i) => ({ createdMs: daysAgo(900 - i), keyExpiresAtMs }));
      return { ...carol, userIds: carol.userIds.map((userId) => ({ ...userId, bindings })) };
    };
    expect(ask([person("ana"), expiresAt(daysAgo(1))], "carol").amount).toBe(0);
    expect(ask([person("ana"), expiresAt(daysAgo(1))], "carol", { atMs: daysAgo(2) }).amount).toBe(120);
    expect(ask([person("ana"), expiresAt(daysAgo(1), "never")], "carol").amount).toBe(120);
  });
});

describe("a network that changes", () => {
  /** A ring of introducers: everybody knows the next three. */
  const size = 10_000;
  const name = (i: number): string => `m${String(i % size).padStart(5, "0")}`;
  const member = (i: number, amount = 120): TrustCertificate =>
    person(
      name(i),
      [1, 2, 3].map((step) => by(name(i + size - step), { depth: 255, amount })),
    );

  it("answers again after one change without starting over", () => {
    const network = new TrustNetwork(Array.from({ length: size }, (_, i) => member(i)));
    const question = {
      roots: [{ fingerprint: name(0), amount: 120 }],
      target: { fingerprint: name(3000), userId: `${name(3000)}@example.org` },
      atMs: NOW_MS,
    };
    expect(authenticate(network, question).amount).toBe(120);
    const first = network.edgesComputed;
    expect(first).toBeGreaterThan(2900);
    network.put(member(3000, 40));
    expect(authenticate(network, question)).toEqual(authenticate(new TrustNetwork([...network.values()]), question));
    // The one that changed, and the three whom it certified.
    expect(network.edgesComputed - first).toBeLessThanOrEqual(4);
    network.put({ ...member(2999), revocations: [{ kind: "hard", createdMs: NOW_MS }] });
    expect(authenticate(network, question)).toEqual(authenticate(new TrustNetwork([...network.values()]), question));
    expect(network.edgesComputed - first).toBeLessThanOrEqual(8);
    network.remove(name(0));
    expect(authenticate(network, question).amount).toBe(0);
  });

  it("refuses another key with the fingerprint of one that it has", () => {
    const network = new TrustNetwork([person("ana")]);
    expect(() => network.put({ ...person("ana"), id: "other" })).toThrow("network/fingerprintCollision");
  });
});
