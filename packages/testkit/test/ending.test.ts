// Blocking and unblocking, leaving, and deleting an identity: what the other side sees, and what is left.
import { type ContactSnapshot, openPgpIdentity } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import {
  acquaintedWith,
  contactOf,
  conversationOf,
  faults,
  heard,
  idOf,
  linkOf,
  NODE_URL,
  rest,
  say,
  texts,
  through,
  World,
} from "./support/real-world.ts";

const LONG = 300_000;

it("who is blocked and unblocked again can be talked with as before, and what was said meanwhile is not shown", async () => {
  const { world, ana, ben } = await acquaintedWith();
  await ana.client.contacts.block(idOf(ben));
  await say(ben, "unheard");
  await rest(world, 9_000, ana, ben);
  const events = ana.events.length;
  expect(await texts(ana)).toEqual([]);
  expect(conversationOf(ana)?.unread).toBe(0);
  await ana.client.contacts.unblock(idOf(ben));
  expect(contactOf(ana, ben)?.state).toBe("accepted");
  await say(ana, "I am back");
  await say(ben, "finally");
  await world.until("both heard", () => heard(ana).length === 1 && heard(ben).length === 1, LONG);
  expect(await texts(ana)).toEqual(expect.arrayContaining(["finally"]));
  expect(ana.events.slice(events).filter(({ kind }) => kind === "fault")).toEqual([]);
  await world.close(ana, ben);
});

it("a contact that left, was blocked and unblocked can be asked again", async () => {
  const { world, ana, ben } = await acquaintedWith();
  await ben.client.conversations.leave(conversationOf(ben)?.id ?? "");
  await world.until("gone", () => contactOf(ana, ben)?.state === "gone", LONG);
  await ana.client.contacts.block(idOf(ben));
  await ana.client.contacts.unblock(idOf(ben));
  expect(contactOf(ana, ben)?.state).toBe("gone");
  await ana.client.contacts.add(linkOf(ben), "again?");
  await world.until("asked", () => contactOf(ben, ana)?.state === "asking", LONG);
  await ben.client.contacts.accept(idOf(ana));
  await world.until("joined", () => [ana, ben].every((one) => conversationOf(one)?.state === "active"), LONG);
  await say(ana, "hello again");
  await world.until("heard", () => heard(ben).length === 1, LONG);
  await world.close(ana, ben);
});

it("somebody who asks, is blocked and unblocked is not accepted by that", async () => {
  const { world, ana, ben } = await acquaintedWith();
  await ben.client.conversations.leave(conversationOf(ben)?.id ?? "");
  await world.until("gone", () => contactOf(ana, ben)?.state === "gone", LONG);
  await ben.client.contacts.add(linkOf(ana), "let me in again");
  await world.until("asking", () => contactOf(ana, ben)?.state === "asking", LONG);
  await ana.client.contacts.block(idOf(ben));
  await ana.client.contacts.unblock(idOf(ben));
  await rest(world, 60_000, ana, ben);
  expect(contactOf(ana, ben)?.state).not.toBe("accepted");
  expect(conversationOf(ben)?.state).not.toBe("active");
  await world.close(ana, ben);
});

it("leaving while the node is away goes out when it is back; nothing else is sent after it", async () => {
  const { world, ana, ben } = await acquaintedWith();
  world.nodeDown();
  await say(ben, "last words");
  await ben.client.conversations.leave(conversationOf(ben)?.id ?? "");
  await expect(say(ben, "one more thing")).rejects.toMatchObject({ code: "conversation/closed" });
  world.nodeUp();
  await world.until("gone", () => contactOf(ana, ben)?.state === "gone", LONG);
  expect(heard(ana)).toEqual(["last words"]);
  await world.until("left", () => conversationOf(ben)?.state === "left", LONG);
  expect(contactOf(ben, ana)?.state).toBe("gone");
  await world.close(ana, ben);
});

it("leaving on one device leaves on the others", async () => {
  const { world, ana, ben } = await acquaintedWith();
  const tablet = await world.imported("Ben", await ben.client.account.exportBackup("pass"), "pass");
  await world.until("taken in", () => conversationOf(tablet)?.state === "active", LONG);
  await ben.client.conversations.leave(conversationOf(ben)?.id ?? "");
  await world.until("gone", () => contactOf(ana, ben)?.state === "gone", LONG);
  await world.until("left", () => [ben, tablet].every((one) => conversationOf(one)?.state === "left"), LONG);
  await expect(say(tablet, "still here")).rejects.toMatchObject({ code: "conversation/closed" });
  await world.close(ana, ben, tablet);
});

it("a deleted identity says goodbye, is gone from the directory, and leaves an empty disk", async () => {
  const { world, ana, ben } = await acquaintedWith();
  const carol = await world.person("Carol");
  await world.published(carol);
  const [benId, link] = [idOf(ben), linkOf(ben)];
  const verdict = await ben.client.account.deleteIdentity();
  expect(verdict).toEqual({ isRevoked: true });
  expect(ben.events.find(({ kind }) => kind === "stopped")).toMatchObject({ code: "client/deleted" });
  await world.until("gone", () => ana.client.contacts.get(benId)?.state === "gone", LONG);
  const left = await ben.disk.range({ from: new Uint8Array(0), to: new Uint8Array(65).fill(255), limit: 1_000 });
  expect(left).toEqual([]);
  // Nobody new reaches it, and whoever tries is told.
  await carol.client.contacts.add(link, "are you there?");
  await world.until("told", () => isRefused(carol.client.contacts.get(benId)?.delivery), LONG);
  expect(faults(carol)).toEqual([]);
  const { certificate } = await world.network
    .transport("anybody")
    .call(NODE_URL, "identity.lookup", { identity: benId }, undefined);
  const facts = await openPgpIdentity.readCertificate(certificate, { atMs: world.time.nowMs() });
  expect(facts).toMatchObject({ id: benId, isUsable: false, revocation: "soft" });
  await world.close(ana, carol);
});

function isRefused(delivery: ContactSnapshot["delivery"]): boolean {
  return typeof delivery === "object" && delivery.refused === "revoked";
}

it("an identity is deleted from the disk even when the node is away, and the person is told", async () => {
  const { world, ana, ben } = await acquaintedWith();
  world.nodeDown();
  expect(await ben.client.account.deleteIdentity()).toEqual({ isRevoked: false });
  await expect(world.again("Ben", ben.disk)).rejects.toMatchObject({ code: "vault/missing" });
  await world.close(ana);
});

it("an identity is deleted when the node takes everything and never answers", async () => {
  const world = await World.create();
  const state = { isSilent: false };
  const ben = await world.person(
    "Ben",
    through((_, next) => (state.isSilent ? new Promise(() => undefined) : next())),
  );
  const ana = await world.person("Ana");
  await world.acquainted(ben, ana);
  state.isSilent = true;
  let verdict: { readonly isRevoked: boolean } | undefined;
  ben.client.account.deleteIdentity().then((one) => {
    verdict = one;
  });
  await world.until("deleted", () => verdict !== undefined, LONG);
  expect(verdict).toEqual({ isRevoked: false });
  await world.close(ana);
});
