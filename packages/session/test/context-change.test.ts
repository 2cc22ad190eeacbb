import { expect, it } from "vitest";
import { Conversation } from "./support/conversation.ts";
import { Person, structuralDeps } from "./support/people.ts";

it("members follow a commit that changes the conversation's context (RFC 9420 section 12.4.1)", async () => {
  const deps = structuralDeps("context change");
  const [a, b, c] = [new Person("Alice"), new Person("Bob"), new Person("Carol")];
  const conversation = await Conversation.found(deps, a);
  const alice = conversation.end("Alice");
  const bob = await conversation.addPerson(alice, deps, b);
  await conversation.commit(alice, { kind: "context", administrators: [a.identityId, b.identityId].sort() });
  expect(bob.outcomes.map(({ kind }) => kind)).toEqual(["applied"]);
  await conversation.addPerson(bob, deps, c);
  await conversation.say(alice, "all here");
  expect(conversation.end("Carol").shown).toEqual(["Alice: all here"]);
  expect(bob.shown).toEqual(["Alice: all here"]);
});
