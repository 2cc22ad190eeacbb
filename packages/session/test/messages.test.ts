// Application messages: each shown once, under its author, in its epoch; what does not fit is dropped and never in the way.
import { encodeHex } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import type { SessionDeps } from "../src/session.ts";
import { SessionError } from "../src/session-error.ts";
import { MAX_CONTENT_BYTES } from "../src/wire/padding.ts";
import { expectAgreement, expectLife } from "./support/agreement.ts";
import { Conversation, copyOf, type End, viewOf } from "./support/conversation.ts";
import { forge, forgeMessage, stateOf } from "./support/forge.ts";
import { Person, structuralDeps } from "./support/people.ts";

async function people(seed: string, names: readonly string[], deps: SessionDeps = structuralDeps(seed)) {
  const [first = "alice", ...others] = names;
  const conversation = await Conversation.found(deps, new Person(first));
  const founder = conversation.end(first);
  const devices = await Promise.all(others.map(async (name) => ({ name, device: await new Person(name).device(deps) })));
  if (devices.length > 0) await conversation.add(founder, deps, devices);
  return conversation;
}

async function aliceAndBob(seed: string, deps?: SessionDeps) {
  const conversation = await people(seed, ["alice", "bob"], deps);
  return { conversation, alice: conversation.end("alice"), bob: conversation.end("bob") };
}

describe("M17: a record", () => {
  it("is an echo to who sealed it, shown once to the others, and a duplicate from then on, also after a restart", async () => {
    const { alice, bob } = await aliceAndBob("once");
    const record = await alice.seal("hello");
    expect(await alice.open(record)).toEqual({ kind: "ownEcho", generation: 0 });
    expect((await bob.open(record)).kind).toBe("opened");
    for (const end of [alice, bob]) await end.restart();
    expect(await alice.open(record)).toEqual({ kind: "ownEcho", generation: 0 });
    expect(await bob.open(record)).toMatchObject({ kind: "duplicate", author: { name: "alice" }, generation: 0 });
    expect(bob.shown).toEqual(["alice: hello"]);
  });

  it("is valid in its epoch alone: after the commit that closes it, it stays closed", async () => {
    const { conversation, alice, bob } = await aliceAndBob("late");
    const late = await alice.seal("late");
    await conversation.commit(bob, { kind: "update" });
    const early = copyOf(bob.deps, bob.session);
    expect(await bob.open(late)).toEqual({ kind: "wrongEpoch", epoch: 1n });
    await conversation.commit(alice, { kind: "update" });
    const next = await alice.seal("of the next epoch");
    expect(await early.open(next, { positions: early.positions })).toEqual({ kind: "wrongEpoch", epoch: 3n });
  });

  it("is opened only at its place in the log", async () => {
    const { alice, bob } = await aliceAndBob("place");
    const record = await alice.seal("hello");
    for (const positions of [0, 2]) await expect(bob.session.open(record, { positions })).rejects.toThrow(RangeError);
    expect((await bob.open(record)).kind).toBe("opened");
  });

  it("whose generation is two thousand million ahead is a gap, told without stepping a ratchet", async () => {
    const deps = structuralDeps("jump");
    let steps = 0;
    const mac = (key: Uint8Array, message: Uint8Array) => {
      steps += 1;
      return deps.crypto.mac(key, message);
    };
    const crypto = { ...deps.crypto, mac };
    const { alice, bob } = await aliceAndBob("jump", { ...deps, crypto });
    const generation = 2 ** 31;
    const record = await forgeMessage(alice, new Uint8Array(1), { generation });
    steps = 0;
    expect(await bob.open(record)).toMatchObject({ kind: "gap", author: { name: "alice" }, generation, missing: generation });
    expect(steps).toBeLessThan(20);
    expect((await bob.open(await alice.seal("as if nothing were"))).kind).toBe("opened");
  });

  it("behind 199 missing ones, the most that an epoch holds, opens; further ahead it is a gap until its author updates", async () => {
    const { conversation, alice, bob } = await aliceAndBob("gap");
    for (let n = 0; n < 199; n++) await alice.seal(`${n} is lost`);
    const last = await alice.seal("the last");
    const ahead = await forgeMessage(alice, new Uint8Array(1), { generation: 201 });
    expect(await bob.open(ahead)).toMatchObject({ kind: "gap", missing: 201 });
    expect(await bob.open(last)).toMatchObject({ kind: "opened", missing: 199 });
    await conversation.commit(alice, { kind: "update" });
    expect(await bob.open(await alice.seal("found again"))).toMatchObject({ kind: "opened", missing: 0 });
  });
});

describe("M18: a sender", () => {
  it("is told to update after 150 messages of an epoch, and seals no more than 200", async () => {
    const { conversation, alice, bob } = await aliceAndBob("many");
    for (let n = 0; n < 150; n++) {
      expect(alice.session.needsUpdate).toBe(false);
      await alice.seal(`${n}`);
    }
    expect(alice.session.needsUpdate).toBe(true);
    for (let n = 150; n < 200; n++) await alice.seal(`${n}`);
    await expect(alice.seal("one too many")).rejects.toMatchObject({
      failure: { code: "session/epochExhausted", messages: 200 },
    });
    await conversation.commit(alice, { kind: "update" });
    expect(alice.session.needsUpdate).toBe(false);
    await bob.open(await alice.seal("fresh"));
    expect(bob.shown).toEqual(["alice: fresh"]);
  });

  it("leaves no secret of an epoch behind when it is over: none is in what is stored afterwards", async () => {
    const { conversation, alice, bob } = await aliceAndBob("no trace");
    await alice.seal("skipped by bob");
    await bob.open(await alice.seal("read by bob"));
    const secrets = secretsOf(bob);
    expect(secrets.length).toBeGreaterThan(12);
    const dump = (end: End) => Buffer.concat([end.session.encodeGroup(), end.session.encodeRatchet()]);
    for (const secret of secrets) expect(dump(bob).includes(secret)).toBe(true);
    await conversation.commit(alice, { kind: "update" });
    await conversation.commit(bob, { kind: "update" });
    expect(secrets.filter((secret) => dump(bob).includes(secret))).toEqual([]);
  });

  /** Everything secret of this epoch, except the device's signature key. */
  function secretsOf(end: End): Buffer[] {
    const { keySchedule, secretTree, privatePath } = stateOf(end.session).mls;
    const ratchets = secretTree.flatMap(({ application, handshake }) => [application, handshake]);
    return [
      ...Object.values(keySchedule),
      ...ratchets.flatMap(({ secret, unusedGenerations }) => [secret, ...Object.values(unusedGenerations)]),
      ...Object.values(privatePath.privateKeys),
    ]
      .filter((secret) => secret.length > 0)
      .map((secret) => Buffer.from(secret));
  }
});

describe("M25: a member who sends nonsense", () => {
  it("is dropped by name, and its next message is shown", async () => {
    const { alice, bob } = await aliceAndBob("nonsense");
    const contents = [new Uint8Array(0), new Uint8Array(1), new Uint8Array(400).fill(255), Uint8Array.of(2, 0, 0)];
    for (const content of contents) {
      const record = await forgeMessage(bob, content);
      expect(await alice.open(record)).toMatchObject({ kind: "malformed", author: { name: "bob" } });
      // The key that it was sealed under is gone at both ends.
      await bob.seal("steps the ratchet as the forgery did");
    }
    await alice.open(await bob.seal("well-formed"));
    expect(alice.shown).toEqual(["bob: well-formed"]);
  });

  it("or that is no application record of this conversation: said so, and nothing is stepped", async () => {
    const { conversation, alice, bob } = await aliceAndBob("no record");
    const elsewhere = await aliceAndBob("elsewhere");
    const good = await alice.seal("good");
    const unopened = { kind: "unreadable", isForkAlarm: false };
    for (const record of [
      new Uint8Array(0),
      good.slice(0, -1),
      Uint8Array.of(...good, 0),
      (await forge(alice, conversation, {})).record,
      await forgeMessage(alice, new Uint8Array(1), { authenticatedData: Uint8Array.of(1) }),
    ]) {
      expect(await bob.open(record)).toEqual({ ...unopened, reason: "notARecord" });
    }
    expect(await bob.open(await elsewhere.alice.seal("not for you"))).toEqual({ ...unopened, reason: "otherGroup" });
    expect((await bob.open(good)).kind).toBe("opened");
  });

  it("that stands at a handshake's position is skipped, and steps nothing", async () => {
    const { conversation, alice, bob } = await aliceAndBob("misplaced");
    const record = await alice.seal("in the wrong place");
    for (const outcome of await conversation.post(record))
      expect(outcome).toMatchObject({ kind: "skipped", reason: "notARecord" });
    expect((await bob.open(record)).kind).toBe("opened");
  });

  it("under another member's name: not opened, and that member's own message still is", async () => {
    const conversation = await people("impostor", ["alice", "bob", "carol"]);
    const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => conversation.end(name));
    if (alice === undefined || bob === undefined || carol === undefined) throw new RangeError("three");
    const record = await forgeMessage(bob, new Uint8Array(1), { leaf: carol.session.self.leaf });
    expect(await alice.open(record)).toEqual({ kind: "unreadable", reason: "doesNotOpen", isForkAlarm: true });
    expect(await carol.open(record)).toEqual({ kind: "unreadable", reason: "doesNotOpen", isForkAlarm: true });
    expect((await alice.open(await carol.seal("it is me"))).kind).toBe("opened");
  });

  it("with one bit changed anywhere: never shown, never thrown", async () => {
    const { alice, bob } = await aliceAndBob("bits");
    const record = await alice.seal("whole");
    for (let at = 0; at < record.length; at++) {
      const changed = record.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect((await bob.open(changed)).kind).toMatch(/unreadable|wrongEpoch|gap/);
    }
    expect((await bob.open(record)).kind).toBe("opened");
  });
});

describe("M5: a node that shows two histories", () => {
  it("is found out by the first message that crosses over; the codes and the senders' views differ, and nothing merges", async () => {
    const conversation = await people("fork", ["alice", "bob", "carol", "dan"]);
    const half = (names: string[]) => names.map((name) => conversation.end(name));
    const [left, right] = [half(["alice", "bob"]), half(["carol", "dan"])];
    const shown = conversation.position + 1;
    for (const ends of [left, right]) {
      const [first] = ends;
      const { record } = (await first?.commit({ kind: "update" }, conversation.tick())) ?? {};
      if (record === undefined) throw new RangeError("a commit");
      for (const end of ends) expect((await end.receive(record, shown)).kind).toBe("applied");
    }
    const [alice, bob] = left;
    const [carol, dan] = right;
    if (alice === undefined || bob === undefined || carol === undefined || dan === undefined) throw new RangeError("four");
    expect(alice.session.conversationCode()).toEqual(bob.session.conversationCode());
    expect(carol.session.conversationCode().epoch).toBe(alice.session.epoch);
    expect(carol.session.conversationCode().digits).not.toBe(alice.session.conversationCode().digits);
    expect(carol.session.handshakeHead).not.toEqual(alice.session.handshakeHead);
    const crossing = await alice.seal("can you read this?");
    expect((await bob.open(crossing)).kind).toBe("opened");
    for (const end of right) {
      expect(await end.open(crossing)).toEqual({ kind: "unreadable", reason: "doesNotOpen", isForkAlarm: true });
    }
    const { record } = await alice.commit({ kind: "update" }, conversation.tick());
    expect(await dan.receive(record, shown + 1)).toMatchObject({ kind: "skipped", reason: "doesNotOpen", isForkAlarm: true });
  });
});

describe("M9: everybody commits at the same time", () => {
  it("the first in the log wins each epoch, in any order and with late readers; all end equal", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
    const conversation = await people("crowd", names);
    for (let round = 0; round < 10; round++) {
      const made = await Promise.all(conversation.ends.map((end) => end.commit({ kind: "update" }, conversation.tick())));
      const order = made.map((_, n) => (n * 7 + round * 3) % made.length);
      const [winner, ...others] = order.map((n) => made[n]?.record ?? new Uint8Array(0));
      const arrived = [winner ?? new Uint8Array(0), ...others.slice(0, 3)];
      const first = conversation.position;
      for (const [at, end] of conversation.ends.entries()) {
        if ((at + round) % 4 === 0) await end.restart();
        for (const [n, record] of arrived.entries()) {
          const outcome = await end.receive(record, first + n + 1);
          expect(outcome.kind === "skipped" ? outcome.reason : outcome.kind).toBe(n === 0 ? "applied" : "wrongEpoch");
        }
        expect(end.session.pendingRecord).toBeUndefined();
      }
      conversation.position += arrived.length;
      expectAgreement(conversation);
    }
    const [any] = conversation.ends;
    expect(any?.session.epoch).toBe(11n);
  });
});

describe("M19: a step that dies", () => {
  it("at any question about a credential leaves a session that can take it again", async () => {
    const deps = structuralDeps("dies");
    let left = Number.POSITIVE_INFINITY;
    const mortal: SessionDeps = {
      ...deps,
      verifyCredential: async (credential, at) => {
        left -= 1;
        if (left < 0) throw new Error("the worker is gone");
        return deps.verifyCredential(credential, at);
      },
    };
    const { conversation, alice, bob } = await aliceAndBob("dies", mortal);
    const dora = await new Person("dora").device(deps);
    const [end] = await conversation.add(alice, mortal, [{ name: "dora", device: dora }]);
    const leaf = end?.session.self.leaf ?? 0;
    let deaths = 0;
    const survives = async (step: () => Promise<unknown>): Promise<void> => {
      for (let allowed = 0; allowed < 20; allowed++) {
        left = allowed;
        const error = await step().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        left = Number.POSITIVE_INFINITY;
        if (error === undefined) return;
        expect(error).toMatchObject({ message: "the worker is gone" });
        deaths += 1;
      }
      throw new RangeError("never got through");
    };
    let record = new Uint8Array(0);
    const nowMs = conversation.tick();
    await survives(async () => {
      record = (await alice.commit({ kind: "remove", leaves: [leaf] }, nowMs)).record.slice();
    });
    for (const one of [alice, bob]) await survives(() => one.receive(record, one.session.positions + 1));
    expect(deaths).toBeGreaterThan(1);
    expect(alice.session.conversationCode()).toEqual(bob.session.conversationCode());
    expect(bob.session.roster.map(({ name }) => name)).toEqual(["alice", "bob"]);
  });

  it("between storing and sending costs a message, never a key: what was stored goes on behind it", async () => {
    const seen = new Set<string>();
    const deps = watched(structuralDeps("stored"), seen);
    const { conversation, alice, bob } = await aliceAndBob("stored", deps);
    for (let n = 0; n < 40; n++) {
      const record = await alice.seal(`${n}`);
      await alice.restart();
      if (n % 3 !== 0) await bob.open(record);
      if (n % 10 !== 9) continue;
      const { record: lost } = await alice.commit({ kind: "update" }, conversation.tick());
      await alice.restart();
      expect(alice.session.pendingRecord).toEqual(lost);
      if (n % 20 === 9) {
        // The record can no longer arrive: given up, and made anew under the next generation.
        alice.session = alice.session.withoutPending();
        await conversation.commit(alice, { kind: "update" });
      } else {
        await conversation.post(lost);
      }
      expectAgreement(conversation);
    }
    expect(bob.shown).toHaveLength(26);
    expect(seen.size).toBeGreaterThan(80);
  });

  /** Fails when a key and nonce are used twice. */
  function watched(deps: SessionDeps, seen: Set<string>): SessionDeps {
    return {
      ...deps,
      crypto: {
        ...deps.crypto,
        seal(key, nonce, associated, plaintext) {
          const pair = `${encodeHex(key)} ${encodeHex(nonce)}`;
          if (seen.has(pair)) throw new Error("key and nonce twice");
          seen.add(pair);
          return deps.crypto.seal(key, nonce, associated, plaintext);
        },
      },
    };
  }
});

describe("M20: two copies of one session", () => {
  it("the one that reads what the other sealed learns of it", async () => {
    const { alice, bob } = await aliceAndBob("clone");
    const copy = copyOf(bob.deps, bob.session);
    const { record } = await copy.seal(new Uint8Array(1), { view: viewOf(copy) });
    expect(await bob.open(record)).toEqual({ kind: "cloned", generation: 0 });
    expect((await alice.open(record)).kind).toBe("opened");
    // Both sealed under one generation: the second is a duplicate to others, and strange to its own account.
    const second = await bob.seal("mine");
    expect(await alice.open(second)).toMatchObject({ kind: "duplicate" });
    expect(await bob.open(record)).toEqual({ kind: "unreadable", reason: "unknownOwnRecord", isForkAlarm: false });
  });

  it("the one that did not make a commit is stuck at it, and knows why", async () => {
    const { conversation, alice, bob } = await aliceAndBob("clone commits");
    const copy = copyOf(bob.deps, bob.session);
    const { record } = await copy.commit({ kind: "update" }, { nowMs: conversation.tick(), view: viewOf(copy) });
    const [alices, bobs] = await conversation.post(record);
    expect(alices).toMatchObject({ kind: "applied", committer: { name: "bob" } });
    expect(bobs).toMatchObject({ kind: "stuck", isClone: true });
    expect(alice.session.status).toBe("active");
    expect(bob.session.status).toBe("stuck");
  });
});

describe("M22: the size of a record", () => {
  it("is one of twelve for any content of 0 to 70,000 bytes, with any view, and the content comes back whole", async () => {
    const { conversation, alice, bob } = await aliceAndBob("sizes");
    const node = (n: number) => ({ node: new Uint8Array(32).fill(n), seq: n, chain: new Uint8Array(32) });
    const sizes = new Set<number>();
    const lengths = [...Array.from({ length: 400 }, (_, n) => n * 175), 1, 2, 69_999, MAX_CONTENT_BYTES];
    for (const [at, length] of lengths.entries()) {
      if (alice.session.needsUpdate) await conversation.commit(alice, { kind: "update" });
      const view = { ...viewOf(alice.session), nodes: Array.from({ length: at % 17 }, (_, n) => node(n)) };
      const content = new Uint8Array(length).fill(at & 255);
      const { session, record } = await alice.session.seal(content, { view });
      alice.session = session;
      sizes.add(record.length);
      const outcome = await bob.session.open(record, { positions: bob.session.positions });
      if (outcome.kind !== "opened") throw new RangeError(outcome.kind);
      bob.session = outcome.session;
      expect(Buffer.compare(outcome.content, content)).toBe(0);
      expect(outcome.view).toEqual(view);
    }
    expect(sizes.size).toBeLessThanOrEqual(12);
    const tooLarge = alice.session.seal(new Uint8Array(MAX_CONTENT_BYTES + 1), { view: viewOf(alice.session) });
    await expect(tooLarge).rejects.toThrow(SessionError);
    await expectLife(conversation);
  });

  it("of a commit is a power of two times four kilobytes, and what surrounds it", async () => {
    const conversation = await people("commit sizes", ["alice", "bob"]);
    const alice = conversation.end("alice");
    const sizes = new Set<number>();
    for (let n = 0; n < 14; n++) {
      await conversation.addPerson(alice, alice.deps, new Person(`p${n}`));
      const { record } = await alice.commit({ kind: "update" }, conversation.tick());
      sizes.add(record.length);
      await conversation.post(record);
    }
    expect(sizes.size).toBeLessThanOrEqual(3);
    for (const size of sizes) expect(Math.log2((size - (size % 4096)) / 4096) % 1).toBe(0);
  });
});
