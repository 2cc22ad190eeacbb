import { hasIdentity } from "@p2pcrypt/client";
import { Vault } from "@p2pcrypt/vault";
import { expect, it } from "vitest";
import { contactOf, conversationOf, faults, heard, idOf, type Person, say, World } from "./support/world.ts";

it("a link makes a new device once both people have compared six digits, and it is in every conversation", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ben.client.groups.create("Walks", [idOf(ana)]);
  await world.until("two", () => ana.client.conversations.list().length === 2);
  await ben.client.account.updateSettings({ sendsTyping: false });
  await ben.client.verification.verifyDigits(idOf(ana), (await ben.client.verification.digits(idOf(ana))).digits);
  const run = await ben.client.devices.startLinking("link");
  expect(run).toMatchObject({ form: "link", state: "waiting" });
  expect(ben.events.at(-1)).toEqual({ kind: "linking", run });
  let shown = "";
  const { person } = await world.linking("Phone", run.code, async (offer) => {
    expect(offer).toMatchObject({ name: "Ben" });
    shown = offer.digits;
    return true;
  });
  await world.until("compared", () => ben.client.devices.linking()?.state === "compare");
  const compare = ben.client.devices.linking();
  expect(compare).toMatchObject({ deviceName: "Phone" });
  expect(compare?.digits).toMatch(/^\d{6}$/);
  await world.until("shown", () => shown !== "");
  expect(shown).toBe(compare?.digits);
  await ben.client.devices.confirmLinking(true);
  await world.until("linked", () => ben.client.devices.linking()?.state === "linked");
  const phone = await person;
  expect(idOf(phone)).toBe(idOf(ben));
  expect(phone.client.account.snapshot().settings.sendsTyping).toBe(false);
  expect(contactOf(phone, ana)).toMatchObject({ name: "Ana", trust: { kind: "verified" } });
  await world.until("in both", () => phone.client.conversations.list().filter(({ state }) => state === "active").length === 2);
  expect(phone.client.conversations.list().map(({ kind, name }) => [kind, name])).toEqual(
    expect.arrayContaining([
      ["direct", "Ana"],
      ["group", "Walks"],
    ]),
  );
  await say(ana, "to both of you");
  await world.until("both devices", () => heard(phone).length === 1 && heard(ben).length === 1);
  await say(phone, "from the phone");
  await world.until("heard", () => heard(ana).length === 1);
  const [devices, others] = [ben.client.devices.list(), phone.client.devices.list()];
  expect(devices.map(({ name, isThis, isNew }) => [name, isThis, isNew])).toEqual([
    [undefined, true, false],
    ["Phone", false, true],
  ]);
  expect(others.map(({ deviceId }) => deviceId).sort()).toEqual(devices.map(({ deviceId }) => deviceId).sort());
  expect([...faults(ana), ...faults(ben), ...faults(phone)]).toEqual([]);
  await world.close(ana, ben, phone);
});

it("a typed code does the same, and what begins later reaches both devices", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  const phone = await world.linked(ben, "Phone", { form: "typed" });
  await world.until("published", () => phone.client.account.snapshot().isPublished);
  await world.acquainted(ben, ana);
  await world.until("there too", () => conversationOf(phone)?.state === "active", 60_000);
  await say(ana, "hello");
  await world.until("both", () => heard(phone).length === 1 && heard(ben).length === 1);
  expect([...faults(ana), ...faults(ben), ...faults(phone)]).toEqual([]);
  await world.close(ana, ben, phone);
});

it("one who is a member and no administrator takes the own new device into the group", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ana.client.groups.create("Choir", [idOf(ben)]);
  await world.until("in", () => ben.client.conversations.list().length === 2);
  const phone = await world.linked(ben, "Phone");
  const choir = (person: Person) => person.client.conversations.list().find(({ name }) => name === "Choir");
  await world.until("taken in", () => choir(phone)?.state === "active", 60_000);
  await ana.client.conversations.send(choir(ana)?.id ?? "", "la");
  await world.until("heard", () => heard(phone).includes("la"));
  await world.close(ana, ben, phone);
});

it("a device that is removed hears nothing more, and is told", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const phone = await world.linked(ben, "Phone");
  await world.until("taken in", () => conversationOf(phone)?.state === "active", 60_000);
  await expect(ben.client.devices.remove("00".repeat(16))).rejects.toMatchObject({ code: "device/unknown" });
  await ben.client.devices.remove(phone.client.account.snapshot().deviceId);
  expect(ben.client.devices.list()).toHaveLength(1);
  await world.until("told", () => phone.events.some(({ kind }) => kind === "stopped"), 60_000);
  expect(phone.events.find(({ kind }) => kind === "stopped")).toMatchObject({ code: "client/removed" });
  await expect(say(phone, "still here?")).rejects.toMatchObject({ code: "client/removed" });
  await say(ana, "without the phone");
  await world.until("heard", () => heard(ben).length === 1);
  await world.pass(5_000);
  expect(heard(phone)).toEqual([]);
  await world.close(ana, ben, phone);
});

it("nothing is stored when a person says that the digits differ, on either side", async () => {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  const first = await ben.client.devices.startLinking("link");
  const { person, disk } = await world.linking("Phone", first.code, async () => true);
  await world.until("compared", () => ben.client.devices.linking()?.state === "compare");
  await ben.client.devices.confirmLinking(false);
  await expect(person).rejects.toMatchObject({ failure: { code: "linking/failed", reason: "mismatch" } });
  expect(await isEmpty(disk)).toBe(true);
  const second = await ben.client.devices.startLinking("link");
  const other = await world.linking("Phone", second.code, async () => false);
  await expect(other.person).rejects.toMatchObject({ failure: { code: "linking/failed", reason: "mismatch" } });
  await world.until("over", () => ben.client.devices.linking()?.state === "failed");
  expect(ben.client.devices.linking()).toMatchObject({ reason: "mismatch" });
  expect(ben.client.devices.list()).toHaveLength(1);
  await world.close(ben);
});

const newsTo = ({ client }: Person): readonly unknown[] =>
  client.devices.list().flatMap(({ isNew, isLinkedHere, name }) => (isNew && !isLinkedHere ? [name] : []));

it("a restored device is news to those that were there, and they are none to it", async () => {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  const restored = await world.imported("Ben", await ben.client.account.exportBackup("pass"), "pass");
  await world.until("published", () => restored.client.account.snapshot().isPublished);
  await world.until("heard", () => newsTo(ben).length === 1, 60_000);
  expect([restored.client.devices.list().length, newsTo(restored)]).toEqual([2, []]);
  await ben.client.devices.acknowledge(restored.client.account.snapshot().deviceId);
  expect(newsTo(ben)).toEqual([]);
  await expect(ben.client.devices.acknowledge("00".repeat(16))).rejects.toMatchObject({ code: "device/unknown" });
  await world.close(ben, restored);
});

it("a new device is news for a week to own devices that did not link it, and to none what was there before it", async () => {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  const phone = await world.linked(ben, "Phone");
  const tablet = await world.linked(ben, "Tablet");
  await world.until("heard", () => newsTo(phone).includes("Tablet"), 60_000);
  expect([newsTo(ben), newsTo(phone), newsTo(tablet)]).toEqual([[], ["Tablet"], []]);
  world.time.jump(7 * 86_400_000);
  expect(newsTo(phone)).toEqual([]);
  await world.close(ben, phone, tablet);
});

async function isEmpty(disk: Parameters<typeof Vault.open>[0]): Promise<boolean> {
  const deps = { random: (size: number) => new Uint8Array(size), deriveKey: async () => new Uint8Array(32) };
  return !(await hasIdentity(await Vault.open(disk, deps, { kind: "key", key: new Uint8Array(32).fill(7) })));
}

it("what changes on one device follows on the other: settings, verification, who was blocked, what was read, names, when it was there", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const phone = await world.linked(ben, "Phone");
  await world.until("taken in", () => conversationOf(phone)?.state === "active");
  await say(ana, "one");
  await world.until("both", () => heard(phone).length === 1 && heard(ben).length === 1);
  expect([conversationOf(ben)?.unread, conversationOf(phone)?.unread]).toEqual([1, 1]);
  await phone.client.conversations.markRead(conversationOf(phone)?.id ?? "");
  await phone.client.account.updateSettings({ sendsPresence: false });
  await phone.client.verification.verifyDigits(idOf(ana), (await phone.client.verification.digits(idOf(ana))).digits);
  await world.until("verified", () => contactOf(ben, ana)?.trust.kind === "verified");
  await world.until("read", () => conversationOf(ben)?.unread === 0);
  expect(ben.client.account.snapshot().settings.sendsPresence).toBe(false);
  await ben.client.devices.rename("Desk");
  await ben.client.contacts.block(idOf(ana));
  await world.until("blocked", () => contactOf(phone, ana)?.state === "blocked");
  await world.until("named", () => phone.client.devices.list().some(({ name }) => name === "Desk"));
  expect(phone.client.devices.list().find(({ isThis }) => !isThis)?.lastSeenMs).toBeGreaterThan(0);
  expect([...faults(ana), ...faults(ben), ...faults(phone)]).toEqual([]);
  await world.close(ana, ben, phone);
});
