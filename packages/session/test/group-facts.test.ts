import { DecodeError } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import {
  type ConversationContext,
  decodeConversationContext,
  encodeConversationContext,
} from "../src/group/conversation-context.ts";
import { createFoundingStatement, decodeFoundingStatement } from "../src/group/founding.ts";
import { createKeyPackage, verifyKeyPackage } from "../src/key-package.ts";
import type { Proposal } from "../src/mls/library.ts";
import { Conversation } from "./support/conversation.ts";
import { addition, forge, stateOf } from "./support/forge.ts";
import { DAY_MS, Person, packageOf, START_MS, structuralDeps } from "./support/people.ts";

const deps = structuralDeps("group facts");
const none = new Uint8Array(0);
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const WEBP = new TextEncoder().encode("RIFF\x08\0\0\0WEBPVP8L");
const [ana, ben, carol] = [new Person("Ana"), new Person("Ben"), new Person("Carol")];

const noneAgreed = { name: "", disappearAfterS: 0, picture: none };

async function contextWith(agreed: Partial<ConversationContext>): Promise<ConversationContext> {
  const bytes = await createFoundingStatement(deps.crypto, await ana.device(deps), { kind: "group", nowMs: START_MS });
  const founding = decodeFoundingStatement(bytes);
  return { founding, administrators: [ana.identityId], roleLog: [], location: [], streamAdminKeys: [], ...noneAgreed, ...agreed };
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

describe("the picture of a group", () => {
  it("is written only where there is one: a context without is read by whoever knows no pictures", async () => {
    const named = encodeConversationContext(await contextWith({ name: "Garden" }));
    expect(named[0]).toBe(2);
    for (const agreed of [
      { ...noneAgreed, picture: JPEG },
      { name: "Garden", disappearAfterS: 30, picture: WEBP },
      { ...noneAgreed, picture: new Uint8Array([...JPEG, ...new Uint8Array(8_192 - JPEG.length)]) },
    ]) {
      const bytes = encodeConversationContext(await contextWith(agreed));
      expect(bytes[0]).toBe(3);
      expect(decodeConversationContext(bytes)).toMatchObject(agreed);
    }
    for (const picture of badPictures()) {
      const context = await contextWith({ picture });
      expect(() => encodeConversationContext(context)).toThrow(RangeError);
      expect(() => decodeConversationContext(withPicture(named, picture))).toThrow(DecodeError);
    }
    expect(() => decodeConversationContext(withPicture(named, none))).toThrow(DecodeError);
  });

  it("is chosen and taken away by administrators, told as events, and joined with", async () => {
    const conversation = await Conversation.found(deps, ana);
    const end = conversation.end("Ana");
    const member = await conversation.addPerson(end, deps, ben);
    const told = async (picture: Uint8Array): Promise<unknown> => {
      const [outcome] = await conversation.commit(end, { kind: "context", picture });
      return outcome?.kind === "applied" ? outcome.events[0] : outcome;
    };
    expect(await told(JPEG)).toMatchObject({ kind: "pictureChanged", picture: JPEG, by: { name: "Ana" } });
    await conversation.commit(end, { kind: "context", name: "Garden" });
    await conversation.addPerson(end, deps, carol);
    await member.restart();
    for (const { session } of conversation.ends) expect(session.picture).toEqual(JPEG);
    expect(await told(none)).not.toHaveProperty("picture");
    for (const { session } of conversation.ends) expect([session.picture, session.name]).toEqual([undefined, "Garden"]);
  });

  it("M2 M8: of a member who does not administer, or no picture, or too large: skipped by all alike, and the group goes on", async () => {
    const conversation = await Conversation.found(deps, ana);
    const end = conversation.end("Ana");
    const member = await conversation.addPerson(end, deps, ben);
    await conversation.addPerson(end, deps, carol);
    await conversation.commit(end, { kind: "context", picture: WEBP });
    const plain = encodeConversationContext({ ...stateOf(end.session).context, name: "Garden", picture: none });
    const attempts = [
      { by: member, picture: JPEG, why: "notAllowed" },
      ...badPictures().map((picture) => ({ by: end, picture, why: "badContext" })),
    ];
    for (const { by, picture, why } of attempts) {
      const proposal: Proposal = {
        proposalType: "group_context_extensions",
        groupContextExtensions: { extensions: [{ extensionType: 0xf2c0, extensionData: withPicture(plain, picture) }] },
      };
      const { record } = await forge(by, conversation, { proposals: [proposal] });
      const outcomes = await conversation.post(record);
      expect(outcomes).toHaveLength(3);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: "skipped", reason: why });
    }
    await conversation.commit(member, { kind: "update" });
    for (const { session } of conversation.ends) expect(session.picture).toEqual(WEBP);
    expect(new Set(conversation.ends.map(({ session }) => session.conversationCode().digits)).size).toBe(1);
  });
});

/** What is no picture of a group: of another kind, or a byte too long. */
function badPictures(): Uint8Array[] {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const sound = new TextEncoder().encode("RIFF\x08\0\0\0WAVEfmt ");
  return [png, sound, JPEG.subarray(0, 2), new Uint8Array([...JPEG, ...new Uint8Array(8_193 - JPEG.length)])];
}

/** A context that is written with Agreed, and with these bytes after it. */
function withPicture(agreed: Uint8Array, picture: Uint8Array): Uint8Array {
  return new Uint8Array([3, ...agreed.subarray(1), picture.length >> 8, picture.length & 0xff, ...picture]);
}

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
