// A limited device that was stolen, and what it tells the other own devices: nothing that outlives its removal, and nothing that stops them.
import { encodeHex } from "@p2pcrypt/bytes";
import { expect, it } from "vitest";
import { putLetter } from "../src/devices/own-letter.ts";
import { encodeStored } from "../src/store/stored-json.ts";
import { contactOf, conversationOf, faults, heard, idOf, say, World } from "./support/world.ts";

it("I1 M25: a stolen limited device plants no card of a contact that its owner did not sign, and nothing that cannot be shown or sent", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const phone = await world.linked(ben, "Phone");
  await world.until("taken in", () => conversationOf(phone)?.state === "active", 60_000);
  await phone.client.close();
  const { core, tasks } = await world.inside("Phone", phone.disk);
  const contact = core.tables.contacts.get(idOf(ana));
  if (contact?.profile === undefined) throw new Error("Ana is not known");
  const [inbox] = contact.profile.inboxes;
  const planted = {
    ...contact,
    name: "Ana of the bank",
    nodeUrls: ["https://elsewhere.example"],
    revokedDevices: contact.profile.devices,
    fingerprint: "00",
    profile: {
      ...contact.profile,
      bytes: new Uint8Array(9),
      sequence: 2n ** 60n,
      inboxes: [{ ...inbox, nodeUrl: "https://elsewhere.example" }],
    },
  };
  const device = encodeHex(core.account.device.deviceId);
  const atMs = core.nowMs;
  const entries = [
    { key: `contact/${idOf(ana)}`, atMs, value: { contact: planted } },
    { key: "contact/x", atMs, value: { contact: { ...contact, identityId: "x" } } },
    { key: `contact/${core.account.identityId}`, atMs, value: { contact: { ...contact, identityId: core.account.identityId } } },
    { key: `device/${device}`, atMs, value: { device: { inbox: new Uint8Array(5), name: { toString: 1 }, period: 1 } } },
    { key: "settings", atMs, value: { settings: { sendsTyping: { of: "another kind" }, more: "x".repeat(9) } } },
    { key: "settings", atMs: atMs + 1, value: { settings: { sendsPresence: false } } },
  ];
  const { certificate: deviceCertificate } = core.account.device;
  await core.ledger.transact(async (tx) => {
    putLetter(core, tx, undefined, { kind: "ownState", deviceCertificate, entries: encodeStored(entries) });
  });
  await world.until("taken", () => !ben.client.account.snapshot().settings.sendsPresence, 60_000);
  await ben.client.devices.remove(device);
  await tasks.close();
  await core.close();

  expect(ben.client.account.snapshot().settings).toMatchObject({ sendsTyping: true, sendsPresence: false });
  expect(ben.client.account.snapshot().settings).not.toHaveProperty("more");
  expect(ben.client.contacts.list().map(({ identityId, name }) => [identityId, name])).toEqual([[idOf(ana), "Ana"]]);
  await ana.client.account.rename("Anabel");
  await world.until("renamed", () => contactOf(ben, ana)?.name === "Anabel", 60_000);
  await say(ana, "still me");
  await world.until("heard", () => heard(ben).includes("still me"));
  await ben.client.close();
  const after = await world.inside("Ben", ben.disk);
  const known = after.core.tables.contacts.get(idOf(ana));
  expect([known?.revokedDevices, known?.nodeUrls, known?.fingerprint]).toEqual([[], contact.nodeUrls, contact.fingerprint]);
  expect([...faults(ana), ...faults(ben)]).toEqual([]);
  await after.tasks.close();
  await after.core.close();
  await world.close(ana);
});
