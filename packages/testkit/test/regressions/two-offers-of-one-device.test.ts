// A device that offered itself twice, by bad luck or on purpose, made a commit that could not be made; its contact sent nothing any more.
import { expect, it } from "vitest";
import { conversationOf, faults, rest, World } from "../support/real-world.ts";
import { Stranger } from "../support/stranger.ts";

it("a request with two key packages of one device is answered with one conversation", async () => {
  const world = await World.create();
  const ana = await world.person("Ana");
  await world.published(ana);
  const eve = await Stranger.create(world, "Eve");
  const [first, second] = [await eve.request("hello"), await eve.request("hello")];
  if (first.kind !== "request" || second.kind !== "request") throw new RangeError("requests");
  await eve.send(ana, { ...first, devices: [...first.devices, ...second.devices] });
  await world.until("asked", () => ana.client.contacts.get(eve.id)?.state === "asking");
  await ana.client.contacts.accept(eve.id);
  await world.until("added", () => conversationOf(ana)?.members.length === 2, 60_000);
  // The same device once more, as one that lost its state: it is taken out and in again, by what it offered last.
  const [third, fourth] = [await eve.request(""), await eve.request("")];
  for (const body of [third, fourth]) await eve.send(ana, { ...body, kind: "rejoin" } as typeof body);
  const epoch = conversationOf(ana)?.code?.epoch ?? 0n;
  await world.until("added again", () => (conversationOf(ana)?.code?.epoch ?? 0n) >= epoch + 2n, 60_000);
  await rest(world, 10_000, ana);
  expect(conversationOf(ana)).toMatchObject({ state: "active" });
  expect(conversationOf(ana)?.members.map(({ deviceIds }) => deviceIds.length)).toEqual([1, 1]);
  expect(faults(ana)).toEqual([]);
  await world.close(ana);
});
