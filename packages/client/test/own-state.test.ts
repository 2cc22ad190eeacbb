// What follows a person from one own device to another besides conversations: how they are arranged, drafts, stars, whom they vouch for.
import { expect, it } from "vitest";
import { contactOf, conversationOf, faults, heard, idOf, type Person, say, World } from "./support/world.ts";

const placeOf = (person: Person): string => conversationOf(person)?.id ?? "";

it("arrangement, drafts and stars follow in both directions, the latest counts, and those of before are handed over", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const { conversations } = ben.client;
  await conversations.arrange(placeOf(ben), { isPinned: true, notify: "mentions" });
  await conversations.setDraft(placeOf(ben), "begun on the desk");
  const phone = await world.linked(ben, "Phone");
  expect(conversationOf(phone)).toMatchObject({
    arrangement: { isPinned: true, notify: "mentions" },
    draft: "begun on the desk",
  });
  await world.until("taken in", () => conversationOf(phone)?.state === "active");
  await say(ana, "worth a star");
  await world.until("both", () => heard(phone).length === 1 && heard(ben).length === 1);
  await phone.client.conversations.arrange(placeOf(phone), { isPinned: null, folder: "Work", mutedUntilMs: "always" });
  await phone.client.conversations.setDraft(placeOf(phone), "");
  const [entry] = await phone.client.conversations.history(placeOf(phone));
  if (entry?.kind !== "text") throw new Error("the message is missing");
  await phone.client.messages.star(placeOf(phone), entry, true);
  const isArranged = () => conversationOf(ben)?.arrangement.folder === "Work" && conversationOf(ben)?.draft === undefined;
  await world.until("followed", isArranged, 60_000);
  expect(conversationOf(ben)?.arrangement).toEqual({ notify: "mentions", folder: "Work", mutedUntilMs: "always" });
  expect(await ben.client.messages.starred()).toMatchObject([{ text: "worth a star" }]);
  await ben.client.messages.star(placeOf(ben), entry, false);
  await ben.client.conversations.setDraft(placeOf(ben), "and again");
  await world.until("back", () => conversationOf(phone)?.draft === "and again", 60_000);
  expect(await phone.client.messages.starred()).toEqual([]);
  expect([...faults(ben), ...faults(phone)]).toEqual([]);
  await world.close(ana, ben, phone);
});

it("whom one vouches for and whom one made a root follows, and so does its end", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const phone = await world.linked(ben, "Phone", { isKeeper: true });
  await world.until("taken in", () => conversationOf(phone)?.state === "active");
  const { digits } = await ana.client.verification.digits(idOf(ben));
  await ben.client.verification.verifyDigits(idOf(ana), digits);
  await ben.client.trust.certify(idOf(ana), { depth: 1 });
  await ben.client.trust.setRoot(idOf(ana), 60);
  await world.until("vouched", () => contactOf(phone, ana)?.certification?.depth === 1, 60_000);
  await world.until("believed", () => contactOf(phone, ana)?.authentication?.amount === 120, 60_000);
  expect(await phone.client.trust.roots()).toMatchObject([{ amount: 60, person: { name: "Ana" } }]);
  await phone.client.trust.revoke(idOf(ana));
  await phone.client.trust.setRoot(idOf(ana), undefined);
  await world.until("taken back", () => contactOf(ben, ana)?.certification === undefined, 60_000);
  await world.until("not believed", () => contactOf(ben, ana)?.authentication?.amount === 0, 60_000);
  expect(await ben.client.trust.roots()).toEqual([]);
  expect([...faults(ben), ...faults(phone)]).toEqual([]);
  await world.close(ana, ben, phone);
});
