// What a member of a group who does not keep to the rules can do, against clients that do.
import { expect, it } from "vitest";
import { addition } from "../../session/test/support/forge.ts";
import { founded, groupIdOf, groupOf, Insider, namesIn, sayIn, told } from "./support/group-world.ts";
import { contactOf, faults, heard, idOf, linkOf, type Person, World } from "./support/world.ts";

async function groupOfFour(): Promise<{ world: World; all: Person[]; ana: Person; ben: Person; mallory: Person; dan: Person }> {
  const world = await World.create();
  const [ana, ben, dan] = [await world.person("Ana"), await world.person("Ben"), await world.person("Dan")];
  const mallory = await world.person("Mallory");
  await founded(world, ana, ben, dan, mallory);
  return { world, all: [ana, ben, dan, mallory], ana, ben, dan, mallory };
}

it("M2 M8: a member's commits that add, remove or rename are skipped by all alike, and the group goes on", async () => {
  const { world, ana, ben, dan, mallory } = await groupOfFour();
  const id = groupIdOf(mallory);
  await mallory.client.close();
  const insider = await Insider.of(world, mallory, id);
  const victim = insider.session.roster.find(({ name }) => name === "Ben")?.leaf ?? 0;
  const own = insider.session;
  const context = { proposalType: "group_context_extensions" as const, groupContextExtensions: { extensions: [] } };
  const forged = [
    await insider.forge({ proposals: [{ proposalType: "remove", remove: { removed: victim } }] }),
    await insider.forge({ proposals: [context] }),
  ];
  for (const [at, record] of forged.entries())
    expect(await insider.handshake(record, { position: own.positions + 1 + at })).toMatchObject({
      position: own.positions + 1 + at,
    });
  await sayIn(ben, "still here");
  await world.until("heard by all", () => heard(ana).length === 1 && heard(dan).length === 1);
  for (const one of [ana, ben, dan]) {
    expect(namesIn(one)).toEqual(["Ana*", "Ben", "Dan", "Mallory"]);
    expect(groupOf(one)).toMatchObject({ name: "Garden", warnings: [] });
    expect(groupOf(one)?.code).toEqual(groupOf(ana)?.code);
  }
  await ana.client.groups.remove(groupIdOf(ana), idOf(mallory));
  await world.until("removed", () => [ana, ben, dan].every((one) => namesIn(one).join() === "Ana*,Ben,Dan"));
  await world.close(ana, ben, dan);
});

it("M2: a member who signs as an administrator of the stream is refused by the node", async () => {
  const { world, ana, ben, dan, mallory } = await groupOfFour();
  const id = groupIdOf(mallory);
  await mallory.client.close();
  const insider = await Insider.of(world, mallory, id);
  expect(await insider.handshake(await insider.forge({}), { asAdmin: true })).toBe("forbidden");
  await world.close(ana, ben, dan);
});

it("a removal changes the tokens in the same step: the removed neither write nor read on, and learn who did it", async () => {
  const { world, ana, ben, dan, mallory } = await groupOfFour();
  const before = await Insider.of(world, mallory, groupIdOf(mallory));
  await ana.client.groups.remove(groupIdOf(ana), idOf(mallory));
  await world.until("told", () => groupOf(mallory)?.state === "removed");
  expect((await told(mallory)).at(-1)).toMatchObject({ what: "memberRemoved", name: "Mallory", byId: idOf(ana) });
  await sayIn(ben, "without Mallory");
  await world.until("heard", () => heard(ana).length === 1 && heard(dan).length === 1);
  expect(await before.handshake(await before.forge({}), { position: before.session.positions + 2 })).toBe("forbidden");
  const page = await before.read(0);
  // Up to the removal, which is how its reader learns of it, and nothing behind.
  const last = typeof page === "string" ? undefined : page.records.at(-1);
  expect(last).toMatchObject({ kind: "handshake", position: before.session.positions + 1 });
  expect(heard(mallory)).toEqual([]);
  for (const one of [ana, ben, dan, mallory]) expect(faults(one)).toEqual([]);
  await world.close(ana, ben, dan, mallory);
});

it("M10 M11: a flood of a member's own updates does not keep an administrator from removing them", async () => {
  const { world, ana, ben, dan, mallory } = await groupOfFour();
  const id = groupIdOf(mallory);
  await mallory.client.close();
  const insider = await Insider.of(world, mallory, id);
  // As many as the members' lane takes; the node refuses the rest (`packages/server/test/limits.test.ts`).
  let taken = 0;
  for (
    let at = insider.session.positions + 1;
    typeof (await insider.handshake(await insider.forge({}), { position: at })) !== "string";
    at++
  )
    taken += 1;
  expect(taken).toBeGreaterThan(5);
  const startMs = world.time.elapsedMs;
  await ana.client.groups.remove(groupIdOf(ana), idOf(mallory));
  await world.until("removed", () => [ana, ben, dan].every((one) => namesIn(one).join() === "Ana*,Ben,Dan"));
  expect(world.time.elapsedMs - startMs).toBeLessThan(10_000);
  await sayIn(dan, "peace");
  await world.until("heard", () => heard(ana).length === 1 && heard(ben).length === 1);
  await world.close(ana, ben, dan);
});

it("M9: administrators who change things at the same time all get done what they wanted, and all end equal", async () => {
  const { world, all, ana, ben, dan, mallory } = await groupOfFour();
  const { groups } = ana.client;
  for (const one of [ben, dan]) await groups.promote(groupIdOf(ana), idOf(one));
  await world.until("all administer", () => all.every((one) => namesIn(one).join() === "Ana*,Ben*,Dan*,Mallory"));
  await Promise.all([
    ana.client.groups.rename(groupIdOf(ana), "A"),
    ben.client.groups.promote(groupIdOf(ben), idOf(mallory)),
    dan.client.groups.remove(groupIdOf(dan), idOf(mallory)),
    ana.client.groups.demote(groupIdOf(ana), idOf(ben)),
  ]);
  const isDone = (one: Person): boolean => groupOf(one)?.name === "A" && namesIn(one).join() === "Ana*,Ben,Dan*";
  await world.until("all done", () => [ana, ben, dan].every(isDone), 60_000);
  await world.until("one code", () => [ben, dan].every((one) => groupOf(one)?.code?.digits === groupOf(ana)?.code?.digits));
  for (const one of all) expect(faults(one)).toEqual([]);
  await world.close(...all);
});

it("M12: who was only asked, or does not know me, takes me into no group", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  await expect(ben.client.groups.create("Trap", [idOf(ana)])).rejects.toMatchObject({ code: "group/notAContact" });
  await ben.client.contacts.add(linkOf(ana), "hi");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await expect(ben.client.groups.create("Trap", [idOf(ana)])).rejects.toMatchObject({ code: "group/notAContact" });
  await world.pass(5_000);
  expect(ana.client.conversations.list()).toEqual([]);
  await world.close(ana, ben);
});

it("M2: a ghost that a member adds is in nobody's list", async () => {
  const { world, ana, ben, dan, mallory } = await groupOfFour();
  const id = groupIdOf(mallory);
  await mallory.client.close();
  const insider = await Insider.of(world, mallory, id);
  const eve = await world.person("Eve");
  await world.published(eve);
  await world.pass(1_000);
  await eve.client.close();
  const { core } = await world.inside("Eve", eve.disk);
  const [stocked] = core.tables.keyPackages.all();
  await core.close();
  const record = await insider.forge({ proposals: [addition(stocked?.publicPackage ?? new Uint8Array(0))] });
  expect(await insider.handshake(record)).toMatchObject({ position: insider.session.positions + 1 });
  await sayIn(ben, "who is here?");
  await world.until("heard", () => heard(ana).length === 1 && heard(dan).length === 1);
  for (const one of [ana, ben, dan]) expect(groupOf(one)?.members.flatMap(({ deviceIds }) => deviceIds)).toHaveLength(4);
  await world.close(ana, ben, dan);
});

it("M7: garbage in a commit's path makes its reader stuck, who is taken in again; everybody learns whose commit it was", async () => {
  const { world, ana, ben, dan, mallory } = await groupOfFour();
  const id = groupIdOf(mallory);
  await mallory.client.close();
  const insider = await Insider.of(world, mallory, id);
  const victim = insider.session.roster.find(({ name }) => name === "Ben")?.leaf ?? 0;
  await insider.handshake(await insider.forgeGarbagePath(victim));
  await world.until("Ben is stuck, and in again", () => wasStuck(ben) && groupOf(ben)?.state === "active", 60_000);
  await world.until("all see him", () => [ana, dan].every((one) => namesIn(one).join() === "Ana*,Ben,Dan,Mallory"));
  await sayIn(ben, "I am back");
  await world.until("heard", () => heard(ana).length === 1 && heard(dan).length === 1);
  await sayIn(dan, "good");
  await world.until("heard by Ben", () => heard(ben).length === 1);
  const stuck = (await told(ben)).find(({ what }) => what === "stuck");
  expect(stuck).toEqual({ what: "stuck", committer: "Mallory" });
  expect(await told(ana)).toContainEqual({ what: "memberStuck", name: "Ben", identityId: idOf(ben), committer: "Mallory" });
  expect(groupOf(ben)?.code).toEqual(groupOf(ana)?.code);
  await world.close(ana, ben, dan);
});

function wasStuck({ events }: Person): boolean {
  return events.some((event) => event.kind === "conversation" && event.conversation.state === "stuck");
}
