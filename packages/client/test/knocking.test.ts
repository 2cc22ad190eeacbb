// Links to groups: whoever follows one asks, and an administrator decides.
import { parseGroupLink } from "@p2pcrypt/identity";
import { expect, it } from "vitest";
import { founded, groupIdOf, groupOf, namesIn, sayIn, told } from "./support/group-world.ts";
import { contactOf, faults, heard, idOf, type Person, World } from "./support/world.ts";

async function gardenWithLink(): Promise<{ world: World; ana: Person; ben: Person; eve: Person; link: string }> {
  const world = await World.create();
  const [ana, ben, eve] = [await world.person("Ana"), await world.person("Ben"), await world.person("Eve")];
  await founded(world, ana, ben);
  await world.published(eve);
  const { link } = await ana.client.groups.invite(groupIdOf(ana), 3 * 3_600_000);
  return { world, ana, ben, eve, link };
}

const knocksOf = (person: Person): readonly string[] => (groupOf(person)?.knocks ?? []).map(({ name }) => name);

it("who follows a link waits until the administrator lets them in, and then talks with all", async () => {
  const { world, ana, ben, eve, link } = await gardenWithLink();
  expect(await eve.client.groups.previewLink(link)).toMatchObject({ groupHint: "Garden", nameHint: "Ana", isExpired: false });
  await eve.client.groups.knock(link, "I have the plot next to yours");
  await world.until("knocked", () => knocksOf(ana).length === 1);
  expect(groupOf(ana)?.knocks?.[0]).toMatchObject({
    name: "Eve",
    greeting: "I have the plot next to yours",
    contactState: "asking",
  });
  expect((await told(ana)).at(-1)).toMatchObject({ what: "knocked", name: "Eve" });
  // Nobody else is told, nobody is in yet, and nothing is known of the group.
  await world.pass(3_000);
  expect([knocksOf(ben), namesIn(ben), groupOf(eve)]).toEqual([[], ["Ana*", "Ben"], undefined]);
  await ana.client.groups.admit(groupIdOf(ana), idOf(eve));
  await world.until("let in", () => [ana, ben, eve].every((one) => namesIn(one).join() === "Ana*,Ben,Eve"), 30_000);
  await sayIn(eve, "thank you");
  await world.until("heard", () => heard(ben).length === 1 && heard(ana).length === 1);
  expect(knocksOf(ana)).toEqual([]);
  expect(contactOf(eve, ana)?.state).toBe("accepted");
  for (const one of [ana, ben, eve]) expect(faults(one)).toEqual([]);
  await world.close(ana, ben, eve);
});

it("M12: a link that was taken back, has expired or was made up opens nothing, and leaves no trace", async () => {
  const { world, ana, ben, eve, link } = await gardenWithLink();
  const { secret, ...rest } = parseGroupLink(link);
  const { invitations = [] } = groupOf(ana) ?? {};
  await ana.client.groups.revokeInvitation(groupIdOf(ana), invitations[0]?.id ?? "");
  await eve.client.groups.knock(link, "let me in");
  await world.pass(5_000);
  expect(contactOf(ana, eve)).toBeUndefined();
  const second = await ana.client.groups.invite(groupIdOf(ana), 3_600_000);
  await world.pass(3_700_000);
  await expect(eve.client.groups.knock(second.link)).rejects.toMatchObject({ code: "group/invitationExpired" });
  expect(groupOf(ana)?.invitations).toEqual([]);
  expect(secret).toHaveLength(32);
  expect(rest.identityId).toBe(idOf(ana));
  await world.close(ana, ben, eve);
});

it("who is turned away hears nothing; a contact who is let in keeps the conversation of two as it was", async () => {
  const { world, ana, ben, eve, link } = await gardenWithLink();
  await world.acquainted(eve, ana);
  const code = (): unknown => ana.client.conversations.get(contactOf(ana, eve)?.conversationId ?? "")?.code;
  const before = code();
  await eve.client.groups.knock(link);
  await world.until("knocked", () => knocksOf(ana).length === 1);
  await ana.client.groups.turnAway(groupIdOf(ana), idOf(eve));
  await world.pass(3_000);
  expect([knocksOf(ana), groupOf(eve), contactOf(ana, eve)?.state]).toEqual([[], undefined, "accepted"]);
  await expect(ana.client.groups.admit(groupIdOf(ana), idOf(eve))).rejects.toMatchObject({ code: "group/noKnock" });
  await eve.client.groups.knock(link, "please");
  await world.until("knocked again", () => knocksOf(ana).length === 1);
  await ana.client.groups.admit(groupIdOf(ana), idOf(eve));
  await world.until("let in", () => namesIn(eve).join() === "Ana*,Ben,Eve", 30_000);
  expect(code()).toEqual(before);
  await world.close(ana, ben, eve);
});

it("whoever is declined or blocked as a contact does not wait at the group any more", async () => {
  const { world, ana, ben, eve, link } = await gardenWithLink();
  await eve.client.groups.knock(link);
  await world.until("knocked", () => knocksOf(ana).length === 1);
  expect(await ana.client.contacts.declineAll()).toBe(1);
  expect(knocksOf(ana)).toEqual([]);
  await eve.client.groups.knock(link, "please");
  await world.until("knocked again", () => knocksOf(ana).length === 1);
  await ana.client.contacts.block(idOf(eve));
  expect(knocksOf(ana)).toEqual([]);
  await world.close(ana, ben, eve);
});

it("only administrators make links, and a link dies with its maker's role", async () => {
  const { world, ana, ben, eve, link } = await gardenWithLink();
  await expect(ben.client.groups.invite(groupIdOf(ben))).rejects.toMatchObject({ code: "group/notAdmin" });
  await expect(ana.client.groups.invite(groupIdOf(ana), 1_000)).rejects.toMatchObject({ code: "group/badDuration" });
  await ana.client.groups.handOver(groupIdOf(ana), idOf(ben));
  await world.until("handed over", () => namesIn(ana).join() === "Ana,Ben*");
  await eve.client.groups.knock(link);
  await world.pass(5_000);
  expect(contactOf(ana, eve)).toBeUndefined();
  await world.close(ana, ben, eve);
});
