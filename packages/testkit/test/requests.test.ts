// First contact as an attacker, a nuisance and an unlucky friend see it.
import { concatBytes } from "@p2pcrypt/bytes";
import { expect, it } from "vitest";
import type { ContactRow } from "../../client/src/store/rows.ts";
import {
  contactOf,
  conversationOf,
  faults,
  heard,
  idOf,
  linkOf,
  type Person,
  Recorder,
  rest,
  say,
  stored,
  World,
} from "./support/real-world.ts";
import { deliver, inboxOf, Stranger, welcomeOf } from "./support/stranger.ts";

const LONG = 300_000;
const DAY_MS = 86_400_000;

/** Who founds depends on which identity id is lower: both ways have to work. */
async function twoByOrder(world: World): Promise<{ readonly lower: Person; readonly higher: Person }> {
  const [one, two] = [await world.person("One"), await world.person("Two")];
  await world.published(one, two);
  return idOf(one) < idOf(two) ? { lower: one, higher: two } : { lower: two, higher: one };
}

async function talk(world: World, a: Person, b: Person): Promise<void> {
  const [before, after] = [heard(a).length, heard(b).length];
  await say(a, "from a");
  await say(b, "from b");
  await world.until("both heard", () => heard(a).length === before + 1 && heard(b).length === after + 1, LONG);
  await rest(world, 10_000, a, b);
  expect([a, b].map(({ client }) => client.conversations.list().length)).toEqual([1, 1]);
  expect([a, b].map((one) => conversationOf(one)?.state)).toEqual(["active", "active"]);
  expect(conversationOf(a)?.code).toEqual(conversationOf(b)?.code);
}

it("M14: declining sends nothing, and blocking neither, whatever the blocked one does", async () => {
  const world = await World.create();
  const recorder = new Recorder();
  const [ana, ben] = [await world.person("Ana", recorder.through), await world.person("Ben")];
  await world.published(ana, ben);
  const quiet = recorder.sent;
  await ben.client.contacts.add(linkOf(ana), "hello");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await ana.client.contacts.decline(idOf(ben));
  await ben.client.contacts.add(linkOf(ana), "please");
  await world.until("asked again", () => contactOf(ana, ben)?.greeting === "please");
  await ana.client.contacts.block(idOf(ben));
  const events = ana.events.length;
  await ben.client.contacts.add(linkOf(ana), "PLEASE");
  await rest(world, 30_000, ana, ben);
  expect(recorder.sent).toBe(quiet);
  expect(ana.events.slice(events).filter(({ kind }) => kind === "contact" || kind === "fault")).toEqual([]);
  expect(contactOf(ana, ben)).toMatchObject({ state: "blocked", greeting: "please" });
  expect(contactOf(ben, ana)?.state).toBe("requested");
  await world.close(ana, ben);
});

it("one who is blocked after talking hears nothing more: no receipt, no typing, no presence, no message", async () => {
  const world = await World.create();
  const recorder = new Recorder();
  const [ana, ben] = [await world.person("Ana", recorder.through), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await rest(world, 10_000, ana, ben);
  await ana.client.contacts.block(idOf(ben));
  const quiet = recorder.sent;
  await say(ben, "are you there?");
  const id = conversationOf(ana)?.id ?? "";
  await rest(world, 5_000, ana, ben);
  ana.client.conversations.setTyping(id, true);
  ana.client.conversations.setPresence(id, "here");
  await ana.client.conversations.markRead(id);
  await ana.client.account.rename("Anna");
  await rest(world, 30_000, ana, ben);
  expect(recorder.sent).toBe(quiet);
  await ana.client.contacts.unblock(idOf(ben));
  await say(ben, "and now?");
  await world.until("heard", () => heard(ana).length === 1, LONG);
  expect(heard(ana)).toEqual(["and now?"]);
  await world.close(ana, ben);
});

for (const asksBack of ["lower", "higher"] as const) {
  for (const refusal of ["decline", "block"] as const) {
    it(`who answered a request with ${refusal} and later asks back is heard (${asksBack} id asks)`, async () => {
      const world = await World.create();
      const order = await twoByOrder(world);
      const [ana, ben] = asksBack === "lower" ? [order.lower, order.higher] : [order.higher, order.lower];
      await ben.client.contacts.add(linkOf(ana), "hello");
      await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
      await ana.client.contacts[refusal](idOf(ben));
      if (refusal === "block") await ana.client.contacts.unblock(idOf(ben));
      await ana.client.contacts.add(linkOf(ben), "sorry, that was a mistake");
      await world.until("joined", () => [ana, ben].every((one) => conversationOf(one)?.state === "active"), LONG);
      await talk(world, ana, ben);
      await world.close(ana, ben);
    });
  }
}

for (const slow of ["lower", "higher"] as const) {
  it(`requests that cross while one side was away end in one conversation (${slow} id is away)`, async () => {
    const world = await World.create();
    const order = await twoByOrder(world);
    const other = slow === "lower" ? "higher" : "lower";
    const [away, here] = [order[slow], order[other]];
    const link = linkOf(away);
    await away.client.contacts.add(linkOf(here), "hello");
    await away.client.settled();
    await away.client.close();
    await here.client.contacts.add(link, "hello too");
    await rest(world, 600_000, here);
    const back = await world.again(away.name, away.disk);
    await world.until("joined", () => [back, here].every((one) => conversationOf(one)?.state === "active"), LONG);
    await talk(world, back, here);
    expect([...faults(back), ...faults(here)]).toEqual([]);
    await world.close(back, here);
  });
}

it("a request that is made three times before it is accepted becomes one conversation", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  const link = linkOf(ana);
  for (const greeting of ["one", "two", "three"]) {
    await ben.client.contacts.add(link, greeting);
    await world.until(greeting, () => contactOf(ana, ben)?.greeting === greeting, LONG);
  }
  await ana.client.contacts.accept(idOf(ben));
  await world.until("joined", () => conversationOf(ben)?.state === "active", LONG);
  await talk(world, ana, ben);
  await world.close(ana, ben);
});

it("a request that is repeated while it is being accepted becomes one conversation", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  await ben.client.contacts.add(linkOf(ana), "one");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await Promise.all([ana.client.contacts.accept(idOf(ben)), ben.client.contacts.add(linkOf(ana), "two")]);
  await world.until("joined", () => conversationOf(ben)?.state === "active", LONG);
  await rest(world, 60_000, ana, ben);
  await talk(world, ana, ben);
  await world.close(ana, ben);
});

it("M12: a stranger's letter is heard only if everything about it holds", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  const eve = await Stranger.create(world, "Eve");
  const body = await eve.request("let me in");
  const nowMs = world.time.nowMs();
  const events = ana.events.length;
  const flipped = (at: number) => (bytes: Uint8Array) => {
    const bent = bytes.slice();
    bent[at < 0 ? bytes.length + at : at] = (bent[at < 0 ? bytes.length + at : at] ?? 0) ^ 1;
    return bent;
  };
  await eve.send(ana, body, { head: { recipient: idOf(ben) } });
  await eve.send(ana, body, { head: { inbox: (await inboxOf(world, ben)).stream } });
  await eve.send(ana, body, { head: { timeMs: nowMs - 32 * DAY_MS } });
  await eve.send(ana, body, { head: { timeMs: nowMs + 2 * 3_600_000 } });
  await eve.send(ana, body, { head: { certificate: new Uint8Array(100) } });
  await eve.send(ana, body, { head: { profile: new Uint8Array(100) } });
  for (const at of [0, 1, 2, 40, 70, -1, -40]) await eve.send(ana, body, { bend: flipped(at) });
  await eve.send(ana, body, { bend: (bytes) => concatBytes(bytes, new Uint8Array(1)) });
  await eve.send(ana, body, { bend: (bytes) => bytes.slice(0, -1) });
  await eve.send(ana, { ...body, kind: "rejoin" } as typeof body);
  // A letter to somebody else, put into this inbox.
  const { record } = await eve.letter(ben, body);
  await deliver(world, (await inboxOf(world, ana)).stream, record);
  // Key packages of somebody else's device.
  const mallory = await Stranger.create(world, "Mallory");
  await eve.send(ana, await mallory.request("as Eve"));
  await rest(world, 30_000, ana, ben);
  expect(ana.events.slice(events).filter(({ kind }) => kind !== "self")).toEqual([]);
  expect(ana.client.contacts.list()).toEqual([]);
  await eve.send(ana, body);
  await world.until("heard at last", () => ana.client.contacts.get(eve.id)?.state === "asking");
  expect(ana.client.contacts.list()).toMatchObject([{ name: "Eve", greeting: "let me in" }]);
  await world.close(ana, ben);
});

it("M12: nobody is joined to a group by a key package that was made for somebody else's answer", async () => {
  const world = await World.create();
  const [ana, mallory] = [await world.person("Ana"), await world.person("Mallory")];
  await world.published(ana, mallory);
  await ana.client.contacts.add(linkOf(mallory), "hello");
  await world.until("asked", () => contactOf(mallory, ana)?.state === "asking");
  await mallory.client.settled();
  // Mallory hands everything that Ana's request held to Eve.
  const row = await stored<ContactRow>(mallory, "contacts", idOf(ana));
  const [offer] = row?.request?.offers ?? [];
  if (offer === undefined) throw new RangeError("no offer");
  const eve = await Stranger.create(world, "Eve");
  const welcome = await welcomeOf(eve, ana, offer);
  const state = () => [ana.client.conversations.list(), ana.client.contacts.get(eve.id)?.conversationId];
  await eve.send(ana, welcome, {}, row?.theirInboxToken);
  await rest(world, 5_000, ana, mallory);
  expect([state(), faults(ana)]).toEqual([[[], undefined], []]);
  // Not even when Ana knows Eve and waits for an answer.
  await ana.client.contacts.add(eve.link, "hello, Eve");
  await eve.send(ana, welcome, {}, row?.theirInboxToken);
  await world.until("refused", () => faults(ana).length > 0);
  expect(faults(ana)).toEqual([{ kind: "fault", where: "welcome", code: "noKeyPackage" }]);
  expect(state()).toEqual([[], undefined]);
  await mallory.client.contacts.accept(idOf(ana));
  await world.until("joined", () => conversationOf(ana)?.state === "active");
  await world.close(ana, mallory);
});
