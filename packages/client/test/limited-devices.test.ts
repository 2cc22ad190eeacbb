// Limited devices: what they do, what they ask a keeper for, what is refused, and what one that was stolen cannot get
// (spec/protocol/linking.md section 8).
import type { OperationName, RequestOf, ResponseOf } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import type { NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { putLetter } from "../src/devices/own-letter.ts";
import { encodeStored } from "../src/store/stored-json.ts";
import { SELF } from "../src/store/tables.ts";
import { watchedIdentity } from "./support/watched-identity.ts";
import { contactOf, conversationOf, faults, heard, idOf, linkOf, NODE_URL, type Person, say, World } from "./support/world.ts";

const DAY_MS = 86_400_000;

function deviceIdOf({ client }: Person): string {
  return client.account.snapshot().deviceId;
}

function limitedOf({ client }: Person) {
  return client.account.snapshot().limited;
}

it("a limited device asks people by itself, talks, and hears of a new name; what needs the key is refused and names the keeper", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  await ben.client.devices.rename("Desk");
  const phone = await world.linked(ben, "Phone");
  expect(phone.client.devices.list()).toMatchObject([
    { isThis: false, isKeeper: true, name: "Desk" },
    { isThis: true, isKeeper: false },
  ]);
  expect(ben.client.devices.list()).toMatchObject([
    { isThis: true, isKeeper: true },
    { name: "Phone", isKeeper: false },
  ]);
  await world.until("in the profile", () => phone.client.account.snapshot().isPublished);

  await phone.client.contacts.add(linkOf(ana), "from the phone");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await ana.client.contacts.accept(idOf(ben));
  await world.until("joined", () => [ana, phone].every((one) => conversationOf(one)?.state === "active"));
  await world.until("both", () => conversationOf(ben)?.state === "active", 60_000);
  await say(phone, "hello");
  await world.until("heard", () => heard(ana).length === 1);
  await ben.client.account.rename("Benjamin");
  await world.until("renamed", () => phone.client.account.snapshot().name === "Benjamin");
  await say(ana, "hello, both");
  await world.until("both devices", () => heard(phone).length === 1 && heard(ben).length === 1);

  const { account, devices, trust, verification } = phone.client;
  await verification.verifyDigits(idOf(ana), (await verification.digits(idOf(ana))).digits);
  const refused: readonly (() => Promise<unknown>)[] = [
    () => account.rename("Other"),
    () => account.setFindable(true),
    () => account.exportBackup("pass"),
    () => account.exportBackup("pass", { withMessages: true }),
    () => account.keepBackupPassphrase("pass"),
    () => account.recoverySheet(),
    () => account.revocationCertificate(),
    () => account.exportForGpg("pass"),
    () => account.offerSuccession(linkOf(ana)),
    () => account.revokeDevice(deviceIdOf(ben)),
    () => account.deleteIdentity(),
    () => devices.startLinking("link"),
    () => devices.remove(deviceIdOf(ben)),
    () => devices.makeKeeper(deviceIdOf(ben)),
    () => trust.certify(idOf(ana), { amount: 120, depth: 0 }),
  ];
  for (const act of refused)
    await expect(act(), String(act)).rejects.toMatchObject({ failure: { code: "device/limited", keepers: ["Desk"] } });
  expect([...faults(ana), ...faults(ben), ...faults(phone)]).toEqual([]);
  await world.close(ana, ben, phone);
});

it("a keeper renews a limited device before its certificate ends, and its inbox key, after both were away for 40 days", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const phone = await world.linked(ben, "Phone");
  await world.until("taken in", () => conversationOf(phone)?.state === "active", 60_000);
  const untilMs = limitedOf(phone)?.certifiedUntilMs ?? 0;
  await world.close(ana, ben, phone);
  world.time.jump(40 * DAY_MS);
  const [later, anaLater] = [await world.again("Phone", phone.disk), await world.again("Ana", ana.disk)];
  await world.pass(5_000);
  expect(limitedOf(later)?.certifiedUntilMs).toBe(untilMs);
  const benLater = await world.again("Ben", ben.disk);
  await world.until("renewed", () => (limitedOf(later)?.certifiedUntilMs ?? 0) > untilMs, 7 * 3_600_000);
  expect(limitedOf(later)?.certifiedUntilMs).toBeGreaterThan(world.time.nowMs() + 89 * DAY_MS);
  await say(anaLater, "still there?");
  await world.until("heard", () => heard(later).includes("still there?"));
  await say(later, "yes");
  await world.until("answered", () => heard(anaLater).includes("yes"));
  await world.close(anaLater, benLater, later);
  const { core } = await world.inside("Phone", phone.disk);
  expect(core.account.inbox.keys.at(-1)?.keyId).toBe(2);
  expect(core.account.profile?.inboxKeyId).toBe(2);
  await core.close();
});

it("a limited device becomes a keeper by an act on a keeper, and then does what a keeper does", async () => {
  const world = await World.create();
  const ben = await world.person("Ben");
  await world.published(ben);
  const phone = await world.linked(ben, "Phone");
  await world.until("published", () => phone.client.account.snapshot().isPublished);
  await expect(ben.client.devices.makeKeeper("00".repeat(16))).rejects.toMatchObject({ code: "device/unknown" });
  await ben.client.devices.makeKeeper(deviceIdOf(phone));
  expect(ben.client.devices.list()[1]).toMatchObject({ isKeeper: true });
  await expect(ben.client.devices.makeKeeper(deviceIdOf(phone))).rejects.toMatchObject({ code: "device/alreadyKeeper" });
  await world.until("a keeper", () => limitedOf(phone) === undefined);
  const tablet = await world.linked(phone, "Tablet", { isKeeper: true });
  expect(limitedOf(tablet)).toBeUndefined();
  await world.published(tablet);
  const watch = await world.linked(tablet, "Watch");
  await ben.client.close();
  const later = await world.again("Ben", ben.disk);
  const keepers = () =>
    later.client.devices
      .list()
      .filter(({ isKeeper }) => isKeeper)
      .map(({ deviceId }) => deviceId)
      .sort();
  await world.until("known as limited", () => later.client.devices.list().length === 4 && keepers().length === 3, 60_000);
  expect(keepers()).toEqual([ben, phone, tablet].map(deviceIdOf).sort());
  await later.client.devices.remove(deviceIdOf(watch));
  await watch.client.close();
  const watchLater = await world.again("Watch", watch.disk);
  await world.until(
    "told",
    () => watchLater.events.some((event) => event.kind === "stopped" && event.code === "client/removed"),
    60_000,
  );
  expect([later, phone, tablet].flatMap(faults)).toEqual([]);
  await world.close(later, phone, tablet, watchLater);
});

it("a stolen limited device gets a keeper to sign nothing but the renewal of itself, and nothing once it is removed", async () => {
  const world = await World.create();
  const { identity, signed } = watchedIdentity();
  const ben = await world.person("Ben", (same) => same, { identity });
  await world.published(ben);
  const tablet = await world.linked(ben, "Tablet");
  const phone = await world.linked(ben, "Phone");
  const [id, tabletId] = [deviceIdOf(phone), deviceIdOf(tablet)];
  await world.until("published", () => [phone, tablet].every(({ client }) => client.account.snapshot().isPublished));
  await phone.client.close();
  const before = { devices: signed.devices.length, others: signed.others.length };
  const inboxesBefore = signed.profiles
    .at(-1)
    ?.inboxes.map(({ stream }) => encodeHex(stream))
    .sort();

  world.time.jump(DAY_MS);
  const { core, tasks } = await world.inside("Phone", phone.disk);
  const { device, inbox } = core.account;
  const own = { deviceCertificate: device.certificate, inboxKey: inbox.keys[0]?.publicKey ?? new Uint8Array(0) };
  const certificateOf = (name: string): Uint8Array =>
    signed.devices.find(({ deviceId }) => encodeHex(deviceId) === name)?.certificate ?? new Uint8Array(0);
  await core.ledger.transact(async (tx) => {
    // In the name of others: the signature is not theirs.
    putLetter(core, tx, undefined, { ...own, kind: "renewalRequest", keyId: 77, deviceCertificate: certificateOf(tabletId) });
    putLetter(core, tx, undefined, {
      ...own,
      kind: "renewalRequest",
      keyId: 78,
      deviceCertificate: certificateOf(deviceIdOf(ben)),
    });
    // About others: keepers, limited devices, itself.
    const kind = { kind: "limited", inbox: inbox.stream };
    const entries = [`kind/${deviceIdOf(ben)}`, `kind/${tabletId}`, `kind/${id}`].flatMap((key) => [
      { key, atMs: core.nowMs, value: { kind } },
      { key, atMs: core.nowMs, value: { kind: { ...kind, kind: "keeper" } } },
    ]);
    const odd = [
      { key: "kind/x", atMs: core.nowMs, value: { kind: 5 } },
      { key: 5, atMs: core.nowMs, value: null },
      { key: "contact/x", atMs: core.nowMs, value: { contact: { identityId: "x", state: "requested" } } },
    ];
    const { certificate: deviceCertificate } = device;
    putLetter(core, tx, undefined, { kind: "ownState", deviceCertificate, entries: encodeStored([...entries, ...odd]) });
    // Another key than the identity's makes nobody a keeper.
    const secret = await core.deps.identity.createSecret({ name: "Ben", nowMs: core.nowMs });
    for (const to of [tabletId, deviceIdOf(ben)])
      putLetter(core, tx, undefined, {
        kind: "keeperKey",
        deviceCertificate,
        device: Uint8Array.from(Buffer.from(to, "hex")),
        secret,
      });
    // And a good one of its own, twice.
    putLetter(core, tx, undefined, { ...own, kind: "renewalRequest", keyId: 3 });
    putLetter(core, tx, undefined, { ...own, kind: "renewalRequest", keyId: 4 });
  });
  await tasks.settled();
  await world.until("in the profile", () => signed.profiles.at(-1)?.inboxes.some(({ keyId }) => keyId >= 3) === true);
  await world.pass(10_000);
  expect(signed.devices.slice(before.devices)).toEqual([]);
  expect(signed.others.slice(before.others)).toEqual([]);
  expect(
    signed.profiles
      .at(-1)
      ?.inboxes.map(({ stream }) => encodeHex(stream))
      .sort(),
  ).toEqual(inboxesBefore);
  expect(signed.profiles.at(-1)?.devices.map(encodeHex).sort()).toEqual([id, tabletId, deviceIdOf(ben)].sort());
  expect(signed.profiles.at(-1)?.inboxes.filter(({ keyId }) => keyId > 4)).toEqual([]);
  expect(tablet.client.account.snapshot()).toHaveProperty("limited");
  expect(ben.client.devices.list().find(({ deviceId }) => deviceId === tabletId)).toMatchObject({ isKeeper: false });
  expect(tablet.client.devices.list().find(({ deviceId }) => deviceId === deviceIdOf(ben))).toMatchObject({ isKeeper: true });
  expect([...faults(ben), ...faults(tablet)]).toEqual([]);

  await ben.client.devices.remove(id);
  await world.until(
    "out of the profile",
    () => signed.profiles.at(-1)?.revokedDevices.some((one) => encodeHex(one) === id) === true,
  );
  const profiles = signed.profiles.length;
  world.time.jump(40 * DAY_MS);
  await core.ledger.transact(async (tx) => {
    // It does not keep to what it was told.
    const account = tx.get(core.tables.account, SELF);
    if (account !== undefined) tx.put(core.tables.account, SELF, { ...account, isCloned: false, isRemoved: false });
    putLetter(core, tx, undefined, { ...own, kind: "renewalRequest", keyId: 5 });
  });
  await world.pass(10_000);
  expect(signed.devices.filter(({ deviceId }) => encodeHex(deviceId) === id)).toHaveLength(1);
  expect(
    signed.profiles
      .slice(profiles)
      .some(({ devices, inboxes }) => devices.some((one) => encodeHex(one) === id) || inboxes.some(({ keyId }) => keyId === 5)),
  ).toBe(false);
  await world.close(ben, tablet);
  await core.close();
});

it("a limited device that was removed gets into no conversation with an older profile", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.published(ana, ben);
  const phone = await world.linked(ben, "Phone");
  await world.until("in the profile", () => phone.client.account.snapshot().isPublished);
  await phone.client.close();
  const lookUp = () => world.network.transport("anybody").call(NODE_URL, "profile.lookup", { identity: idOf(ben) }, undefined);
  const before = await lookUp();
  await ben.client.devices.remove(deviceIdOf(phone));
  const isOut = async (): Promise<boolean> => encodeHex((await lookUp()).profile) !== encodeHex(before.profile);
  while (!(await isOut())) await world.pass(1_000);

  const thief = await world.again("Phone", phone.disk, (transport) => onlyShowing(transport, idOf(ben), before));
  await thief.client.contacts.add(linkOf(ana), "it is me");
  await world.until("asked", () => contactOf(ana, ben)?.state === "asking");
  await ana.client.contacts.accept(idOf(ben));
  await world.pass(10_000);
  expect(conversationOf(ana)?.state).toBe("opening");
  expect(conversationOf(thief)?.state).not.toBe("active");
  await world.close(ana, ben, thief);
});

/** A device that does not want to hear that it was removed. */
function onlyShowing(transport: NodeTransport, identity: string, answer: ResponseOf<"profile.lookup">): NodeTransport {
  const instead = <Name extends OperationName>(name: Name, request: RequestOf<Name>): ResponseOf<Name> | undefined =>
    name === "profile.lookup" && (request as RequestOf<"profile.lookup">).identity === identity
      ? (answer as ResponseOf<Name>)
      : undefined;
  return {
    call: async (url, name, request, capability) => instead(name, request) ?? transport.call(url, name, request, capability),
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        call: async (name, request, capability) => instead(name, request) ?? socket.call(name, request, capability),
        close: () => socket.close(),
      };
    },
  };
}
