// Groups through a real node: founding, members, roles, leaving.
import { describe, expect, it } from "vitest";
import { founded, groupIdOf, groupOf, namesIn, sayIn, told } from "./support/group-world.ts";
import { faults, heard, idOf, type Person, World } from "./support/world.ts";

async function people<const Names extends readonly string[]>(
  world: World,
  ...names: Names
): Promise<{ [K in keyof Names]: Person }> {
  const made: Person[] = [];
  for (const name of names) made.push(await world.person(name));
  return made as { [K in keyof Names]: Person };
}

describe("a group", () => {
  it("of four people who know only the founder: all see the same members, roles and code, and hear each other", async () => {
    const world = await World.create();
    const all = await people(world, "Ana", "Ben", "Carol", "Dan");
    const [ana, ben, , dan] = all;
    await founded(world, ...all);
    await sayIn(ben, "hello everybody");
    await sayIn(ana, "welcome");
    await world.until("all heard", () => all.every((one) => heard(one).length === (one === ana || one === ben ? 1 : 2)));
    expect([...heard(dan)].sort()).toEqual(["hello everybody", "welcome"]);
    for (const one of all) {
      expect(groupOf(one)).toMatchObject({ kind: "group", name: "Garden", state: "active", pending: [] });
      expect(groupOf(one)?.ownRole).toBe(one === ana ? "admin" : "member");
      expect(namesIn(one)).toEqual(["Ana*", "Ben", "Carol", "Dan"]);
      expect(groupOf(one)?.code).toEqual(groupOf(ana)?.code);
      expect(faults(one)).toEqual([]);
    }
    // To Ben, Dan is nobody he knows: a member whom he has not verified.
    const seen = groupOf(ben)?.members.find(({ name }) => name === "Dan");
    expect(seen?.trust).toEqual({ kind: "unverified" });
    expect(seen?.contactState).toBeUndefined();
    await world.close(...all);
  });

  it("M4: tells every change of members and roles to all, naming who made it, and the roster follows the tree", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    const all = [ana, ben, carol];
    await world.acquainted(carol, ana);
    await founded(world, ana, ben);
    const { groups } = ana.client;
    const id = groupIdOf(ana);
    await groups.add(id, [idOf(carol)]);
    await world.until("added", () => all.every((one) => namesIn(one).length === 3));
    await groups.promote(id, idOf(ben));
    await world.until("promoted", () => all.every((one) => namesIn(one).join() === "Ana*,Ben*,Carol"));
    await ben.client.groups.rename(groupIdOf(ben), "Allotment");
    await world.until("renamed", () => all.every((one) => groupOf(one)?.name === "Allotment"));
    await groups.demote(id, idOf(ben));
    await world.until("demoted", () => all.every((one) => namesIn(one).join() === "Ana*,Ben,Carol"));
    await groups.remove(id, idOf(carol));
    await world.until("removed", () => [ana, ben].every((one) => namesIn(one).length === 2));
    await world.until("told", () => groupOf(carol)?.state === "removed");
    const [byAna, byBen] = [
      { by: "Ana", byId: idOf(ana) },
      { by: "Ben", byId: idOf(ben) },
    ];
    const [theBen, theCarol] = [
      { name: "Ben", identityId: idOf(ben) },
      { name: "Carol", identityId: idOf(carol) },
    ];
    expect(await told(ben)).toEqual([
      { what: "started" },
      { what: "memberAdded", ...theBen, ...byAna },
      { what: "memberAdded", ...theCarol, ...byAna },
      { what: "promoted", ...theBen, ...byAna },
      { what: "renamed", title: "Allotment", ...byBen },
      { what: "demoted", ...theBen, ...byAna },
      { what: "memberRemoved", ...theCarol, ...byAna },
    ]);
    expect((await told(carol)).at(-1)).toEqual({ what: "memberRemoved", ...theCarol, ...byAna });
    for (const one of all) expect(faults(one)).toEqual([]);
    await world.close(...all);
  });

  it("has a picture that administrators choose and take away: all see it, who comes later too, and who did it", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    const all = [ana, ben, carol];
    await world.acquainted(ben, ana);
    await world.acquainted(carol, ana);
    const [first, next, mine] = [1, 2, 3].map((last) => new Uint8Array([0xff, 0xd8, 0xff, 0xe0, last])) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const { groups } = ana.client;
    await expect(groups.create("Garden", [], { picture: new Uint8Array(9) })).rejects.toMatchObject({ code: "group/badPicture" });
    const { id } = await groups.create("Garden", [idOf(ben)], { picture: first });
    const shown = (one: Person) => one.client.groups.picture(groupIdOf(one));
    await world.until("ben is in it", () => groupOf(ben)?.members.length === 2);
    for (const one of [ana, ben]) expect(await shown(one)).toEqual(first);
    expect(groupOf(ben)?.picture).toBe(groupOf(ana)?.picture);
    await expect(ben.client.groups.setPicture(groupIdOf(ben), mine)).rejects.toMatchObject({ code: "group/notAdmin" });
    for (const bad of [new Uint8Array(0), new Uint8Array([...next, ...new Uint8Array(8_188)])])
      await expect(groups.setPicture(id, bad)).rejects.toMatchObject({ code: "group/badPicture" });

    await groups.promote(id, idOf(ben));
    await world.until("promoted", () => namesIn(ben).join() === "Ana*,Ben*" && groupOf(ana)?.pending?.length === 0);
    const before = groupOf(ana)?.picture;
    await groups.setPicture(id, next);
    expect(groupOf(ana)?.pending).toEqual([{ kind: "picture", isRemoved: false }]);
    await world.until("changed", () => [ana, ben].every((one) => groupOf(one)?.picture !== before));
    await groups.add(id, [idOf(carol)]);
    await world.until("carol is in it", () => all.every((one) => namesIn(one).length === 3));
    for (const one of all) expect(await shown(one)).toEqual(next);

    // Both at once: whichever comes second holds, for everybody.
    await Promise.all([groups.setPicture(id, mine), ben.client.groups.setPicture(groupIdOf(ben), undefined)]);
    await world.until("settled", () => [ana, ben].every((one) => groupOf(one)?.pending?.length === 0));
    await world.until("the same", () => new Set(all.map((one) => groupOf(one)?.picture)).size === 1);
    await ben.client.groups.setPicture(groupIdOf(ben), undefined);
    await world.until("gone", () => all.every((one) => groupOf(one)?.picture === undefined));
    for (const one of all) expect(await shown(one)).toBeUndefined();
    const events = (await told(carol)).flatMap((event) => (event.what.startsWith("picture") ? [event] : []));
    expect(events.at(-1)).toEqual({ what: "pictureRemoved", by: "Ben", byId: idOf(ben) });
    expect(events).toContainEqual({ what: "pictureChanged", by: "Ana", byId: idOf(ana) });
    expect(await told(ben)).toContainEqual({ what: "pictureChanged", by: "Ana", byId: idOf(ana) });
    for (const one of all) expect(faults(one)).toEqual([]);
    await world.close(...all);
  });

  it("is handed over in one act; the new administrator removes, and the old one may not any more", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    await founded(world, ana, ben, carol);
    await expect(ana.client.groups.demote(groupIdOf(ana), idOf(ana))).rejects.toMatchObject({ code: "group/lastAdmin" });
    await ana.client.groups.handOver(groupIdOf(ana), idOf(ben));
    await world.until("handed over", () => [ana, ben, carol].every((one) => namesIn(one).join() === "Ana,Ben*,Carol"));
    await expect(ana.client.groups.remove(groupIdOf(ana), idOf(carol))).rejects.toMatchObject({ code: "group/notAdmin" });
    await ben.client.groups.remove(groupIdOf(ben), idOf(carol));
    await world.until("removed", () => groupOf(carol)?.state === "removed" && namesIn(ana).length === 2);
    await sayIn(ana, "just the two of us");
    await world.until("heard", () => heard(ben).length === 1);
    await world.pass(5_000);
    expect(heard(carol)).toEqual([]);
    await world.close(ana, ben, carol);
  });

  it("is left by a member: for them at once, for the others when an administrator's program has committed it", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    await founded(world, ana, ben, carol);
    await ben.client.conversations.leave(groupIdOf(ben));
    expect(groupOf(ben)?.state).toBe("left");
    await expect(sayIn(ben, "one more thing")).rejects.toMatchObject({ code: "conversation/closed" });
    await world.until("gone", () => [ana, carol].every((one) => namesIn(one).length === 2));
    expect((await told(carol)).at(-1)).toEqual({ what: "left", name: "Ben", identityId: idOf(ben) });
    await world.until("over", () => ben.events.some(isOwnLeft));
    await sayIn(carol, "who is still here?");
    await world.until("heard", () => heard(ana).length === 1);
    await world.pass(5_000);
    expect(heard(ben)).toEqual([]);
    for (const one of [ana, ben, carol]) expect(faults(one)).toEqual([]);
    await world.close(ana, ben, carol);
  });

  it("is left by its last administrator only with a successor, who administers from then on", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    await founded(world, ana, ben, carol);
    await expect(ana.client.groups.leave(groupIdOf(ana))).rejects.toMatchObject({ code: "group/lastAdmin" });
    await ana.client.groups.leave(groupIdOf(ana), idOf(carol));
    await world.until("handed over and gone", () => [ben, carol].every((one) => namesIn(one).join() === "Ben,Carol*"), 200_000);
    await carol.client.groups.rename(groupIdOf(carol), "Carol's garden");
    await world.until("renamed", () => groupOf(ben)?.name === "Carol's garden");
    expect(groupOf(ana)?.state).toBe("left");
    await world.close(ana, ben, carol);
  });

  it("takes in who is away: they find it, and what was said since, when they are back", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    await world.acquainted(ben, ana);
    await world.acquainted(carol, ana);
    await world.pass(3_000);
    await ben.client.close();
    await ana.client.groups.create("Garden", [idOf(ben), idOf(carol)]);
    await world.until("both are in it", () => namesIn(ana).length === 3 && namesIn(carol).length === 3);
    await sayIn(ana, "for you, Ben, when you are back");
    await world.until("at the node", () => groupOf(ana)?.queued === 0);
    await ana.client.close();
    const benAgain = await world.again("Ben", ben.disk);
    await world.until("heard", () => heard(benAgain).length === 1);
    await sayIn(benAgain, "here I am");
    await world.until("heard by Carol", () => heard(carol).length === 2);
    await world.close(carol, benAgain);
  });

  it("M13: takes nobody in again silently who left: they are asked, and may stay out", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    await founded(world, ana, ben, carol);
    await ben.client.groups.leave(groupIdOf(ben));
    await world.until("gone", () => namesIn(ana).length === 2 && namesIn(carol).length === 2);
    await ana.client.groups.add(groupIdOf(ana), [idOf(ben)]);
    await world.until("invited", () => groupOf(ben)?.invitedBy === idOf(ana));
    expect(groupOf(ben)?.state).toBe("left");
    await sayIn(carol, "not yet for Ben");
    await world.until("heard", () => heard(ana).length === 1);
    expect(heard(ben)).toEqual([]);
    await ben.client.groups.declineInvitation(groupIdOf(ben));
    expect(groupOf(ben)?.invitedBy).toBeUndefined();
    await expect(ben.client.groups.acceptInvitation(groupIdOf(ben))).rejects.toMatchObject({ code: "group/noInvitation" });
    await ana.client.groups.remove(groupIdOf(ana), idOf(ben));
    await world.until("out", () => namesIn(carol).length === 2);
    await ana.client.groups.add(groupIdOf(ana), [idOf(ben)]);
    await world.until("invited again", () => groupOf(ben)?.invitedBy === idOf(ana));
    await ben.client.groups.acceptInvitation(groupIdOf(ben));
    await world.until("in", () => groupOf(ben)?.state === "active" && namesIn(ben).length === 3);
    await sayIn(carol, "and now");
    await world.until("heard by Ben", () => heard(ben).includes("and now"));
    await world.close(ana, ben, carol);
  });

  it("tells how far a message came: read once all others have read it", async () => {
    const world = await World.create();
    const [ana, ben, carol] = await people(world, "Ana", "Ben", "Carol");
    await founded(world, ana, ben, carol);
    await sayIn(ana, "have you read this?");
    await world.until("heard", () => heard(ben).length === 1 && heard(carol).length === 1);
    const last = (): unknown => ana.events.findLast((event) => event.kind === "messageState")?.state;
    await ben.client.conversations.markRead(groupIdOf(ben));
    await world.until("delivered to both", () => last() === "delivered");
    await carol.client.conversations.markRead(groupIdOf(carol));
    await world.until("read by both", () => last() === "read");
    await world.close(ana, ben, carol);
  });
});

function isOwnLeft(event: Person["events"][number]): boolean {
  return event.kind === "entry" && event.entry.kind === "event" && event.entry.event.what === "left";
}
