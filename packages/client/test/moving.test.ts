// A conversation that goes on at another node, with people who read, write and come late meanwhile.
import { toStreamId } from "@p2pcrypt/api";
import type { ConversationEvent } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { toExtensions } from "../../session/src/group/context-rules.ts";
import { stateOf } from "../../session/test/support/forge.ts";
import { DyingDisk } from "./support/dying-disk.ts";
import { founded, groupIdOf, groupOf, Insider, sayIn, told } from "./support/group-world.ts";
import { conversationOf, faults, heard, NODE_URL, type Person, say, World } from "./support/world.ts";

const OTHER_URL = "https://other.example";
const THIRD_URL = "https://third.example";
const DAY_MS = 86_400_000;

async function stage(): Promise<{ world: World; ana: Person; ben: Person; id: string }> {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  return { world, ana, ben, id: conversationOf(ana)?.id ?? "" };
}

function isAt(url: string, ...people: readonly Person[]): boolean {
  return people.every((one) => (groupOf(one) ?? conversationOf(one))?.nodeUrls.join() === url);
}

async function eventsOf(person: Person): Promise<readonly ConversationEvent[]> {
  const entries = await person.client.conversations.history(conversationOf(person)?.id ?? "", { limit: 200 });
  return entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])).reverse();
}

it("a conversation of two moves while both write: everybody follows, nothing is lost or said twice, and it is told who did it", async () => {
  const { world, ana, ben, id } = await stage();
  await say(ana, "a1");
  await say(ben, "b1");
  await ana.client.conversations.move(id, OTHER_URL);
  expect(conversationOf(ana)?.pending).toEqual([{ kind: "move", nodeUrl: OTHER_URL }]);
  for (const n of [2, 3, 4]) await Promise.all([say(ana, `a${n}`), say(ben, `b${n}`)]);
  await world.until("moved", () => isAt(OTHER_URL, ana, ben));
  await Promise.all([say(ana, "a5"), say(ben, "b5")]);
  await world.until("heard", () => heard(ana).length === 5 && heard(ben).length === 5);
  expect(heard(ana)).toEqual(["b1", "b2", "b3", "b4", "b5"]);
  expect(heard(ben)).toEqual(["a1", "a2", "a3", "a4", "a5"]);
  for (const one of [ana, ben]) {
    expect(conversationOf(one)).toMatchObject({ state: "active", warnings: [], queued: 0 });
    expect((await eventsOf(one)).at(-1)).toMatchObject({ what: "moved", by: "Ana", nodeUrl: OTHER_URL });
    expect(faults(one)).toEqual([]);
  }
  expect(conversationOf(ben)?.code).toEqual(conversationOf(ana)?.code);
  // The old node is not needed any more, and either side may go on from here.
  world.nodeDown();
  await say(ben, "without it");
  await world.until("heard", () => heard(ana).includes("without it"));
  await world.close(ana, ben);
});

it("who comes late finds the move at the old node, which takes nothing more, and deletes it when whoever moved says so", async () => {
  const { world, ana, ben, id } = await stage();
  await ben.client.close();
  const left = await Insider.of(world, ben, conversationOf(ben)?.id ?? "");
  await say(ana, "before");
  await ana.client.conversations.move(id, OTHER_URL);
  await world.until("moved", () => isAt(OTHER_URL, ana));
  await say(ana, "after");
  await world.until("at the node", () => conversationOf(ana)?.queued === 0);
  const { place, tokens } = left.group;
  const request = { stream: toStreamId(place.stream), kind: "application", record: new Uint8Array(200) } as const;
  const written = { ...request, idempotencyKey: new Uint8Array(16), ifHandshake: left.session.positions };
  expect(await left.append(written, tokens.writeToken)).toBe("notARecord");
  expect(await left.handshake(await left.forge({}), { position: left.session.positions + 2 })).toBe("forbidden");
  const again = await world.again("Ben", ben.disk);
  await world.until("heard", () => heard(again).length === 2);
  expect(heard(again)).toEqual(["before", "after"]);
  expect(isAt(OTHER_URL, again)).toBe(true);
  expect(typeof (await left.read(0))).toBe("object");
  world.time.jump(61 * DAY_MS);
  await say(ana, "much later");
  await world.until("heard", () => heard(again).includes("much later"));
  await world.pass(1_000);
  expect(await left.read(0)).toBe("forbidden");
  await world.close(ana, again);
});

it("M9: of two administrators who move at once one wins, and all end in one place with the other stream deleted", async () => {
  const world = await World.create();
  for (const url of [OTHER_URL, THIRD_URL]) await world.furtherNode(url);
  const [ana, ben, cleo] = [await world.person("Ana"), await world.person("Ben"), await world.person("Cleo")];
  await founded(world, ana, ben, cleo);
  await ana.client.groups.promote(groupIdOf(ana), ben.client.account.snapshot().identityId);
  await world.until("both", () => groupOf(ben)?.ownRole === "admin");
  await expect(cleo.client.conversations.move(groupIdOf(cleo), OTHER_URL)).rejects.toMatchObject({ code: "group/notAdmin" });
  await expect(ana.client.conversations.move(groupIdOf(ana), NODE_URL)).rejects.toMatchObject({
    code: "conversation/sameNode",
  });
  await Promise.all([
    ana.client.conversations.move(groupIdOf(ana), OTHER_URL),
    ben.client.conversations.move(groupIdOf(ben), THIRD_URL),
    sayIn(cleo, "meanwhile"),
  ]);
  // Each wish is carried out in turn: the later one moves on from where the first one led.
  const events = async (): Promise<readonly ConversationEvent[]> =>
    (await told(cleo)).filter(({ what }) => what === "moved" || what === "notMoved");
  await world.until("moved", () => [ana, ben, cleo].every((one) => (groupOf(one)?.pending ?? []).length === 0), 60_000);
  await world.pass(2_000);
  const moves = await events();
  expect(moves).toHaveLength(2);
  const end = groupOf(cleo)?.nodeUrls.join() ?? "";
  expect(isAt(end, ana, ben, cleo)).toBe(true);
  await sayIn(cleo, "there");
  await world.until("heard", () => [ana, ben].every((one) => heard(one).includes("there")));
  expect([ana, ben].every((one) => heard(one).includes("meanwhile"))).toBe(true);
  for (const one of [ana, ben, cleo]) expect([...faults(one), ...(groupOf(one)?.warnings ?? [])]).toEqual([]);
  await world.close(ana, ben, cleo);
});

it("M2 M8: a member's commit that moves a group is skipped by all alike", async () => {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  const [ana, ben, cleo] = [await world.person("Ana"), await world.person("Ben"), await world.person("Cleo")];
  await founded(world, ana, ben, cleo);
  const id = groupIdOf(cleo);
  await cleo.client.close();
  const insider = await Insider.of(world, cleo, id);
  const place = { nodeId: insider.group.place.nodeId, nodeUrl: OTHER_URL, stream: new Uint8Array(32).fill(3) };
  const context = { ...stateOf(insider.session).context, location: [place] };
  const groupContextExtensions = { extensions: toExtensions(context) };
  const record = await insider.forge({ proposals: [{ proposalType: "group_context_extensions", groupContextExtensions }] });
  expect(await insider.handshake(record)).toMatchObject({ position: insider.session.positions + 1 });
  await sayIn(ben, "still here");
  await world.until("heard", () => heard(ana).includes("still here"));
  for (const one of [ana, ben]) expect(groupOf(one)).toMatchObject({ nodeUrls: [NODE_URL], warnings: [] });
  await world.close(ana, ben);
});

it("M19: whoever moves may die at any write, and goes on where they were", async () => {
  const { world, ana, ben, id } = await stage();
  await world.pass(3_000);
  await ana.client.close();
  const urls = [OTHER_URL, NODE_URL];
  for (let writes = 1; writes < 9; writes++) {
    const url = urls[writes % 2] ?? NODE_URL;
    const dying = await world.again("Ana", new DyingDisk(ana.disk, writes));
    const isOver = (): boolean => dying.events.some(({ kind }) => kind === "stopped");
    const asked = await dying.client.conversations.move(id, url).then(
      () => true,
      () => false,
    );
    await world.until("dead or done", () => isOver() || isAt(url, dying) || !asked);
    await world.pass(500);
    await dying.client.close();
    const living = await world.again("Ana", ana.disk);
    await say(living, `after ${writes}`);
    await world.until("sent", () => heard(ben).includes(`after ${writes}`));
    expect(conversationOf(ben)?.nodeUrls).toEqual(conversationOf(living)?.nodeUrls);
    expect(living.events.filter(({ kind }) => kind === "stopped")).toEqual([]);
    await living.client.close();
  }
  expect(heard(ben)).toEqual(Array.from({ length: 8 }, (_, n) => `after ${n + 1}`));
  expect([...faults(ben), ...(conversationOf(ben)?.warnings ?? [])]).toEqual([]);
  await world.close(ben);
});
