import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { contactOf, conversationOf, faults, heard, idOf, linkOf, NODE_URL, type Person, say, World } from "./support/world.ts";

it("what was said while the node was away arrives once, in order, when it is back", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  world.nodeDown();
  for (const text of ["one", "two", "three"]) await say(ben, text);
  expect(conversationOf(ben)).toMatchObject({ queued: 3 });
  world.nodeUp();
  await world.until("arrived", () => heard(ana).length === 3, 120_000);
  expect(heard(ana)).toEqual(["one", "two", "three"]);
  await world.until("sent", () => conversationOf(ben)?.queued === 0);
  expect([...faults(ana), ...faults(ben)]).toEqual([]);
  await world.close(ana, ben);
});

it("two processes one after the other on the same vault go on where the first stopped", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await say(ben, "before");
  await world.until("arrived", () => heard(ana).length === 1);
  await ben.client.close();
  await say(ana, "while you were away");
  const benAgain = await world.again("Ben", ben.disk);
  await world.until("read on", () => heard(benAgain).length === 1);
  await say(benAgain, "after");
  await world.until("arrived again", () => heard(ana).length === 2);
  expect([heard(ana), heard(benAgain)]).toEqual([["before", "after"], ["while you were away"]]);
  await world.close(ana, benAgain);
});

it("requests that cross become one conversation, founded by the lower identity id", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  await Promise.all([ana.client.contacts.add(linkOf(ben), "hi"), ben.client.contacts.add(linkOf(ana), "hi")]);
  await world.until("joined", () => [ana, ben].every((one) => conversationOf(one)?.state === "active"));
  await say(ana, "same thread?");
  await say(ben, "same thread");
  await world.until("both heard", () => heard(ana).length === 1 && heard(ben).length === 1);
  expect(conversationOf(ana)?.code).toEqual(conversationOf(ben)?.code);
  expect([ana, ben].map(({ client }) => client.conversations.list().length)).toEqual([1, 1]);
  await world.close(ana, ben);
});

it("whoever asks is told when the request has left, and when it had to wait", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  world.nodeDown();
  await ben.client.contacts.add(linkOf(ana), "hi");
  const told = (): unknown => ben.events.findLast((event) => event.kind === "contact")?.contact.delivery;
  expect(told()).toBe("queued");
  world.nodeUp();
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking", 120_000);
  await world.until("told", () => told() === "atNode");
  await world.close(ana, ben);
});

it("a declined request is not answered, and may be made again", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  await ben.client.contacts.add(linkOf(ana), "one");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await ana.client.contacts.decline(idOf(ben));
  await world.pass(5_000);
  expect(contactOf(ben, ana)?.state).toBe("requested");
  await ben.client.contacts.add(linkOf(ana), "two");
  await world.until("asked again", () => contactOf(ana, ben)?.greeting === "two");
  // As an application does that hears twice of one request: it begins one conversation.
  await Promise.all([ana.client.contacts.accept(idOf(ben)), ana.client.contacts.accept(idOf(ben))]);
  await world.until("joined", () => conversationOf(ben)?.state === "active");
  expect([ana, ben].map(({ client }) => client.conversations.list().length)).toEqual([1, 1]);
  await world.close(ana, ben);
});

it("nothing of a blocked contact is shown, and nothing can be sent to one", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ana.client.contacts.block(idOf(ben));
  await say(ben, "hello?");
  await world.until("sent", () => conversationOf(ben)?.queued === 0);
  await world.pass(5_000);
  expect(heard(ana)).toEqual([]);
  await expect(say(ana, "no")).rejects.toMatchObject({ code: "contact/blocked" });
  await world.close(ana, ben);
});

it("receipts that are switched off are not sent", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ana.client.account.updateSettings({ sendsReceipts: false });
  await say(ben, "did you read this?");
  await world.until("arrived", () => heard(ana).length === 1);
  await ana.client.conversations.markRead(conversationOf(ana)?.id ?? "");
  await world.pass(10_000);
  const states = ben.events.flatMap((event) => (event.kind === "messageState" ? [event.state] : []));
  expect(states).toEqual(["atNode"]);
  await world.close(ana, ben);
});

it("typing is told while it lasts, and not when switched off", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await world.until("caught up", () => [ana, ben].every((one) => conversationOf(one)?.isCaughtUp === true));
  const typed = (): readonly boolean[] => ana.events.flatMap((event) => (event.kind === "typing" ? [event.isTyping] : []));
  ben.client.conversations.setTyping(conversationOf(ben)?.id ?? "", true);
  await world.until("seen, and over", () => typed().length === 2);
  expect(typed()).toEqual([true, false]);
  await ben.client.account.updateSettings({ sendsTyping: false });
  ben.client.conversations.setTyping(conversationOf(ben)?.id ?? "", true);
  await world.pass(5_000);
  expect(typed()).toHaveLength(2);
  await world.close(ana, ben);
});

it("a command that runs once is settled when its message is at the node", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await say(ben, "quick");
  await ben.client.settled();
  expect(conversationOf(ben)?.queued).toBe(0);
  world.nodeDown();
  await say(ben, "later");
  await ben.client.settled();
  expect(conversationOf(ben)?.queued).toBe(1);
  await world.close(ana, ben);
});

it("an identity that is deleted says goodbye, is revoked at its node, and leaves an empty vault", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const benId = idOf(ben);
  expect(await ben.client.account.deleteIdentity()).toEqual({ isRevoked: true });
  await world.until("goodbye", () => ana.client.contacts.get(benId)?.state === "gone");
  await expect(say(ana, "still there?")).rejects.toMatchObject({ code: "conversation/closed" });
  await expect(world.again("Ben", ben.disk)).rejects.toMatchObject({ code: "vault/missing" });
  await world.close(ana);
});

it("whoever leaves is gone for the other, and both may meet again in the same thread", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await say(ben, "before");
  await world.until("heard", () => heard(ana).length === 1);
  await ben.client.conversations.leave(conversationOf(ben)?.id ?? "");
  await world.until("left", () => conversationOf(ben)?.state === "left" && contactOf(ana, ben)?.state === "gone");
  await expect(say(ana, "wait")).rejects.toMatchObject({ code: "conversation/closed" });
  await ben.client.contacts.add(linkOf(ana), "me again");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await ana.client.contacts.accept(idOf(ben));
  await world.until("joined", () => [ana, ben].every((one) => conversationOf(one)?.state === "active"));
  await say(ben, "after");
  await world.until("heard again", () => heard(ana).length === 2);
  expect([ana, ben].map(({ client }) => client.conversations.list().length)).toEqual([1, 1]);
  await world.close(ana, ben);
});

it("a link that its node does not know is asked for again after growing pauses, not at once", async () => {
  const world = await World.create();
  let lookups = 0;
  const ana = await world.person("Ana", counting);
  await world.published(ana);
  lookups = 0;
  const stranger = `${NODE_URL}/#/add/${encodeBase64Url(new Uint8Array([1, ...new Uint8Array(32).fill(9), 0]))}`;
  const { identityId } = await ana.client.contacts.add(stranger, "hello?");
  await world.until("refused", () => lookups > 0);
  await world.pass(60_000);
  expect(ana.client.contacts.get(identityId)?.delivery).toEqual({ refused: "notFound" });
  expect(lookups).toBeGreaterThan(2);
  expect(lookups).toBeLessThan(7);
  await world.close(ana);

  function counting(transport: NodeTransport): NodeTransport {
    return {
      ...transport,
      open: async (url, handler) => {
        const socket = await transport.open(url, handler);
        return {
          close: () => socket.close(),
          call: (name, request, capability) => {
            if (name === "profile.lookup") lookups += 1;
            return socket.call(name, request, capability);
          },
        };
      },
    };
  }
});

it("the first line of a request is the first thing in the conversation, on both sides", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const greetings = (person: Person) =>
    person.events.flatMap((one) => (one.kind === "entry" && one.entry.kind === "event" ? [one.entry.event] : []));
  await world.until("told", () => [ana, ben].every((one) => greetings(one).some(({ what }) => what === "greeting")));
  expect(greetings(ana)).toMatchObject([{ what: "started" }, { what: "greeting", name: "Ben", isOwn: false, text: "hello" }]);
  expect(greetings(ben)).toMatchObject([{ what: "started" }, { what: "greeting", name: "Ben", isOwn: true, text: "hello" }]);
  await world.close(ana, ben);
});
