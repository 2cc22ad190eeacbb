// A device that came from a backup or a recovery sheet, beside one that is still in use: neither has ever heard of the other.
import { expect, it } from "vitest";
import { putLetter } from "../src/devices/own-letter.ts";
import { encodeStored } from "../src/store/stored-json.ts";
import { groupOf } from "./support/group-world.ts";
import { conversationOf, faults, heard, idOf, NODE_URL, type Person, say, World } from "./support/world.ts";

const PASS = "seven words on a sheet of paper";
/** The old device leaves it to contacts for two minutes. */
const WHILE_MS = 180_000;

const devicesOf = (at: Person, of: Person, group: string): number =>
  at.client.conversations
    .list()
    .find(({ name, state }) => name === group && state === "active")
    ?.members.find(({ identityId }) => identityId === idOf(of))?.deviceIds.length ?? 0;

it("from a backup: both are in groups that nobody else administers, what changed since follows, and whoever adds the person adds both", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ana.client.groups.create("Choir", [idOf(ben)]);
  await world.until("in", () => groupOf(ben)?.members.length === 2);
  const bytes = await ana.client.account.exportBackup(PASS, { withMessages: true });
  await ana.client.account.updateSettings({ sendsTyping: false });
  await ana.client.conversations.arrange(conversationOf(ana)?.id ?? "", { isPinned: true });

  const tablet = await world.imported("Ana's tablet", bytes, PASS);
  await world.until("in the choir", () => devicesOf(tablet, ana, "Choir") === 2, WHILE_MS);
  await world.until("in both", () => conversationOf(tablet)?.state === "active", WHILE_MS);
  await world.until("followed", () => !tablet.client.account.snapshot().settings.sendsTyping, WHILE_MS);
  await world.until("arranged", () => conversationOf(tablet)?.arrangement.isPinned === true, WHILE_MS);
  const news = (at: Person): readonly string[] =>
    at.client.devices.list().flatMap(({ deviceId, isNew }) => (isNew ? [deviceId] : []));
  expect([news(ana), news(tablet)]).toEqual([[tablet.client.account.snapshot().deviceId], []]);
  await say(ben, "both of you");
  await world.until("both heard", () => heard(tablet).includes("both of you") && heard(ana).includes("both of you"));

  await ben.client.groups.create("Garden", [idOf(ana)]);
  const gardens = (): number => Math.min(...[ana, tablet, ben].map((one) => devicesOf(one, ana, "Garden")));
  await world.until("both were added", () => gardens() === 2, WHILE_MS);
  await tablet.client.account.updateSettings({ sendsReceipts: false });
  await world.until("and back", () => !ana.client.account.snapshot().settings.sendsReceipts, WHILE_MS);
  expect([...faults(ana), ...faults(ben), ...faults(tablet)]).toEqual([]);
  await world.close(ana, ben, tablet);
});

it("from a recovery sheet: contacts and conversations follow", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const { words } = await ana.client.account.recoverySheet();
  const tablet = await world.recovered("Ana's tablet", { words: words.join(" "), homeNodeUrl: NODE_URL });
  await world.until("taken in", () => conversationOf(tablet)?.state === "active", WHILE_MS);
  await say(ben, "there you are");
  await world.until("heard", () => heard(tablet).includes("there you are") && heard(ana).includes("there you are"));
  await say(tablet, "here I am");
  await world.until("answered", () => heard(ben).includes("here I am"));
  expect([...faults(ana), ...faults(ben), ...faults(tablet)]).toEqual([]);
  await world.close(ana, ben, tablet);
});

it("I1: it takes no root, and nothing about another device, from one of which it does not know that it is a keeper", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const phone = await world.linked(ana, "Phone");
  await world.until("phone in", () => conversationOf(phone)?.state === "active", WHILE_MS);
  const { deviceId: keeper } = ana.client.account.snapshot();
  const bytes = await ana.client.account.exportBackup(PASS);
  await ana.client.close();
  await phone.client.close();
  const tablet = await world.imported("Ana's tablet", bytes, PASS);
  await world.published(tablet);

  const { core, tasks } = await world.inside("Phone", phone.disk);
  const { identityId, certificate } = core.tables.contacts.get(idOf(ben)) ?? {};
  const { atMs, device } = { atMs: core.nowMs, device: core.account.device };
  const inbox = core.tables.devices.get(keeper)?.inbox ?? new Uint8Array(0);
  const said = (other: Uint8Array) => ({ key: `kind/${keeper}`, atMs, value: { kind: { kind: "limited", inbox: other } } });
  const entries = [
    said(inbox),
    said(new Uint8Array(32).fill(9)),
    { key: "name", atMs: atMs + 3_000_000, value: { name: "Mallory" } },
    { key: `certified/${identityId}`, atMs, value: { certified: { identityId, certificate, givenTo: [], rootAmount: 120 } } },
    { key: "settings", atMs, value: { settings: { sendsPresence: false } } },
  ];
  await core.ledger.transact(async (tx) => {
    const body = { kind: "ownState", deviceCertificate: device.certificate, entries: encodeStored(entries) } as const;
    putLetter(core, tx, undefined, body);
  });
  await world.until("taken", () => !tablet.client.account.snapshot().settings.sendsPresence, WHILE_MS);
  expect(await tablet.client.trust.roots()).toEqual([]);
  await tasks.close();
  await core.close();
  await world.close(ben, tablet);
  const after = await world.inside("Ana's tablet", tablet.disk);
  const { account, tables } = after.core;
  expect(inbox).toHaveLength(32);
  expect([account.removedInboxes ?? [], tables.devices.get(keeper)?.kind]).toEqual([[], undefined]);
  // What was said in vain is not in the way of the keeper who says it.
  expect([account.name, tables.ownStates.get("name")]).toEqual(["Ana", undefined]);
  await after.tasks.close();
  await after.core.close();
});
