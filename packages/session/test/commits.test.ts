// Which commits hold, and that all members answer alike (M2 M3 M8). Additions, removals, mixed commits, re-initialisation and
// noise by people who may not: malicious-member.test.ts.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import * as published from "ts-mls/createCommit.js";
import { describe, expect, it } from "vitest";
import type { IdentityId } from "../src/credential-verifier.ts";
import { appendToRoleLog, toExtensions } from "../src/group/context-rules.ts";
import { type ConversationContext, roleLogHead } from "../src/group/conversation-context.ts";
import { createRoleLogEntry } from "../src/group/role-log.ts";
import { leafAt } from "../src/group/tree-rules.ts";
import { cipherSuiteOf } from "../src/mls/cipher-suite.ts";
import type { CiphersuiteImpl, GroupState, Proposal } from "../src/mls/library.ts";
import type { SessionDeps } from "../src/session.ts";
import { expectAgreement, expectLife, expectSkippedByAll } from "./support/agreement.ts";
import { Conversation, type End, viewOf } from "./support/conversation.ts";
import { addition, forge, forgeProposal, stateOf } from "./support/forge.ts";
import { DAY_MS, Person, packageOf, START_MS, structuralDeps, type TestDevice } from "./support/people.ts";

async function three(seed: string) {
  const deps = structuralDeps(seed);
  const conversation = await Conversation.found(deps, new Person("alice"));
  const alice = conversation.end("alice");
  const bob = await conversation.addPerson(alice, deps, new Person("bob"));
  const carol = await conversation.addPerson(alice, deps, new Person("carol"));
  return { deps, conversation, alice, bob, carol };
}

async function strangerTo(deps: SessionDeps, conversation: Conversation): Promise<Proposal> {
  const device = await new Person("mallory").device(deps);
  return addition((await packageOf(deps, device, conversation.nowMs)).publicPackage);
}

function changeContext(context: ConversationContext): Proposal {
  return { proposalType: "group_context_extensions", groupContextExtensions: { extensions: toExtensions(context) } };
}

describe("M2: proposals by reference", () => {
  it("are refused alone, whatever they ask and whoever sends them; only a request to leave is heard", async () => {
    for (const name of ["alice", "bob"]) {
      const { deps, conversation } = await three(`alone ${name}`);
      const by = conversation.end(name);
      const { context } = stateOf(by.session);
      const others: Proposal[] = [
        await strangerTo(deps, conversation),
        { proposalType: "remove", remove: { removed: 2 } },
        changeContext(context),
        {
          proposalType: "psk",
          psk: { preSharedKeyId: { psktype: "external", pskId: new Uint8Array(4), pskNonce: new Uint8Array(64) } },
        },
      ];
      for (const proposal of others) {
        await expectSkippedByAll(conversation, await forgeProposal(by, conversation, proposal), "forbiddenProposal");
      }
    }
  });

  it("are refused in a commit: a reference that names no request to leave of this epoch", async () => {
    const { deps, conversation, alice } = await three("reference");
    const proposal = await strangerTo(deps, conversation);
    const { record } = await forge(alice, conversation, { byReference: { [btoa("unknown")]: { proposal, senderLeafIndex: 1 } } });
    await expectSkippedByAll(conversation, record, "forbiddenProposal");
  });
});

describe("M2: who is no administrator", () => {
  it("makes itself none, with an entry in the role log that it signed itself", async () => {
    const { conversation, bob } = await three("self-made");
    await expectSkippedByAll(
      conversation,
      (await withRoles(bob, conversation, [bob.session.self.identityId])).record,
      "notAllowed",
    );
  });

  it("is told so on its own side before anything is sent", async () => {
    const { deps, conversation, bob, carol } = await three("own side");
    const { publicPackage } = await packageOf(deps, await new Person("mallory").device(deps));
    const changes = [
      { kind: "add", keyPackages: [publicPackage] },
      { kind: "remove", leaves: [carol.session.self.leaf] },
      { kind: "remove", leaves: [bob.session.self.leaf] },
      { kind: "context", administrators: [bob.session.self.identityId] },
      { kind: "context", location: [] },
      { kind: "acceptLeaves" },
    ] as const;
    for (const change of changes) {
      const made = bob.session.commit(change, { nowMs: conversation.tick(), view: viewOf(bob.session) });
      await expect(made).rejects.toMatchObject({ code: "session/notAllowed" });
    }
    await expectLife(conversation);
  });

  it("adds and removes devices of its own identity, and up to ten of them", async () => {
    const { deps, conversation, bob, alice } = await three("devices");
    const person = new Person("bob");
    const more = await Promise.all([2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => person.device(deps, n)));
    await conversation.add(
      bob,
      deps,
      more.map((device, at) => ({ name: `bob ${at}`, device })),
    );
    expectAgreement(conversation);
    const eleventh = await packageOf(deps, await person.device(deps, 11), conversation.nowMs);
    const change = { kind: "add", keyPackages: [eleventh.publicPackage] } as const;
    const asked = bob.session.commit(change, { nowMs: conversation.tick(), view: viewOf(bob.session) });
    await expect(asked).rejects.toMatchObject({ code: "session/notAllowed" });
    for (const by of [bob, alice]) {
      const { record } = await forge(by, conversation, { proposals: [addition(eleventh.publicPackage)] });
      await expectSkippedByAll(conversation, record, "badTree");
    }
    const leaves = conversation.end("bob 0").session.self.leaf;
    await conversation.commit(bob, { kind: "remove", leaves: [leaves] });
    expect(conversation.end("bob 0").session.status).toBe("removed");
    expect(alice.session.roster.filter(({ name }) => name === "bob")).toHaveLength(9);
    expectAgreement(conversation);
  });
});

describe("M2: an administrator who bends the context", () => {
  it.each<[string, Parameters<typeof withRoles>[3]]>([
    ["without an entry in the role log", { isEntryLeftOut: true }],
    ["with an entry that does not follow the last one", { sequence: 2 }],
    ["with an entry that links elsewhere", { previous: new Uint8Array(32) }],
    ["with an entry of another time than the commit's", { skewMs: 1 }],
    ["with an entry that somebody else signed", { signedBy: "bob" }],
  ])("changes administrators %s: skipped by all", async (_, how) => {
    const { conversation, alice, bob } = await three("bent");
    const wanted = [alice, bob].map(({ session }) => session.self.identityId);
    await expectSkippedByAll(conversation, (await withRoles(alice, conversation, wanted, how)).record, "badContext");
  });

  it("names an administrator who is not there, or keeps a stream key of somebody who is none", async () => {
    const { conversation, alice, bob } = await three("unmanned");
    const { identityId } = new Person("nobody here");
    const gone = await withRoles(alice, conversation, [identityId]);
    await expectSkippedByAll(conversation, gone.record, "administratorGone");
    const { context } = stateOf(alice.session);
    const { identityId: bobs, deviceId } = bob.session.self;
    const keyed = changeContext({ ...context, streamAdminKeys: [{ identityId: bobs, deviceId, key: new Uint8Array(32) }] });
    await expectSkippedByAll(
      conversation,
      (await forge(alice, conversation, { proposals: [keyed] })).record,
      "administratorGone",
    );
  });

  it("removes the only administrator's last leaf and leaves the role behind", async () => {
    const { conversation, alice, bob } = await three("left behind");
    const both = [alice, bob].map(({ session }) => session.self.identityId).sort();
    await conversation.commit(alice, { kind: "context", administrators: both });
    const { record } = await forge(bob, conversation, { proposals: [{ proposalType: "remove", remove: { removed: 0 } }] });
    await expectSkippedByAll(conversation, record, "administratorGone");
    // Done properly, the role goes with the last leaf.
    await conversation.commit(bob, { kind: "remove", leaves: [0] });
    expect(bob.session.administrators).toEqual([bob.session.self.identityId]);
    expect(alice.session.status).toBe("removed");
  });

  it("replaces the founding, or adds a second extension", async () => {
    const { deps, conversation, alice } = await three("founding");
    const other = stateOf((await Conversation.found(deps, new Person("alice"))).end("alice").session).context;
    const { context } = stateOf(alice.session);
    const refounded = changeContext({ ...context, founding: other.founding });
    await expectSkippedByAll(conversation, (await forge(alice, conversation, { proposals: [refounded] })).record, "badContext");
    const extensions = [...toExtensions(context), { extensionType: 0x000a, extensionData: new Uint8Array(0) }];
    const second: Proposal = { proposalType: "group_context_extensions", groupContextExtensions: { extensions } };
    await expectSkippedByAll(conversation, (await forge(alice, conversation, { proposals: [second] })).record, "badContext");
  });
});

it("one device with two key packages is refused on our own side before anything is sent", async () => {
  const deps = structuralDeps("twice in one commit");
  const conversation = await Conversation.found(deps, new Person("alice"));
  const alice = conversation.end("alice");
  const device = await new Person("bob").device(deps);
  const [one, two] = [await packageOf(deps, device), await packageOf(deps, device)];
  const change = { kind: "add", keyPackages: [one.publicPackage, two.publicPackage] } as const;
  await expect(alice.commit(change, conversation.tick())).rejects.toMatchObject({ code: "session/notAllowed" });
  await alice.restart();
  await alice.commit({ kind: "add", keyPackages: [two.publicPackage] }, conversation.tick());
});

describe("M3: kinds of proposals that no conversation has", () => {
  it("a pre-shared key and a kind that nobody knows are skipped by all", async () => {
    const { conversation, alice, bob } = await three("kinds");
    const psk: Proposal = {
      proposalType: "psk",
      psk: { preSharedKeyId: { psktype: "external", pskId: new Uint8Array(4), pskNonce: new Uint8Array(64) } },
    };
    const unknown: Proposal = { proposalType: 0xf0f0, proposalData: encodeUtf8("anything") };
    for (const proposal of [psk, unknown]) {
      for (const by of [alice, bob]) {
        const { record } = await forge(by, conversation, { proposals: [proposal] });
        await expectSkippedByAll(conversation, record, "forbiddenProposal");
      }
    }
  });
});

describe("M8: an invalid commit at a position", () => {
  it("is skipped by all, who restart in between; the pending commit that it overtook applies at the next one", async () => {
    const { deps, conversation, alice, bob, carol } = await three("overtaken");
    const pending = await bob.commit({ kind: "update" }, conversation.tick());
    const { record } = await forge(carol, conversation, { proposals: [await strangerTo(deps, conversation)] });
    for (const end of conversation.ends) await end.restart();
    for (const outcome of await conversation.post(record))
      expect(outcome).toMatchObject({ kind: "skipped", reason: "notAllowed" });
    for (const end of conversation.ends) await end.restart();
    expect(bob.session.pendingRecord).toEqual(pending.record);
    expect((await conversation.post(pending.record)).map(({ kind }) => kind)).toEqual(["applied", "applied", "applied"]);
    expect(bob.session.pendingRecord).toBeUndefined();
    expectAgreement(conversation);
    await conversation.say(alice, "on we go");
    expect(bob.shown).toEqual(["alice: on we go"]);
  });

  it("uses up the generation it was sealed under: the same bytes do not open again", async () => {
    const { deps, conversation, carol } = await three("used up");
    const { record } = await forge(carol, conversation, { proposals: [await strangerTo(deps, conversation)] });
    await conversation.post(record);
    const [alices, bobs, carols] = await conversation.post(record);
    const unopened = { kind: "skipped", reason: "doesNotOpen" };
    // Others know it for a replay. Its author had nothing pending: what stands there under its name it does not know.
    for (const outcome of [alices, bobs]) expect(outcome).toMatchObject({ ...unopened, isForkAlarm: false });
    expect(carols).toMatchObject({ ...unopened, isForkAlarm: true });
  });

  it("of a forged signature uses up nothing, and is told apart as a sign of a fork", async () => {
    const { deps, conversation, bob } = await three("signature");
    const suite = cipherSuiteOf(deps.crypto);
    const unsigned: CiphersuiteImpl = { ...suite, signature: { ...suite.signature, sign: async () => new Uint8Array(64) } };
    const outcomes = await conversation.post((await forge(bob, conversation, { suite: unsigned })).record);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: "skipped", reason: "doesNotOpen", isForkAlarm: true });
    await conversation.commit(bob, { kind: "update" });
    expectAgreement(conversation);
    await expectLife(conversation);
  });

  it("of another group, another epoch, or with a header that cannot be read", async () => {
    const { deps, conversation, alice, bob } = await three("elsewhere");
    const elsewhere = await Conversation.found(deps, new Person("alice"));
    const foreign = await forge(elsewhere.end("alice"), conversation, {});
    await expectSkippedByAll(conversation, foreign.record, "otherGroup");
    const late = await forge(bob, conversation, {});
    await conversation.commit(alice, { kind: "update" });
    await expectSkippedByAll(conversation, late.record, "wrongEpoch");
    const headless = await forge(bob, conversation, { authenticatedData: new Uint8Array(3) });
    await expectSkippedByAll(conversation, headless.record, "badHeader");
  });

  it("without the path that RFC 9420 section 12.4 asks for", async () => {
    const { conversation, alice } = await three("no path");
    const { context } = stateOf(alice.session);
    const createCommit: NonNullable<Parameters<typeof forge>[2]["createCommit"]> = published.createCommit;
    const { record } = await forge(alice, conversation, { proposals: [changeContext(context)], createCommit });
    await expectSkippedByAll(conversation, record, "badTree");
  });

  it("whose path carries another device of the same identity, or a device that is there already", async () => {
    const { deps, conversation, bob } = await three("other device");
    const second = await new Person("bob").device(deps, 2);
    await expectSkippedByAll(conversation, (await pathWith(bob, conversation, second)).record, "badTree");
    await conversation.add(bob, deps, [{ name: "bob 2", device: second }]);
    await expectSkippedByAll(conversation, (await pathWith(bob, conversation, second)).record, "badTree");
  });

  it("that adds a device a second time, under another key", async () => {
    const { deps, conversation, alice } = await three("twice");
    const bobs = await new Person("bob").device(deps);
    const other = await new Person("bob").device(deps, 2);
    const credential = new Person("bob").certify(bobs.deviceId, other.signatureKey);
    const again = await packageOf(deps, { credential, signatureSecretKey: other.signatureSecretKey }, conversation.nowMs);
    const { record } = await forge(alice, conversation, { proposals: [addition(again.publicPackage)] });
    await expectSkippedByAll(conversation, record, "badTree");
  });

  it("that adds with a key package whose time is over", async () => {
    const { deps, conversation, alice } = await three("late package");
    const bundle = await packageOf(deps, await new Person("dora").device(deps), START_MS);
    conversation.tick(31 * DAY_MS);
    const proposals = [addition(bundle.publicPackage)];
    const { record } = await forge(alice, conversation, { proposals, madeAtMs: START_MS, timeMs: conversation.nowMs });
    await expectSkippedByAll(conversation, record, "badKeyPackage");
  });
});

describe("M8: a new signature key for the same device", () => {
  it("is accepted with a certificate for it, and shown as a change of that member", async () => {
    const { deps, conversation, alice, bob } = await three("rekeyed");
    const first = await new Person("bob").device(deps);
    const fresh = await new Person("bob").device(deps, 7);
    const credential = new Person("bob").certify(first.deviceId, fresh.signatureKey);
    const { record } = await pathWith(bob, conversation, { ...fresh, credential });
    const outcome = await alice.receive(record, alice.session.positions + 1);
    expect(outcome).toMatchObject({ kind: "applied", events: [{ kind: "memberUpdated", member: { name: "bob" } }, {}] });
  });
});

/** A change of administrators by `by`, bent as asked. */
async function withRoles(
  by: End,
  conversation: Conversation,
  administrators: readonly IdentityId[],
  how: {
    readonly isEntryLeftOut?: boolean;
    readonly sequence?: number;
    readonly previous?: Uint8Array;
    readonly skewMs?: number;
    readonly signedBy?: string;
  } = {},
) {
  const { context, mls } = stateOf(by.session);
  const head = roleLogHead(context);
  const timeMs = conversation.tick();
  const credential = leafAt(mls.ratchetTree, by.session.self.leaf)?.credential;
  if (credential?.credentialType !== "basic") throw new RangeError("a leaf");
  const signer = conversation.end(how.signedBy ?? by.name);
  const actor = {
    identityId: by.session.self.identityId,
    credential: credential.identity,
    signatureSecretKey: signer.device.signatureSecretKey,
  };
  const entry = await createRoleLogEntry(by.deps.crypto, actor, {
    previous: how.previous ?? head.hash,
    sequence: how.sequence ?? head.sequence + 1,
    timeMs: timeMs + (how.skewMs ?? 0),
    administrators,
  });
  const roleLog = how.isEntryLeftOut === true ? context.roleLog : appendToRoleLog(context.roleLog, entry);
  const proposal = changeContext({ ...context, administrators: [...administrators].sort(), roleLog });
  return forge(by, conversation, { proposals: [proposal], timeMs });
}

/** An update whose new leaf is this device's, signed by its key, while the commit is signed as before. */
function pathWith(by: End, conversation: Conversation, device: TestDevice) {
  const suite = cipherSuiteOf(by.deps.crypto);
  const { leaf } = by.session.self;
  const label = encodeUtf8("LeafNodeTBS");
  const isLeafToSign = (message: Uint8Array): boolean => Buffer.from(message).includes(Buffer.from(label));
  const signs: CiphersuiteImpl = {
    ...suite,
    signature: {
      ...suite.signature,
      sign: (key, message) => suite.signature.sign(isLeafToSign(message) ? device.signatureSecretKey : key, message),
    },
  };
  return forge(by, conversation, {
    suite: signs,
    from: (mls: GroupState): GroupState => ({
      ...mls,
      ratchetTree: mls.ratchetTree.map((node, at) =>
        at === leaf * 2 && node?.nodeType === "leaf"
          ? {
              ...node,
              leaf: {
                ...node.leaf,
                signaturePublicKey: device.signatureKey,
                credential: { credentialType: "basic", identity: device.credential },
              },
            }
          : node,
      ),
    }),
  });
}
