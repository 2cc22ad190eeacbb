import { describe, expect, it } from "vitest";
import { createXWingCrypto } from "../src/primitives/xwing-crypto.ts";
import { Conversation, textOf } from "./support/conversation.ts";
import { Person, structuralDeps, verifyCredential } from "./support/people.ts";
import { seededRandom } from "./support/structural-crypto.ts";

describe.each(["structural", "real"])("two people (%s)", (fidelity) => {
  const deps =
    fidelity === "real"
      ? { crypto: createXWingCrypto(seededRandom("two people")), verifyCredential }
      : structuralDeps("two people");

  it("found, add, join, talk both ways, update, restart", async () => {
    const conversation = await Conversation.found(deps, new Person("alice"), "direct");
    const alice = conversation.end("alice");
    const bob = await conversation.addPerson(alice, deps, new Person("bob"));
    await conversation.say(alice, "hello");
    await conversation.say(bob, "hi");
    await conversation.commit(bob, { kind: "update" });
    await alice.restart();
    await bob.restart();
    await conversation.say(bob, "again");
    await conversation.say(alice, "and again");
    expect(alice.shown).toEqual(["bob: hi", "bob: again"]);
    expect(bob.shown).toEqual(["alice: hello", "alice: and again"]);
    expect(alice.session.conversationCode()).toEqual(bob.session.conversationCode());
    expect(alice.session.roster.map(({ name, isAdministrator }) => [name, isAdministrator])).toEqual([
      ["alice", true],
      ["bob", false],
    ]);
    expect(textOf(new Uint8Array(0))).toBe("");
  });
});
