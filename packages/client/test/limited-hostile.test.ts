// A limited device that was stolen, and what it tells the other own devices: nothing that outlives its removal, and nothing that stops them.
import type { OperationName, ResponseOf } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { ConnectionError, type NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { putLetter } from "../src/devices/own-letter.ts";
import { encodeStored } from "../src/store/stored-json.ts";
import { SELF } from "../src/store/tables.ts";
import { groupOf } from "./support/group-world.ts";
import { contactOf, conversationOf, faults, heard, idOf, NODE_URL, say, World } from "./support/world.ts";

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

it("I1: a stolen limited device does not take the place of another's inbox at a keeper who does not know yet whose it is", async () => {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  const [tablet, phone] = [await world.linked(ben, "Tablet"), await world.linked(ben, "Phone")];
  await world.until("published", () => [tablet, phone].every(({ client }) => client.account.snapshot().isPublished), 60_000);
  // What they say of themselves is read.
  await world.pass(5_000);
  const { deviceId: tabletId } = tablet.client.account.snapshot();
  await world.close(ben, phone, tablet);
  // As if another keeper had linked them.
  const keeper = await world.inside(
    "Ben",
    ben.disk,
    only(() => false),
  );
  const { devices } = keeper.core.tables;
  const stream = devices.get(tabletId)?.inbox ?? new Uint8Array(32);
  await keeper.core.ledger.transact(async (tx) => {
    for (const id of tx.ids(devices)) {
      const {
        inbox: _,
        inboxKey: __,
        kind: ___,
        answeredMs: ____,
        ...row
      } = devices.get(id) ?? { deviceId: new Uint8Array(16), sinceMs: 0 };
      tx.put(devices, id, row);
    }
  });
  await keeper.core.close();
  const benAgain = await world.again("Ben", ben.disk);
  const { core, tasks } = await world.inside("Phone", phone.disk);
  const { inbox, device } = core.account;
  const inboxKey = inbox.keys[0]?.publicKey ?? new Uint8Array(0);
  await core.ledger.transact(async (tx) => {
    tx.put(core.tables.account, SELF, { ...core.account, inbox: { ...inbox, stream } });
    putLetter(core, tx, undefined, { kind: "renewalRequest", deviceCertificate: device.certificate, keyId: 9, inboxKey });
  });
  await world.until("sent", () => core.tables.mail.ids().length === 0, 60_000);
  await world.pass(10_000);
  await tasks.close();
  await world.close(benAgain);
  const after = await world.inside(
    "Ben",
    ben.disk,
    only(() => false),
  );
  const row = after.core.tables.devices.get(encodeHex(device.deviceId));
  expect([row?.lastSeenMs !== undefined, row?.inbox, row?.inboxKey]).toEqual([true, undefined, undefined]);
  await after.core.close();
});

const OTHER_URL = "http://127.0.0.1:9002";

/** Of the rest, nodes are not there, and calls get no answer. */
function only(isDone: (url: string, name: string) => boolean): (transport: NodeTransport) => NodeTransport {
  const answered = async <Answer>(url: string, name: string, ask: () => Promise<Answer>): Promise<Answer> =>
    isDone(url, name) ? ask() : new Promise<never>(() => undefined);
  return (transport) => ({
    call: (url, name, request, token) => answered(url, name, () => transport.call(url, name, request, token)),
    open: async (url, handler) => {
      if (!isDone(url, "open")) throw new ConnectionError("connection/unreachable");
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: (name, request, token) => answered(url, name, () => socket.call(name, request, token)),
      };
    },
  });
}

/** A node that does not say what `isSilent` asks for, and of key packages, where no device is named, only those that are shown. */
function withheld(
  isSilent: (name: string) => boolean,
  isShown: (device: string) => boolean,
): (transport: NodeTransport) => NodeTransport {
  const answered = async (name: OperationName, request: object, ask: () => Promise<unknown>): Promise<never> => {
    if (isSilent(name)) throw new ConnectionError("connection/unreachable");
    const answer = (await ask()) as ResponseOf<"keyPackage.claim">;
    if (name !== "keyPackage.claim" || "device" in request) return answer as never;
    return { packages: answer.packages.filter(({ device }) => isShown(encodeHex(device))) } as never;
  };
  return (transport) => ({
    call: (url, name, request, token) => answered(name, request, () => transport.call(url, name, request, token)),
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: (name, request, token) => answered(name, request, () => socket.call(name, request, token)),
      };
    },
  });
}

it("D4: a removed device that asks a contact who was not told is not taken in again: their node says so, and it goes out of everything", async () => {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  const ben = await world.person("Ben");
  let isSilent = false;
  const hidden = new Set<string>();
  const through = withheld(
    (name) => isSilent && name === "profile.lookup",
    (device) => !hidden.has(device),
  );
  const ana = await world.person("Ana", through, { homeNodeUrl: OTHER_URL });
  const carl = await world.person("Carl", undefined, { homeNodeUrl: OTHER_URL });
  await world.acquainted(ben, ana);
  await world.acquainted(carl, ana);
  const phone = await world.linked(ben, "Phone");
  const { deviceId } = phone.client.account.snapshot();
  await ana.client.groups.create("Garden", [idOf(ben), idOf(carl)]);
  const devicesAt = (conversation: ReturnType<typeof groupOf>): readonly string[] =>
    conversation?.members.find(({ identityId }) => identityId === idOf(ben))?.deviceIds ?? [];
  const direct = () => ana.client.conversations.list().find(({ contactId }) => contactId === idOf(ben));
  await world.until("in both", () => [direct(), groupOf(ana)].every((one) => devicesAt(one).length === 2), 120_000);
  await world.until("in the profile", () => phone.client.account.snapshot().isPublished, 60_000);
  const tablet = await world.linked(ben, "Tablet");
  await world.until("in both", () => [direct(), groupOf(ana)].every((one) => devicesAt(one).length === 3), 120_000);
  await world.until("in the profile", () => tablet.client.account.snapshot().isPublished, 60_000);
  await world.close(phone, tablet, ben);
  // Into another group only one of the three comes.
  for (const { client } of [phone, tablet]) hidden.add(client.account.snapshot().deviceId);
  await ana.client.groups.create("Shed", [idOf(ben)]);
  const shed = () => ana.client.conversations.list().find(({ name }) => name === "Shed");
  const garden = () => ana.client.conversations.list().find(({ name }) => name === "Garden");
  await world.until("in the shed", () => devicesAt(shed()).length === 1, 60_000);

  // Both lose their state in one conversation, and ask for it with what they were given before one was removed.
  for (const [name, { disk }] of [
    ["Phone", phone],
    ["Tablet", tablet],
  ] as const) {
    const nowhere = only(() => false);
    const prepared = await world.inside(name, disk, nowhere);
    await prepared.core.ledger.transact(async (tx) => {
      const id = prepared.core.newId();
      const letter = { kind: "rejoin", greeting: "" } as const;
      tx.put(prepared.core.tables.mail, id, { id, to: idOf(ana), createdMs: prepared.core.nowMs, attempts: 0, letter });
    });
    await prepared.core.close();
  }
  // Ben removes it, and does not reach the node where he could tell Ana.
  const cut = await world.again(
    "Ben",
    ben.disk,
    only((url) => url === NODE_URL),
  );
  await cut.client.devices.remove(deviceId);
  await world.until("published", () => cut.client.account.snapshot().isPublished);
  await world.pass(5_000);
  expect(devicesAt(direct())).toContain(deviceId);
  const added = async (): Promise<number> => {
    const entries = await ana.client.conversations.history(direct()?.id ?? "", { limit: 100 });
    return entries.filter((entry) => entry.kind === "event" && entry.event.what === "deviceAdded").length;
  };
  const before = await added();
  isSilent = true;
  let sent = 0;
  await world.inside(
    "Phone",
    phone.disk,
    only((url, name) => {
      if (url === OTHER_URL && name === "stream.append") sent += 1;
      return url === OTHER_URL && !name.startsWith("stream.read") && name !== "stream.subscribe";
    }),
  );
  const tabletAgain = await world.again("Tablet", tablet.disk);
  await world.until("asked", () => sent > 0);
  // Their node hands out key packages, and does not say who was removed.
  await world.pass(60_000);
  expect([await added(), devicesAt(shed()).length]).toEqual([before, 1]);
  isSilent = false;
  await world.until("out", () => [direct(), garden()].every((one) => !devicesAt(one).includes(deviceId)), 60_000);
  const tabletId = tablet.client.account.snapshot().deviceId;
  await world.until("the other is in", () => devicesAt(shed()).includes(tabletId), 60_000);
  await world.pass(5_000);
  expect([direct(), garden(), shed()].map((one) => devicesAt(one).length)).toEqual([2, 2, 2]);
  expect(await added()).toBe(before + 1);
  expect([...faults(ana), ...faults(carl)]).toEqual([]);
  await world.close(ana, carl, cut, tabletAgain);
});
