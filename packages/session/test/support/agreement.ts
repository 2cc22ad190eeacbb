// What honest members must have in common after every record.
import { expect } from "vitest";
import type { SkipReason } from "../../src/outcomes.ts";
import type { Conversation, End } from "./conversation.ts";

export function activeEnds(conversation: Conversation): End[] {
  return conversation.ends.filter(({ session }) => session.status === "active");
}

/** One epoch, one roster, one code, one chain of handshakes. */
export function expectAgreement(conversation: Conversation): void {
  const seen = activeEnds(conversation).map(({ session }) => ({
    code: session.conversationCode(),
    head: session.handshakeHead,
    positions: session.positions,
    administrators: session.administrators,
    members: session.roster.map(({ leaf, identityId, deviceId, name, isAdministrator }) => ({
      leaf,
      identityId,
      deviceId,
      name,
      isAdministrator,
    })),
  }));
  for (const one of seen) expect(one).toEqual(seen[0]);
}

/** All active members skip the record for this reason; the next valid commit applies for all, and messages go on. */
export async function expectSkippedByAll(conversation: Conversation, record: Uint8Array, reason: SkipReason): Promise<void> {
  const before = activeEnds(conversation).map(({ session }) => session.conversationCode());
  const outcomes = await conversation.post(record);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: "skipped", reason });
  expect(activeEnds(conversation).map(({ session }) => session.conversationCode())).toEqual(before);
  await expectLife(conversation);
}

/** A commit and a message of the first active member reach all others. */
export async function expectLife(conversation: Conversation): Promise<void> {
  const [first, ...others] = activeEnds(conversation);
  if (first === undefined) throw new RangeError("nobody is active");
  for (const outcome of await conversation.commit(first, { kind: "update" })) expect(outcome.kind).toBe("applied");
  expectAgreement(conversation);
  await conversation.say(first, "still here");
  for (const { shown } of others) expect(shown.at(-1)).toBe(`${first.name}: still here`);
}
