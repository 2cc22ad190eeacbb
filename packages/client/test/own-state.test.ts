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

it("a note to self is one conversation on all own devices, with nobody else in it, and nothing is told of reading or typing there", async () => {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  const id = await ben.client.conversations.noteToSelf();
  await world.until("begun", () => ben.client.conversations.get(id)?.state === "active");
  expect(await ben.client.conversations.noteToSelf()).toBe(id);
  await ben.client.conversations.send(id, "buy bread");
  await world.until("kept", () => ben.client.conversations.get(id)?.last?.kind === "text");
  const { code } = await ben.client.devices.startLinking("link", { history: "all" });
  const { person } = await world.linking("Phone", code, async () => true);
  await world.until("compared", () => ben.client.devices.linking()?.state === "compare");
  await ben.client.devices.confirmLinking(true);
  const phone = await person;
  const there = await phone.client.conversations.noteToSelf();
  await world.until("in", () => phone.client.conversations.get(there)?.state === "active", 60_000);
  await world.until("history", () => phone.client.devices.histories()[0]?.state === "done", 60_000);
  phone.client.conversations.setTyping(there, true);
  phone.client.conversations.setPresence(there, "here");
  await phone.client.conversations.send(there, "and milk");
  const said = async (own: Person): Promise<readonly string[]> => {
    const entries = await own.client.conversations.history(placeOf(own));
    return entries.flatMap((entry) => (entry.kind === "text" ? [`${entry.text} ${entry.state}`] : [])).reverse();
  };
  await world.until("both", () =>
    ben.events.some((event) => event.kind === "entry" && "text" in event.entry && event.entry.text === "and milk"),
  );
  expect(await said(ben)).toEqual(["buy bread atNode", "and milk atNode"]);
  expect(await said(phone)).toEqual(["buy bread atNode", "and milk atNode"]);
  expect([ben, phone].map(({ client }) => client.conversations.list().map(({ kind, unread }) => [kind, unread]))).toEqual([
    [["self", 0]],
    [["self", 0]],
  ]);
  expect((await phone.client.search.find({ words: "bread" })).total).toBe(1);
  expect(ben.events.filter(({ kind }) => kind === "typing" || kind === "presence")).toEqual([]);
  await expect(ben.client.conversations.leave(id)).rejects.toMatchObject({ code: "group/notAGroup" });
  await expect(ben.client.groups.add(id, [idOf(ben)])).rejects.toMatchObject({ code: "group/notAGroup" });
  expect([...faults(ben), ...faults(phone)]).toEqual([]);
  await world.close(ben, phone);
});

it("of two notes to self that two devices begin at once one stays, on both", async () => {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  const phone = await world.linked(ben, "Phone", { isKeeper: true });
  await world.until("published", () => phone.client.account.snapshot().isPublished);
  await ben.client.conversations.noteToSelf();
  await phone.client.conversations.noteToSelf();
  const notesOf = ({ client }: Person) => client.conversations.list();
  const isTogether = (person: Person): boolean =>
    notesOf(person).length === 1 && notesOf(person)[0]?.members[0]?.deviceIds.length === 2;
  // Equal codes are of one and the same group: what is said before that stays where it was said (docs/limits.md).
  const codeOf = (person: Person): string | undefined => notesOf(person)[0]?.code?.digits;
  const isOne = (): boolean => isTogether(ben) && isTogether(phone) && codeOf(ben) !== undefined && codeOf(ben) === codeOf(phone);
  await world.until("together", isOne, 200_000);
  await ben.client.conversations.send(notesOf(ben)[0]?.id ?? "", "from one");
  await world.until("heard", () =>
    phone.events.some((event) => event.kind === "entry" && "text" in event.entry && event.entry.text === "from one"),
  );
  expect([ben, phone].map((one) => notesOf(one).length)).toEqual([1, 1]);
  await world.close(ben, phone);
});
