// M7: a commit that holds for everybody and that some cannot follow, because its author gave them a wrong secret.
import { describe, expect, it } from "vitest";
import { cipherSuiteOf } from "../src/mls/cipher-suite.ts";
import type { CiphersuiteImpl } from "../src/mls/library.ts";
import { Session } from "../src/session.ts";
import { expectAgreement, expectLife, expectSkippedByAll } from "./support/agreement.ts";
import { Conversation, copyOf, End, viewOf } from "./support/conversation.ts";
import { forge, stateOf } from "./support/forge.ts";
import { Person, packageOf, structuralDeps } from "./support/people.ts";

/** Alice founds, carol is the one who breaks it. */
async function five(seed: string) {
  const deps = structuralDeps(seed);
  const conversation = await Conversation.found(deps, new Person("alice"));
  const alice = conversation.end("alice");
  const devices = await Promise.all(
    ["bob", "carol", "dan", "erin"].map(async (name) => ({ name, device: await new Person(name).device(deps) })),
  );
  await conversation.add(alice, deps, devices);
  return { deps, conversation, alice, carol: conversation.end("carol"), bob: conversation.end("bob") };
}

/** Seals something else than it should to whoever holds one of these keys. */
function spoiling(by: End, victims: readonly End[], spoil: (plaintext: Uint8Array) => Uint8Array): CiphersuiteImpl {
  const suite = cipherSuiteOf(by.deps.crypto);
  const { ratchetTree } = stateOf(by.session).mls;
  const keys = victims.map(({ session }) => {
    const node = ratchetTree[session.self.leaf * 2];
    return node?.nodeType === "leaf" ? node.leaf.hpkePublicKey : new Uint8Array(0);
  });
  return {
    ...suite,
    hpke: {
      ...suite.hpke,
      async seal(publicKey, plaintext, context, associated) {
        const key = await suite.hpke.exportPublicKey(publicKey);
        const isVictim = keys.some((one) => Buffer.compare(one, key) === 0);
        return suite.hpke.seal(publicKey, isVictim ? spoil(plaintext) : plaintext, context, associated);
      },
    },
  };
}

const garbage = (plaintext: Uint8Array): Uint8Array => plaintext.map((byte) => byte ^ 0x55);

describe("M7: a path secret that leads elsewhere", () => {
  it.each([
    ["bob"],
    ["bob", "dan"],
    ["alice", "bob", "dan", "erin"],
  ])("makes its readers stuck, who name the committer, and nobody else: %s %s %s %s", async (...names) => {
    const { conversation, carol } = await five(`stuck ${names.join()}`);
    const victims = names.filter((name) => name !== undefined).map((name) => conversation.end(name));
    const { record } = await forge(carol, conversation, { suite: spoiling(carol, victims, garbage) });
    const position = conversation.position + 1;
    for (const end of conversation.ends) {
      if (end === carol) continue;
      const outcome = await end.receive(record, position);
      const isVictim = victims.includes(end);
      expect(outcome.kind).toBe(isVictim ? "stuck" : "applied");
      expect(outcome).toMatchObject({ committer: { name: "carol" }, ...(isVictim ? { isClone: false } : {}) });
    }
    for (const { session } of victims) expect(session.status).toBe("stuck");
  });

  it("ends the session of who is stuck: nothing can be sent or read, nothing secret is left, also after a restart", async () => {
    const { conversation, alice, bob, carol } = await five("ends");
    const secret = Buffer.from(stateOf(bob.session).mls.keySchedule.exporterSecret);
    const { record } = await forge(carol, conversation, { suite: spoiling(carol, [bob], garbage) });
    for (const end of [alice, bob]) await end.receive(record, conversation.position + 1);
    await bob.restart();
    const { session } = bob;
    expect(session.status).toBe("stuck");
    const failure = { failure: { code: "session/notActive", status: "stuck" } };
    const next = await alice.seal("not for bob");
    await expect(session.open(next, { positions: session.positions })).rejects.toMatchObject(failure);
    await expect(session.seal(new Uint8Array(1), { view: viewOf(session) })).rejects.toMatchObject(failure);
    await expect(session.commit({ kind: "update" }, { nowMs: 0, view: viewOf(session) })).rejects.toMatchObject(failure);
    await expect(session.receiveHandshake(record, { position: session.positions + 1 })).rejects.toMatchObject(failure);
    await expect(session.streamTokens(new Uint8Array(32), 1)).rejects.toMatchObject(failure);
    expect(() => session.conversationCode()).toThrow("stuck");
    expect(Buffer.concat([session.encodeGroup(), session.encodeRatchet()]).includes(secret)).toBe(false);
    // What a client needs to say who did it stays readable.
    expect(session.roster.map(({ name }) => name)).toEqual(["alice", "bob", "carol", "dan", "erin"]);
    expect(session.administrators).toEqual([alice.session.self.identityId]);
  });

  it("is healed in two commits of an administrator, and an explicit act of who was stuck", async () => {
    const { deps, conversation, alice, bob, carol } = await five("healed");
    const leaf = bob.session.self.leaf;
    const { record } = await forge(carol, conversation, { suite: spoiling(carol, [bob], garbage) });
    conversation.ends.splice(conversation.ends.indexOf(carol), 1); // its own state was forged around
    await conversation.post(record);
    const stuckAt = bob.session;
    await conversation.commit(alice, { kind: "remove", leaves: [leaf, carol.session.self.leaf] });
    expectAgreement(conversation);
    const bundle = await packageOf(deps, bob.device, conversation.nowMs);
    const { record: added, welcome } = await alice.commit(
      { kind: "add", keyPackages: [bundle.publicPackage] },
      conversation.tick(),
    );
    await conversation.post(added);
    if (welcome === undefined) throw new RangeError("a welcome");
    const { groupId, epoch, administrators } = stuckAt;
    const options = {
      ...welcome,
      keyPackages: [bundle],
      signatureSecretKey: bob.device.signatureSecretKey,
      heldGroups: [groupId],
      positions: conversation.position,
      handshakeHead: conversation.head,
      atMs: conversation.nowMs,
    };
    const silently = await Session.join(deps, options);
    expect(silently).toEqual({ kind: "refused", reason: "heldGroup" });
    const refusals = [
      { groupId: new Uint8Array(32), epoch, administrators },
      { groupId, epoch: epoch + 9n, administrators },
    ];
    for (const rejoin of refusals) {
      expect(await Session.join(deps, { ...options, rejoin })).toEqual({ kind: "refused", reason: "heldGroup" });
    }
    const byOthers = { groupId, epoch, administrators: ["f".repeat(64)] };
    expect(await Session.join(deps, { ...options, rejoin: byOthers })).toEqual({ kind: "refused", reason: "notAnAdministrator" });
    const rejoined = await Session.join(deps, { ...options, rejoin: { groupId, epoch, administrators } });
    if (rejoined.kind !== "joined") throw new RangeError(rejoined.reason);
    conversation.ends.push(new End(deps, "bob again", bob.device, rejoined.session));
    expectAgreement(conversation);
    await expectLife(conversation);
    await conversation.say(conversation.end("bob again"), "I am back");
    expect(alice.shown.at(-1)).toBe("bob: I am back");
  });
});

describe("M7: what is not my secret's business is judged by all alike", () => {
  it.each<[string, (plaintext: Uint8Array) => Uint8Array]>([
    ["shorter", (plaintext) => plaintext.slice(1)],
    ["longer", (plaintext) => Uint8Array.of(...plaintext, 0)],
    ["empty", () => new Uint8Array(0)],
  ])("a path secret that is %s than the suite says is seen by everybody: skipped", async (_, spoil) => {
    const { conversation, bob, carol } = await five("sizes");
    const { record } = await forge(carol, conversation, { suite: spoiling(carol, [bob], spoil) });
    await expectSkippedByAll(conversation, record, "badTree");
  });

  it("a wrong confirmation tag makes all others stuck: none of them is alone with it", async () => {
    const { deps, conversation, carol } = await five("tag");
    const suite = cipherSuiteOf(deps.crypto);
    const mac: CiphersuiteImpl["hash"]["mac"] = async (key, message) => garbage(await suite.hash.mac(key, message));
    const { record } = await forge(carol, conversation, { suite: { ...suite, hash: { ...suite.hash, mac } } });
    for (const outcome of await conversation.post(record))
      expect(outcome).toMatchObject({ kind: "stuck", committer: { name: "carol" } });
  });

  it("the same record gives the same answer again to a copy of the state before it", async () => {
    const { conversation, bob, carol, deps } = await five("again");
    const copy = copyOf(deps, bob.session);
    const { record } = await forge(carol, conversation, { suite: spoiling(carol, [bob], garbage) });
    const position = conversation.position + 1;
    const answers = [await bob.session.receiveHandshake(record, { position }), await copy.receiveHandshake(record, { position })];
    expect(answers.map(({ kind }) => kind)).toEqual(["stuck", "stuck"]);
    const [one, other] = answers;
    expect(one?.session.encodeRatchet()).toEqual(other?.session.encodeRatchet());
  });
});
