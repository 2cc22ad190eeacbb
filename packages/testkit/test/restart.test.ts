// A client that is closed and opened again from the same vault, at every moment of a message's way.
import { expect, it } from "vitest";
import {
  acquaintedWith,
  conversationOf,
  heard,
  type Person,
  Recorder,
  rest,
  say,
  statesTold,
  stopCode,
  texts,
  type World,
} from "./support/real-world.ts";

async function reopened(world: World, person: Person, recorder = new Recorder()): Promise<Person> {
  await person.client.close();
  return world.again(person.name, person.disk, recorder.through);
}

it("a message that waits survives any number of restarts and arrives once", async () => {
  const { world, ana, ben } = await acquaintedWith();
  world.nodeDown();
  await say(ben, "patience");
  let again = ben;
  for (let n = 0; n < 5; n++) {
    again = await reopened(world, again);
    expect(conversationOf(again)?.queued).toBe(1);
    expect(await texts(again)).toEqual(["me: patience (queued)"]);
  }
  world.nodeUp();
  await world.until("arrived", () => heard(ana).length === 1, 120_000);
  await rest(world, 5_000, ana, again);
  expect(heard(ana)).toEqual(["patience"]);
  await world.close(ana, again);
});

it("closed after each of the first turns of sending, a message is sent once and shown once on both sides", async () => {
  const { world, ana, ben } = await acquaintedWith();
  let again = ben;
  const said: string[] = [];
  for (let turns = 0; turns < 40; turns += 2) {
    said.push(`after ${turns}`);
    await say(again, `after ${turns}`);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    again = await reopened(world, again);
  }
  await world.until("all", () => heard(ana).length >= said.length, 120_000);
  await world.until("none waits", () => conversationOf(again)?.queued === 0);
  await rest(world, 5_000, ana, again);
  expect(heard(ana)).toEqual(said);
  expect((await texts(again)).map((text) => text.replace(/^me: (.*) \(\w+\)$/, "$1"))).toEqual(said);
  expect(stopCode(again)).toBeUndefined();
  await world.close(ana, again);
});

it("history, states and the unread count are the same after a restart", async () => {
  const { world, ana, ben } = await acquaintedWith();
  await say(ben, "one");
  await world.until("one", () => heard(ana).length === 1);
  await ana.client.conversations.markRead(conversationOf(ana)?.id ?? "");
  await world.until("read", () => statesTold(ben).includes("read"));
  await say(ben, "two");
  await say(ben, "three");
  await world.until("all", () => heard(ana).length === 3);
  await world.until("delivered", () => statesTold(ben).filter((state) => state === "delivered").length === 2);
  const before = [await texts(ana), await texts(ben), conversationOf(ana)?.unread];
  expect(before).toEqual([["one", "two", "three"], ["me: one (read)", "me: two (delivered)", "me: three (delivered)"], 2]);
  world.nodeDown();
  const [ana2, ben2] = [await reopened(world, ana), await reopened(world, ben)];
  expect([await texts(ana2), await texts(ben2), conversationOf(ana2)?.unread]).toEqual(before);
  world.nodeUp();
  await ana2.client.conversations.markRead(conversationOf(ana2)?.id ?? "", 5);
  await rest(world, 60_000, ana2, ben2);
  expect(conversationOf(ana2)?.unread).toBe(0);
  await world.close(ana2, ben2);
});

it("what was read while the node was away is told after a restart, and told once", async () => {
  const { world, ana, ben } = await acquaintedWith();
  await say(ben, "read me");
  await world.until("arrived", () => heard(ana).length === 1);
  await world.until("delivered", () => statesTold(ben).includes("delivered"));
  world.nodeDown();
  await ana.client.conversations.markRead(conversationOf(ana)?.id ?? "");
  const recorder = new Recorder();
  const ana2 = await reopened(world, ana, recorder);
  world.nodeUp();
  await world.until("read", () => statesTold(ben).includes("read"), 120_000);
  await rest(world, 30_000, ana2, ben);
  expect(recorder.count("stream.append")).toBe(1);
  const quiet = new Recorder();
  const ana3 = await reopened(world, ana2, quiet);
  await rest(world, 30_000, ana3, ben);
  expect(quiet.sent).toBe(0);
  await world.close(ana3, ben);
});
