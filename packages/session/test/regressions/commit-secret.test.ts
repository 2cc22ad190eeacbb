// Patch 09. Found by random histories: after a commit that left one member, the commit secret was zeros, so that whoever was removed last
// could compute the epochs that followed; and with a blank root, members of one half of the tree were stuck after an honest commit.
import * as published from "ts-mls/createCommit.js";
import * as publishedPaths from "ts-mls/pathSecrets.js";
import { describe, expect, it } from "vitest";
import { deriveSecret } from "#ts-mls/crypto/kdf.js";
import { cipherSuiteOf } from "../../src/mls/cipher-suite.ts";
import {
  createCommit,
  type GroupState,
  getCommitSecret,
  initializeEpoch,
  toLeafIndex,
  toNodeIndex,
} from "../../src/mls/library.ts";
import { Conversation } from "../support/conversation.ts";
import { type Forgery, forge, stateOf } from "../support/forge.ts";
import { Person, structuralDeps } from "../support/people.ts";

const deps = structuralDeps("commit secret");
const suite = cipherSuiteOf(deps.crypto);
const ZEROS = new Uint8Array(64);

/** What somebody makes of an epoch who has only the secrets of the one before, and what is public. */
async function followed(old: GroupState, next: GroupState): Promise<GroupState> {
  const made = await initializeEpoch(old.keySchedule.initSecret, ZEROS, next.groupContext, ZEROS, suite.kdf);
  return { ...next, keySchedule: made.keySchedule };
}

describe("M18: the last one who is removed", () => {
  const removeBob: Forgery["proposals"] = [{ proposalType: "remove", remove: { removed: toLeafIndex(1) } }];

  it("cannot compute the next epoch, as it could with the library as published", async () => {
    for (const [library, follows] of [
      [createCommit, false],
      [published.createCommit, true],
    ] as const) {
      const conversation = await Conversation.found(deps, new Person("alice"));
      const alice = conversation.end("alice");
      const bob = await conversation.addPerson(alice, deps, new Person("bob"));
      const thief = stateOf(bob.session).mls;
      const { parts } = await forge(alice, conversation, { proposals: removeBob, createCommit: library });
      const guess = await followed(thief, parts.newState);
      const { epochAuthenticator } = parts.newState.keySchedule;
      expect(Buffer.compare(guess.keySchedule.epochAuthenticator, epochAuthenticator) === 0).toBe(follows);
    }
  });

  it("cannot follow either when somebody is added afterwards", async () => {
    const conversation = await Conversation.found(deps, new Person("alice"));
    const alice = conversation.end("alice");
    const bob = await conversation.addPerson(alice, deps, new Person("bob"));
    const thief = stateOf(bob.session).mls;
    await conversation.commit(alice, { kind: "remove", leaves: [1] });
    const alone = await followed(thief, stateOf(alice.session).mls);
    await conversation.addPerson(alice, deps, new Person("carol"));
    const now = stateOf(alice.session).mls;
    const guess = await followed(alone, now);
    expect(Buffer.compare(guess.keySchedule.exporterSecret, now.keySchedule.exporterSecret)).not.toBe(0);
  });
});

describe("a tree whose left half is empty", () => {
  it("is followed: the commit secret comes from the highest node on the path, not from a blank root", async () => {
    const conversation = await Conversation.found(deps, new Person("alice"));
    const alice = conversation.end("alice");
    const people = ["bob", "carol", "dave"].map((name) => new Person(name));
    const devices = await Promise.all(people.map(async (person) => ({ name: person.name, device: await person.device(deps) })));
    const [, carol, dave] = await conversation.add(alice, deps, devices);
    if (carol === undefined || dave === undefined) throw new RangeError("four");
    const administrators = [...alice.session.administrators, dave.session.self.identityId];
    await conversation.commit(alice, { kind: "context", administrators });
    await conversation.commit(dave, { kind: "remove", leaves: [0, 1] });
    for (const by of [dave, carol, dave]) {
      const outcomes = await conversation.commit(by, { kind: "update" });
      expect(outcomes.map(({ kind }) => kind)).toEqual(["applied", "applied"]);
    }
    expect(carol.session.conversationCode()).toEqual(dave.session.conversationCode());

    const { ratchetTree } = stateOf(dave.session).mls;
    const at = toNodeIndex(5);
    expect([ratchetTree[3], ratchetTree[5]?.nodeType]).toEqual([undefined, "parent"]);
    const secret = new Uint8Array(64).fill(4);
    const once = await deriveSecret(secret, "path", suite.kdf);
    expect(await getCommitSecret(ratchetTree, at, secret, suite.kdf)).toEqual(once);
    expect(await publishedPaths.getCommitSecret(ratchetTree, at, secret, suite.kdf)).not.toEqual(once);
  });
});
