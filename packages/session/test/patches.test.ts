// One regression test for each patch of ts-mls: what it is for holds in the patched copy and fails in the library as published. When
// a release fixes one of them, the second half fails, and the patch can go.
import * as publishedAuthentication from "ts-mls/authenticationService.js";
import * as publishedClientState from "ts-mls/clientState.js";
import * as publishedCreateCommit from "ts-mls/createCommit.js";
import * as publishedAction from "ts-mls/incomingMessageAction.js";
import * as publishedProtection from "ts-mls/messageProtection.js";
import * as publishedSecretTree from "ts-mls/secretTree.js";
import * as publishedByteArray from "ts-mls/util/byteArray.js";
import { describe, expect, it } from "vitest";
import * as patchedAuthentication from "#ts-mls/authenticationService.js";
import * as patchedClientState from "#ts-mls/clientState.js";
import * as patchedCreateCommit from "#ts-mls/createCommit.js";
import * as patchedAction from "#ts-mls/incomingMessageAction.js";
import * as patchedProtection from "#ts-mls/messageProtection.js";
import { byteLengthToPad } from "#ts-mls/paddingConfig.js";
import * as patchedSecretTree from "#ts-mls/secretTree.js";
import * as patchedByteArray from "#ts-mls/util/byteArray.js";
import { toExtensions } from "../src/group/context-rules.ts";
import { cipherSuiteOf } from "../src/mls/cipher-suite.ts";
import { APPLICATION_PADDING, configure, HANDSHAKE_PADDING, KEY_RETENTION } from "../src/mls/configuration.ts";
import {
  createSecretTree,
  decryptSenderData,
  type GroupState,
  type MLSMessage,
  type RatchetTree,
  toLeafIndex,
  treeHashRoot,
} from "../src/mls/library.ts";
import { Conversation, type End } from "./support/conversation.ts";
import { credulous, type Forgery, forge, stateOf } from "./support/forge.ts";
import { Person, START_MS, structuralDeps } from "./support/people.ts";

type CreateCommit = NonNullable<Forgery["createCommit"]>;

const KEY_BYTES = 32;
const NO_GUARD = new Uint8Array(4) as Uint8Array & { length: 4 };

async function group(seed: string, names: readonly string[]) {
  const deps = structuralDeps(seed);
  const conversation = await Conversation.found(deps, new Person("alice"));
  const alice = conversation.end("alice");
  const devices = await Promise.all(names.map(async (name) => ({ name, device: await new Person(name).device(deps) })));
  if (devices.length > 0) await conversation.add(alice, deps, devices);
  return { deps, conversation, alice, suite: cipherSuiteOf(deps.crypto) };
}

describe("patch 01: unmerged leaves", () => {
  const fault = async (library: Pick<typeof patchedClientState, "validateRatchetTree">, end: End, tree?: RatchetTree) => {
    const { mls } = stateOf(end.session);
    const suite = cipherSuiteOf(end.deps.crypto);
    const { lifetimeConfig } = configure(credulous, undefined);
    const judged = tree ?? mls.ratchetTree;
    const hash = await treeHashRoot(judged, suite.hash);
    const error = await library.validateRatchetTree(judged, mls.groupContext, lifetimeConfig, credulous.service, hash, suite);
    return error?.message;
  };

  async function eightWithTwoNewcomers() {
    const made = await group("unmerged", ["b", "c", "d", "e", "f", "g", "h"]);
    const { conversation, alice, deps } = made;
    await conversation.commit(alice, { kind: "remove", leaves: [3, 7] });
    for (const name of ["c", "e", "g"]) await conversation.commit(conversation.end(name), { kind: "update" });
    for (const name of ["i", "j"]) await conversation.addPerson(alice, deps, new Person(name));
    return made;
  }

  it("newcomers in two halves of an honest tree are no fault", async () => {
    const { alice } = await eightWithTwoNewcomers();
    expect(await fault(patchedClientState, alice)).toBeUndefined();
    expect(await fault(publishedClientState, alice)).toContain("intermediate node must list leaf node");
  });

  it("an entry that names a blank leaf, or one that is not below the parent, is one", async () => {
    const { alice, conversation } = await eightWithTwoNewcomers();
    await conversation.commit(alice, { kind: "remove", leaves: [7] });
    const { ratchetTree } = stateOf(alice.session).mls;
    const withUnmerged = (index: number, unmerged: number): RatchetTree =>
      ratchetTree.map((node, at) =>
        at === index && node?.nodeType === "parent"
          ? { ...node, parent: { ...node.parent, unmergedLeaves: [...node.parent.unmergedLeaves, unmerged] } }
          : node,
      );
    expect(ratchetTree[7]?.nodeType).toBe("parent");
    expect(ratchetTree[3]?.nodeType).toBe("parent");
    for (const tree of [withUnmerged(7, 7), withUnmerged(3, 5)]) {
      expect(await fault(patchedClientState, alice, tree)).toContain("Unmerged leaf did not represent");
      expect((await fault(publishedClientState, alice, tree)) ?? "").not.toContain("Unmerged leaf did not represent");
    }
  });
});

describe("patch 02: a change of the context brings a path", () => {
  it("a commit of GroupContextExtensions alone renews the committer's key", async () => {
    const { conversation, alice } = await group("context path", ["bob"]);
    const { context, mls } = stateOf(alice.session);
    const extensions = toExtensions({ ...context, location: [] });
    const keyAfter = async (createCommit: CreateCommit) => {
      const proposals = [{ proposalType: "group_context_extensions" as const, groupContextExtensions: { extensions } }];
      const { parts } = await forge(alice, conversation, { proposals, createCommit });
      return leafKey(parts.newState.ratchetTree);
    };
    const before = leafKey(mls.ratchetTree);
    expect(await keyAfter(patchedCreateCommit.createCommit)).not.toEqual(before);
    expect(await keyAfter(publishedCreateCommit.createCommit)).toEqual(before);
  });

  function leafKey(tree: RatchetTree): Uint8Array | undefined {
    return tree[0]?.nodeType === "leaf" ? tree[0].leaf.hpkePublicKey : undefined;
  }
});

describe("patch 03: M18: skipped generations", () => {
  type Ratchets = Pick<typeof patchedSecretTree, "ratchetToGeneration">;

  it("a state after a gap opens the messages that are missing, and not those after them that were read", async () => {
    const { suite } = await group("gap", []);
    const fresh = await createSecretTree(1, new Uint8Array(64).fill(7), suite.kdf);
    const sender = (generation: number) => ({ leafIndex: 0, generation, reuseGuard: NO_GUARD });
    const readable = async (library: Ratchets) => {
      const keys: Uint8Array[] = [];
      for (let generation = 0; generation < 6; generation++) {
        keys.push((await library.ratchetToGeneration(fresh, sender(generation), "application", KEY_RETENTION, suite)).key);
      }
      // Message 0 is withheld, 1 to 5 are read one after the other.
      let tree = fresh;
      for (let generation = 1; generation < 6; generation++) {
        tree = (await library.ratchetToGeneration(tree, sender(generation), "application", KEY_RETENTION, suite)).newTree;
      }
      const opened = new Set<number>();
      for (const [at, kept] of Object.entries(tree[0]?.application.unusedGenerations ?? {})) {
        if (equal(kept.slice(0, KEY_BYTES), keys[Number(at)])) opened.add(Number(at));
        // Whoever has the dump tries what is kept as the secret of the chain.
        const nothing = { secret: new Uint8Array(64), generation: 0, unusedGenerations: {} };
        const chain = { secret: kept, generation: Number(at), unusedGenerations: {} };
        for (let generation = Number(at); generation < 6; generation++) {
          const from = [{ handshake: nothing, application: chain }];
          const { key } = await library.ratchetToGeneration(from, sender(generation), "application", KEY_RETENTION, suite);
          if (equal(key, keys[generation])) opened.add(generation);
        }
      }
      return [...opened].sort();
    };
    expect(await readable(patchedSecretTree)).toEqual([0]);
    expect(await readable(publishedSecretTree)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("a session's stored state holds key and nonce of what is missing, and no chain secret", async () => {
    const { conversation, alice } = await group("dump", ["bob"]);
    const bob = conversation.end("bob");
    for (let n = 0; n < 5; n++) await alice.seal("never arrives");
    await bob.open(await alice.seal("after a gap"));
    const kept = stateOf(bob.session).mls.secretTree[0]?.application.unusedGenerations ?? {};
    expect(Object.values(kept).map(({ length }) => length)).toEqual([44, 44, 44, 44, 44]);
  });
});

describe("patch 04: the handshake ratchet of a commit", () => {
  it("a second commit in one epoch is sealed under another generation and key", async () => {
    const { conversation, alice, suite } = await group("ratchet", ["bob"]);
    const generations = async (createCommit: CreateCommit) => {
      const { mls } = stateOf(alice.session);
      const first = await forge(alice, conversation, { createCommit });
      const advanced =
        "advancedSecretTree" in first.parts ? (first.parts.advancedSecretTree as GroupState["secretTree"]) : undefined;
      const second = await forge(alice, conversation, {
        createCommit,
        from: (state) => ({ ...state, secretTree: advanced ?? state.secretTree }),
      });
      return Promise.all([first, second].map(({ parts }) => generationOf(parts.commit, mls, suite)));
    };
    expect(await generations(patchedCreateCommit.createCommit)).toEqual([0, 1]);
    expect(await generations(publishedCreateCommit.createCommit)).toEqual([0, 0]);
  });

  async function generationOf(message: MLSMessage, mls: GroupState, suite: ReturnType<typeof cipherSuiteOf>) {
    if (message.wireformat !== "mls_private_message") throw new RangeError("a private message");
    return (await decryptSenderData(message.privateMessage, mls.keySchedule.senderDataSecret, suite))?.generation;
  }
});

describe("patch 05: the sender of a message", () => {
  it("travels beside what was opened", async () => {
    const { conversation, alice, suite } = await group("sender", ["bob"]);
    const bob = conversation.end("bob");
    const from = stateOf(bob.session).mls;
    const to = stateOf(alice.session).mls;
    const sealed = await patchedProtection.protectApplicationData(
      from.signaturePrivateKey,
      from.keySchedule.senderDataSecret,
      new Uint8Array(3),
      new Uint8Array(0),
      from.groupContext,
      from.secretTree,
      1,
      APPLICATION_PADDING,
      suite,
    );
    const open = (library: Pick<typeof publishedProtection, "unprotectPrivateMessage">) =>
      library.unprotectPrivateMessage(
        to.keySchedule.senderDataSecret,
        sealed.privateMessage,
        to.secretTree,
        to.ratchetTree,
        to.groupContext,
        KEY_RETENTION,
        suite,
      );
    expect(await open(patchedProtection)).toMatchObject({ senderData: { leafIndex: 1, generation: 0 } });
    expect(await open(publishedProtection)).not.toHaveProperty("senderData");
    // A leaf that is blank is nobody's: it is refused before a ratchet is touched.
    const blank = to.ratchetTree.map((node, at) => (at === 2 ? undefined : node));
    const openBlank = (library: Pick<typeof publishedProtection, "unprotectPrivateMessage">) =>
      library.unprotectPrivateMessage(
        to.keySchedule.senderDataSecret,
        sealed.privateMessage,
        to.secretTree,
        blank,
        to.groupContext,
        KEY_RETENTION,
        suite,
      );
    await expect(openBlank(patchedProtection)).rejects.toThrow("did not point to a non-blank leaf node");
    await expect(openBlank(publishedProtection)).rejects.not.toThrow("did not point to a non-blank leaf node");
  });
});

describe("patch 06: M22: padding by size", () => {
  it("commits have the length that a function of their own length says", async () => {
    const padding = { kind: "padTo" as const, paddedLength: (length: number) => Math.ceil(length / 16) * 16 };
    expect([0, 1, 16, 17].map((length) => byteLengthToPad(length, padding))).toEqual([0, 15, 0, 15]);
    const { conversation, alice } = await group("padding", ["bob"]);
    const sized = (createCommit: CreateCommit) => forge(alice, conversation, { createCommit, paddingConfig: HANDSHAKE_PADDING });
    const { commit } = (await sized(patchedCreateCommit.createCommit)).parts;
    expect(commit.wireformat === "mls_private_message" && commit.privateMessage.ciphertext.length).toBe(4096 + 16);
    await expect(sized(publishedCreateCommit.createCommit)).rejects.toThrow(RangeError);
  });
});

describe("patch 07: M3: what nobody chose is refused", () => {
  it("the default service believes nobody and the default action accepts nothing", async () => {
    const credential = { credentialType: "basic" as const, identity: new Uint8Array(0) };
    const key = new Uint8Array(32);
    expect(await patchedAuthentication.defaultAuthenticationService.validateCredential(credential, key)).toBe(false);
    expect(await publishedAuthentication.defaultAuthenticationService.validateCredential(credential, key)).toBe(true);
    expect(patchedAction.acceptAll({ kind: "commit", senderLeafIndex: toLeafIndex(0), proposals: [] })).toBe("reject");
    expect(publishedAction.acceptAll({ kind: "commit", senderLeafIndex: toLeafIndex(0), proposals: [] })).toBe("accept");
  });

  it("a lifetime is judged at the time that is given, and not without one", async () => {
    const { alice, suite } = await group("lifetime", []);
    const { mls } = stateOf(alice.session);
    const hash = await treeHashRoot(mls.ratchetTree, suite.hash);
    const judge = async (library: Pick<typeof publishedClientState, "validateRatchetTree">, atMs: number | undefined) => {
      const config = {
        ...configure(credulous, atMs).lifetimeConfig,
        validateLifetimeOnReceive: true,
      };
      const { groupContext, ratchetTree } = mls;
      return (await library.validateRatchetTree(ratchetTree, groupContext, config, credulous.service, hash, suite))?.message;
    };
    expect(await judge(patchedClientState, START_MS)).toBeUndefined();
    expect(await judge(patchedClientState, START_MS + 3_700_000)).toContain("not within Lifetime");
    expect(await judge(patchedClientState, undefined)).toContain("No time");
    expect(await judge(publishedClientState, undefined)).not.toBe("No time to judge the Lifetime at");
  });

  it("wiping asks for no randomness", () => {
    const source = (library: Pick<typeof publishedByteArray, "zeroOutUint8Array">) => String(library.zeroOutUint8Array);
    expect(source(patchedByteArray)).not.toContain("getRandomValues");
    expect(source(publishedByteArray)).toContain("getRandomValues");
    const secret = new Uint8Array(8).fill(9);
    patchedByteArray.zeroOutUint8Array(secret);
    expect([...secret]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe("patch 08: path secrets under the new context", () => {
  it("members follow a commit that changes the context and removes somebody", async () => {
    const outcomes: string[] = [];
    const libraries: CreateCommit[] = [patchedCreateCommit.createCommit, publishedCreateCommit.createCommit];
    for (const createCommit of libraries) {
      const { conversation, alice } = await group("new context", ["bob", "carol"]);
      const place = { nodeId: alice.session.founder, nodeUrl: "https://node.example", stream: new Uint8Array(32) };
      const { context } = stateOf(alice.session);
      const extensions = toExtensions({ ...context, location: [place] });
      const { record } = await forge(alice, conversation, {
        createCommit,
        proposals: [
          { proposalType: "remove", remove: { removed: 2 } },
          { proposalType: "group_context_extensions", groupContextExtensions: { extensions } },
        ],
      });
      outcomes.push((await conversation.end("bob").receive(record, 2)).kind);
    }
    expect(outcomes).toEqual(["applied", "stuck"]);
  });
});

function equal(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
