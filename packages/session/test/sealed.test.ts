import { describe, expect, it } from "vitest";
import { createXWingCrypto, generateInboxKey, openFromInbox, sealedKeyId, sealToInbox } from "../src/index.ts";
import { Conversation } from "./support/conversation.ts";
import { Person, structuralDeps } from "./support/people.ts";
import { seededRandom } from "./support/structural-crypto.ts";

const stream = new Uint8Array(32).fill(1);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("a sealed record", () => {
  const crypto = createXWingCrypto(seededRandom("sealed"));

  it("opens with its key for its inbox, and not otherwise; its size says only its class", async () => {
    const { publicKey, secretKey } = await generateInboxKey(crypto);
    const record = await sealToInbox(crypto, publicKey, { stream, keyId: 7 }, text("hello"));
    if (record === undefined) throw new Error("sealed");
    expect(sealedKeyId(record)).toBe(7);
    expect(await openFromInbox(crypto, secretKey, { stream, keyId: 7 }, record)).toEqual(text("hello"));
    expect((await sealToInbox(crypto, publicKey, { stream, keyId: 7 }, text("a longer greeting")))?.length).toBe(record.length);
    const other = await generateInboxKey(crypto);
    expect(await openFromInbox(crypto, other.secretKey, { stream, keyId: 7 }, record)).toBeUndefined();
    expect(await openFromInbox(crypto, secretKey, { stream: new Uint8Array(32), keyId: 7 }, record)).toBeUndefined();
    expect(await openFromInbox(crypto, secretKey, { stream, keyId: 8 }, record)).toBeUndefined();
    for (let at = 0; at < record.length; at += 97) {
      const changed = record.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await openFromInbox(crypto, secretKey, { stream, keyId: 7 }, changed), `byte ${at}`).toBeUndefined();
      expect(await openFromInbox(crypto, secretKey, { stream, keyId: 7 }, record.slice(0, at))).toBeUndefined();
    }
    expect(await sealToInbox(crypto, new Uint8Array(10), { stream, keyId: 7 }, text("x"))).toBeUndefined();
    expect(await sealToInbox(crypto, publicKey, { stream, keyId: 7 }, new Uint8Array(5_000_000))).toBeUndefined();
  });
});

describe("ephemeral content", () => {
  it("reaches members of the epoch with its author, and nobody in another epoch; changed bytes do not open", async () => {
    const deps = structuralDeps("ephemeral");
    const conversation = await Conversation.found(deps, new Person("alice"));
    const alice = conversation.end("alice");
    const bob = await conversation.addPerson(alice, deps, new Person("bob"));
    const place = { session: new Uint8Array(16).fill(3), counter: 5 };
    const record = await alice.session.sealEphemeral(text("typing"), place);
    if (record === undefined) throw new Error("sealed");
    const opened = await bob.session.openEphemeral(record);
    expect(opened).toMatchObject({ ...place, content: text("typing") });
    expect(opened?.author.name).toBe("alice");
    for (let at = 0; at < record.length; at += 5) {
      const changed = record.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await bob.session.openEphemeral(changed), `byte ${at}`).toBeUndefined();
    }
    await conversation.commit(bob, { kind: "update" });
    expect(await bob.session.openEphemeral(record)).toBeUndefined();
  });

  it("the tokens of a pending commit are those of the epoch it starts", async () => {
    const deps = structuralDeps("pending tokens");
    const conversation = await Conversation.found(deps, new Person("alice"));
    const alice = conversation.end("alice");
    expect(await alice.session.pendingStreamTokens(stream, 2)).toBeUndefined();
    const { record } = await alice.commit({ kind: "update" }, conversation.tick());
    const pending = await alice.session.pendingStreamTokens(stream, 2);
    await conversation.post(record);
    expect(pending).toEqual(await alice.session.streamTokens(stream, 2));
  });
});
