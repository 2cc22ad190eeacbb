import { describe, expect, it } from "vitest";
import type { JoinOptions } from "../src/join.ts";
import type { Proposal } from "../src/mls/library.ts";
import { readKeyPackage } from "../src/mls/messages.ts";
import { Session } from "../src/session.ts";
import { Conversation, type End } from "./support/conversation.ts";
import { forge, stateOf } from "./support/forge.ts";
import { Person, packageOf, structuralDeps } from "./support/people.ts";

async function three(seed: string) {
  const deps = structuralDeps(seed);
  const conversation = await Conversation.found(deps, new Person("alice"));
  const alice = conversation.end("alice");
  const bob = await conversation.addPerson(alice, deps, new Person("bob"));
  const carol = await conversation.addPerson(alice, deps, new Person("carol"));
  return { deps, conversation, alice, bob, carol };
}

/** All honest members did the same with the record, and can still talk. */
async function expectSkipped(conversation: Conversation, record: Uint8Array, honest: readonly End[], why: RegExp): Promise<void> {
  const epoch = honest[0]?.session.epoch;
  const outcomes = await conversation.post(record);
  for (const outcome of outcomes) expect(outcome.kind === "skipped" ? outcome.reason : outcome.kind).toMatch(why);
  for (const end of honest) expect(end.session.epoch).toBe(epoch);
  const [first] = honest;
  if (first !== undefined) await conversation.commit(first, { kind: "update" });
  const codes = honest.map(({ session }) => session.conversationCode().digits);
  expect(new Set(codes).size).toBe(1);
  if (first !== undefined) await conversation.say(first, "still here");
  for (const end of honest.slice(1)) expect(end.shown.at(-1)).toBe("alice: still here");
}

describe("M2: a member who is no administrator", () => {
  it("adds somebody: skipped by all alike, and the group goes on at the next position (M8)", async () => {
    const { deps, conversation, alice, bob, carol } = await three("add");
    const mallory = await packageOf(deps, await new Person("mallory").device(deps), conversation.nowMs);
    const keyPackage = readKeyPackage(mallory.publicPackage);
    if (keyPackage === undefined) throw new Error("a key package");
    const { record } = await forge(bob, conversation, { proposals: [{ proposalType: "add", add: { keyPackage } }] });
    await expectSkipped(conversation, record, [alice, bob, carol], /notAllowed/);
    expect(alice.session.roster.map(({ name }) => name)).toEqual(["alice", "bob", "carol"]);
  });

  it("removes somebody, or itself without asking", async () => {
    for (const victim of [0, 2]) {
      const { conversation, alice, bob, carol } = await three(`remove ${victim}`);
      const { record } = await forge(bob, conversation, { proposals: [{ proposalType: "remove", remove: { removed: victim } }] });
      await expectSkipped(conversation, record, [alice, bob, carol], /notAllowed/);
    }
  });

  it("changes the conversation's context", async () => {
    const { conversation, alice, bob, carol } = await three("context");
    const extensions = stateOf(bob.session).mls.groupContext.extensions;
    const changed = extensions.map((extension) => ({
      ...extension,
      extensionData: extension.extensionData.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    }));
    const { record } = await forge(bob, conversation, {
      proposals: [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: changed } }],
    });
    await expectSkipped(conversation, record, [alice, bob, carol], /notAllowed|badContext/);
  });
});

describe("anybody", () => {
  it("M1: even an administrator never mixes additions and removals in one commit", async () => {
    const { deps, conversation, alice, bob, carol } = await three("mixed");
    const mallory = await packageOf(deps, await new Person("mallory").device(deps), conversation.nowMs);
    const keyPackage = readKeyPackage(mallory.publicPackage);
    if (keyPackage === undefined) throw new Error("a key package");
    const { record } = await forge(alice, conversation, {
      proposals: [
        { proposalType: "add", add: { keyPackage } },
        { proposalType: "remove", remove: { removed: 2 } },
      ],
    });
    await expectSkipped(conversation, record, [alice, bob, carol], /mixedAddAndRemove/);
  });

  it("M3: a PSK, a re-initialisation or an unknown proposal silences nobody", async () => {
    const { conversation, alice, bob, carol } = await three("psk");
    const reinit: Proposal = {
      proposalType: "reinit",
      reinit: {
        groupId: new Uint8Array(32),
        version: "mls10",
        cipherSuite: "MLS_256_XWING_AES256GCM_SHA512_Ed25519",
        extensions: [],
      },
    };
    await expectSkipped(
      conversation,
      (await forge(alice, conversation, { proposals: [reinit] })).record,
      [alice, bob, carol],
      /forbiddenProposal/,
    );
  });

  it("M16: what is no private message of this group never changes it: public and external commits, noise, truncation", async () => {
    const { conversation, alice, bob, carol } = await three("noise");
    const { record: good } = await forge(alice, conversation, {});
    const asPublic = good.slice();
    asPublic[3] = 1;
    for (const record of [asPublic, new Uint8Array(200), good.slice(0, -1), new Uint8Array([...good, 0])]) {
      await expectSkipped(conversation, record, [alice, bob, carol], /notARecord/);
    }
  });
});

describe("M17: application records", () => {
  it("replayed, doubled and reordered are each shown once, and a generation that jumps far costs nothing", async () => {
    const { conversation, alice, bob } = await three("replay");
    const records: Uint8Array[] = [];
    for (let n = 0; n < 120; n++) records.push(await alice.seal(`${n}`));
    const shuffled = records.map((record, n) => ({ record, order: (n * 37) % 120 })).sort((a, b) => a.order - b.order);
    for (const { record } of shuffled) {
      await bob.open(record);
      expect((await bob.open(record)).kind).toBe("duplicate");
    }
    expect([...bob.shown].sort()).toEqual(records.map((_, n) => `alice: ${n}`).sort());
    for (let n = 0; n < 75; n++) await alice.seal("never sent");
    const [, , carol] = conversation.ends;
    const last = await alice.seal("far ahead");
    expect(await bob.open(last)).toMatchObject({ kind: "opened", missing: 75 });
    expect(await carol?.open(last)).toMatchObject({ kind: "opened", missing: 195 });
  });
});

describe("M18: secrets that are gone", () => {
  it("a stolen state opens nothing that was read before, and nothing after an update of its owner", async () => {
    const { conversation, alice, bob } = await three("stolen");
    const [first, second, third] = [await alice.seal("1"), await alice.seal("2"), await alice.seal("3")];
    await bob.open(third);
    await bob.open(first);
    await bob.restart();
    const stolen = bob.session;
    expect((await stolen.open(first, { positions: stolen.positions })).kind).toBe("duplicate");
    expect((await stolen.open(third, { positions: stolen.positions })).kind).toBe("duplicate");
    await bob.restart();
    const old = stateOf(bob.session).mls;
    expect((await bob.open(second)).kind).toBe("opened");
    // Bob updates himself: who holds his old state follows no further.
    await conversation.commit(bob, { kind: "update" });
    await alice.seal("for the new epoch");
    const now = stateOf(bob.session).mls;
    for (const key of Object.values(now.privatePath.privateKeys)) {
      expect(Object.values(old.privatePath.privateKeys).some((one) => Buffer.compare(one, key) === 0)).toBe(false);
    }
    expect(Buffer.compare(old.keySchedule.epochAuthenticator, now.keySchedule.epochAuthenticator)).not.toBe(0);
  });
});

describe("M4: who is there", () => {
  it("after every commit of random histories all see the same members, and each addition is an event that names who added", async () => {
    for (let history = 0; history < 25; history++) {
      const deps = structuralDeps(`history ${history}`);
      const conversation = await Conversation.found(deps, new Person("alice"));
      const alice = conversation.end("alice");
      let expected = ["alice"];
      for (let step = 0; step < 12; step++) {
        const dice = (history * 31 + step * 17) % 5;
        if (dice < 3 && expected.length < 6) {
          const name = `p${history}-${step}`;
          const outcomes = alice.outcomes.length;
          await conversation.addPerson(alice, deps, new Person(name));
          expected = [...expected, name];
          const events = alice.outcomes.slice(outcomes).flatMap((outcome) => (outcome.kind === "applied" ? outcome.events : []));
          expect(events).toMatchObject(
            expect.arrayContaining([
              { kind: "memberAdded", member: expect.objectContaining({ name }), by: expect.objectContaining({ name: "alice" }) },
            ]),
          );
        } else if (expected.length > 2) {
          const gone = expected[1 + ((history + step) % (expected.length - 1))];
          const leaf = alice.session.roster.find(({ name }) => name === gone)?.leaf;
          if (leaf === undefined) continue;
          await conversation.commit(alice, { kind: "remove", leaves: [leaf] });
          expected = expected.filter((name) => name !== gone);
        }
        for (const { session } of conversation.ends) {
          if (session.status === "active") expect(session.roster.map(({ name }) => name).sort()).toEqual([...expected].sort());
        }
      }
    }
  });
});

describe("M15: one key package handed out twice", () => {
  it("is joined with once: its private half is gone afterwards", async () => {
    const deps = structuralDeps("twice");
    const device = await new Person("bob").device(deps);
    const bundle = await packageOf(deps, device);
    const welcomes: JoinOptions[] = [];
    for (const name of ["alice", "anna"]) {
      const conversation = await Conversation.found(deps, new Person(name));
      const by = conversation.end(name);
      const { record, welcome } = await by.commit({ kind: "add", keyPackages: [bundle.publicPackage] }, conversation.tick());
      await conversation.post(record);
      if (welcome === undefined) throw new Error("a welcome");
      const { position: positions, head: handshakeHead, nowMs: atMs } = conversation;
      welcomes.push({
        ...welcome,
        keyPackages: [],
        signatureSecretKey: device.signatureSecretKey,
        heldGroups: [],
        positions,
        handshakeHead,
        atMs,
      });
    }
    const held = [bundle];
    const kinds: string[] = [];
    for (const options of welcomes) {
      const outcome = await Session.join(deps, { ...options, keyPackages: [...held] });
      kinds.push(outcome.kind === "joined" ? outcome.kind : outcome.reason);
      if (outcome.kind === "joined")
        held.splice(0, 1, ...held.filter(({ reference }) => Buffer.compare(reference, outcome.usedKeyPackage) !== 0));
    }
    expect(kinds).toEqual(["joined", "noKeyPackage"]);
  });
});
