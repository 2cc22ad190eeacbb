import { DecodeError } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import {
  type ConversationContext,
  decodeConversationContext,
  encodeConversationContext,
} from "../src/group/conversation-context.ts";
import { createFoundingStatement, decodeFoundingStatement } from "../src/group/founding.ts";
import { createKeyPackage, verifyKeyPackage } from "../src/key-package.ts";
import { Conversation } from "./support/conversation.ts";
import { addition, forge } from "./support/forge.ts";
import { DAY_MS, Person, packageOf, START_MS, structuralDeps } from "./support/people.ts";

const deps = structuralDeps("group facts");
const [ana, ben, carol] = [new Person("Ana"), new Person("Ben"), new Person("Carol")];

async function contextWith(agreed: Pick<ConversationContext, "name" | "disappearAfterS">): Promise<ConversationContext> {
  const bytes = await createFoundingStatement(deps.crypto, await ana.device(deps), { kind: "group", nowMs: START_MS });
  const founding = decodeFoundingStatement(bytes);
  return { founding, administrators: [ana.identityId], roleLog: [], location: [], streamAdminKeys: [], ...agreed };
}

describe("what a group agrees on", () => {
  it("is written only where it says something, and has one form", async () => {
    const plain = encodeConversationContext(await contextWith({ name: "", disappearAfterS: 0 }));
    expect(plain[0]).toBe(1);
    for (const agreed of [
      { name: "Garden", disappearAfterS: 0 },
      { name: "", disappearAfterS: 30 },
      { name: "ü".repeat(64), disappearAfterS: 28 * 86_400 },
    ]) {
      const bytes = encodeConversationContext(await contextWith(agreed));
      expect(bytes[0]).toBe(2);
      expect(decodeConversationContext(bytes)).toMatchObject(agreed);
    }
    const saysNothing = new Uint8Array([2, ...plain.subarray(1), 0, 0, 0, 0, 0]);
    expect(() => decodeConversationContext(saysNothing)).toThrow(DecodeError);
    const tooLong = new Uint8Array([2, ...plain.subarray(1), 0, 0, 0x24, 0xea, 0x01]);
    expect(() => decodeConversationContext(tooLong)).toThrow(DecodeError);
    await expect(contextWith({ name: "x".repeat(129), disappearAfterS: 0 }).then(encodeConversationContext)).rejects.toThrow(
      RangeError,
    );
  });

  it("is changed by administrators, told as events, and joined with", async () => {
    const conversation = await Conversation.found(deps, ana);
    const [end] = conversation.ends;
    if (end === undefined) throw new RangeError("no founder");
    const member = await conversation.addPerson(end, deps, ben);
    const [outcome] = await conversation.commit(end, { kind: "context", name: "Garden", disappearAfterS: 3_600 });
    expect(outcome).toMatchObject({ kind: "applied" });
    expect(outcome?.kind === "applied" ? outcome.events.map(({ kind }) => kind) : []).toEqual([
      "nameChanged",
      "disappearingChanged",
      "epochStarted",
    ]);
    await conversation.addPerson(end, deps, carol);
    await member.restart();
    for (const { session } of conversation.ends) expect([session.name, session.disappearAfterS]).toEqual(["Garden", 3_600]);
  });
});

describe("a leaf with a stream key", () => {
  const key = new Uint8Array(32).fill(5);

  it("shows it to all members, also after its device updated itself and everybody restarted", async () => {
    const conversation = await Conversation.found(deps, ana);
    const [end] = conversation.ends;
    if (end === undefined) throw new RangeError("no founder");
    const device = await ben.device(deps);
    const bundle = await createKeyPackage(deps, {
      ...device,
      nowMs: START_MS,
      lifetimeMs: DAY_MS,
      isLastResort: false,
      streamAdminKey: key,
    });
    const verified = await verifyKeyPackage(deps, bundle.publicPackage, { atMs: START_MS });
    expect(verified.kind === "verified" ? verified.keyPackage.streamAdminKey : undefined).toEqual(key);
    await conversation.commit(end, { kind: "add", keyPackages: [bundle.publicPackage] });
    await end.restart();
    expect(end.session.roster.map(({ streamAdminKey }) => streamAdminKey)).toEqual([undefined, key]);
  });

  it("of another length, or beside another extension, is no leaf of ours (M2)", async () => {
    const device = await ben.device(deps);
    const options = { ...device, nowMs: START_MS, lifetimeMs: DAY_MS, isLastResort: false };
    const short = await createKeyPackage(deps, { ...options, streamAdminKey: key.subarray(1) });
    expect(await verifyKeyPackage(deps, short.publicPackage, { atMs: START_MS })).toMatchObject({ kind: "refused" });
    const conversation = await Conversation.found(deps, ana);
    const [end] = conversation.ends;
    if (end === undefined) throw new RangeError("no founder");
    const member = await conversation.addPerson(end, deps, carol);
    const forged = await forge(end, conversation, { proposals: [addition(short.publicPackage)] });
    await conversation.post(forged.record);
    expect(member.outcomes.at(-1)).toMatchObject({ kind: "skipped", reason: "badKeyPackage" });
    expect(await verifyKeyPackage(deps, (await packageOf(deps, device)).publicPackage, { atMs: START_MS })).toMatchObject({
      kind: "verified",
    });
  });
});
