// What one keeper decides for the identity, its home and its name, reaches the other own devices by letters.
import { ApiError } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import type { NodeTransport } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { putLetter } from "../src/devices/own-letter.ts";
import { encodeStored } from "../src/store/stored-json.ts";
import { watchedIdentity } from "./support/watched-identity.ts";
import { contactOf, conversationOf, faults, heard, idOf, NODE_URL, type Person, say, World } from "./support/world.ts";

const HOME_URL = "http://127.0.0.1:9001";
const OTHER_URL = "http://127.0.0.1:9002";

/** Where contacts write to, as a node says. */
async function inboxesAt(world: World, url: string, person: Person): Promise<readonly string[]> {
  const { core } = await world.inside("Looker", person.disk, () => world.network.transport("looker"));
  const { certificate, profile } = await world.network
    .transport("looker")
    .call(url, "profile.lookup", { identity: idOf(person) }, undefined);
  const verified = await core.deps.identity.verifyProfile(certificate, profile, { atMs: world.time.nowMs() });
  await core.close();
  return verified?.profile.inboxes.map(({ nodeUrl }) => nodeUrl) ?? [];
}

it("a keeper's new home is the home of the other own devices too, limited ones included, and nothing is lost without the node before", async () => {
  const world = await World.create();
  for (const url of [HOME_URL, OTHER_URL]) await world.furtherNode(url);
  const [ana, ben] = [await world.person("Ana", undefined, { homeNodeUrl: HOME_URL }), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const tablet = await world.linked(ben, "Tablet", { isKeeper: true });
  const phone = await world.linked(ben, "Phone");
  const all = [ben, tablet, phone];
  const homes = (): readonly string[] => all.map(({ client }) => client.account.snapshot().homeNodeUrl);
  const arePublished = (): boolean => all.every(({ client }) => client.account.snapshot().isPublished);
  await world.until("in", () => all.every((one) => conversationOf(one)?.state === "active") && arePublished(), 300_000);
  // Who is taken in by two at once is told of a Welcome too many.
  const others = () => all.flatMap(faults).filter((fault) => !("where" in fault) || fault.where !== "welcome");
  const before = others().length;
  await ben.client.account.changeNode(OTHER_URL);
  await world.until("followed", () => homes().every((url) => url === OTHER_URL), 120_000);
  await world.until("published", arePublished, 400_000);
  await world.pass(10_000);
  world.nodeDown();
  await world.until("told", () => contactOf(ana, ben)?.nodeUrls[0] === OTHER_URL, 60_000);
  await say(ana, "where are you?");
  await world.until("heard", () => all.every((one) => heard(one).length === 1), 60_000);
  // What own devices tell each other goes by the new node.
  await phone.client.account.updateSettings({ sendsPresence: false });
  await world.until("told", () => all.every(({ client }) => !client.account.snapshot().settings.sendsPresence), 60_000);
  expect(others()).toHaveLength(before);
  await world.close(...all);
  expect(await inboxesAt(world, OTHER_URL, ben)).toEqual([OTHER_URL, OTHER_URL, OTHER_URL]);
  await world.close(ana);
});

it("a limited device that was linked right before its keeper took another home stands in the profile where it reads, and follows", async () => {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  const { identity, signed } = watchedIdentity();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben", (same) => same, { identity })];
  await world.acquainted(ben, ana);
  const state = { isBlind: true };
  const { code } = await ben.client.devices.startLinking("link", { isKeeper: false });
  const { person } = await world.linking("Phone", code, async () => true, blind(state));
  await world.until("compared", () => ben.client.devices.linking()?.state === "compare");
  await ben.client.devices.confirmLinking(true);
  const phone = await person;
  await world.until("linked", () => ben.client.devices.linking()?.state === "linked");
  await ben.client.account.changeNode(OTHER_URL);
  await world.published(ben);
  expect(phone.client.account.snapshot()).toMatchObject({ isPublished: false, homeNodeUrl: NODE_URL });
  state.isBlind = false;
  await world.until("followed", () => phone.client.account.snapshot().homeNodeUrl === OTHER_URL, 400_000);
  await world.until("in the profile", () => phone.client.account.snapshot().isPublished, 400_000);
  await world.until("taken in", () => conversationOf(phone)?.state === "active", 400_000);
  // Its first inbox stood where it was made, and its second one in that one's place.
  const listed = signed.profiles.map(({ inboxes }) => inboxes.map(({ nodeUrl }) => nodeUrl).sort());
  expect(listed).toContainEqual([NODE_URL, OTHER_URL]);
  expect(listed.at(-1)).toEqual([OTHER_URL, OTHER_URL]);
  world.nodeDown();
  await ben.client.account.updateSettings({ sendsTyping: false });
  await world.until("told", () => !phone.client.account.snapshot().settings.sendsTyping, 60_000);
  await world.close(ana, ben, phone);
});

/** A device that finds no profile as long as it is blind: it asks nobody for anything. */
function blind(state: { readonly isBlind: boolean }): (transport: NodeTransport) => NodeTransport {
  return (transport) => ({
    call: transport.call,
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: async (name, request, token) => {
          if (state.isBlind && name === "profile.lookup") throw new ApiError("notFound");
          return socket.call(name, request, token);
        },
      };
    },
  });
}

it("a new name reaches other keepers, which sign it from then on", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const tablet = await world.linked(ben, "Tablet", { isKeeper: true });
  await world.until(
    "in",
    () => conversationOf(tablet)?.state === "active" && tablet.client.account.snapshot().isPublished,
    60_000,
  );
  await ben.client.account.rename("Benjamin");
  await world.until("renamed", () => tablet.client.account.snapshot().name === "Benjamin", 60_000);
  await world.until("told", () => contactOf(ana, ben)?.name === "Benjamin", 60_000);
  // In the same instant: it follows on the other, and counts.
  await tablet.client.account.rename("Benny");
  await world.until(
    "back",
    () => ben.client.account.snapshot().name === "Benny" && contactOf(ana, ben)?.name === "Benny",
    60_000,
  );
  await ben.client.close();
  // Whatever the tablet publishes next says the same.
  await tablet.client.account.setFindable(true);
  await world.published(tablet);
  await world.pass(5_000);
  expect([contactOf(ana, ben)?.name, tablet.client.account.snapshot().name]).toEqual(["Benny", "Benny"]);
  expect([ana, ben, tablet].flatMap(faults)).toEqual([]);
  await world.close(ana, tablet);
});

it("I1: a limited device that was stolen neither renames the identity nor leads its other devices to another node", async () => {
  const world = await World.create();
  await world.furtherNode(OTHER_URL);
  const ben = await world.person("Ben");
  await world.published(ben);
  const phone = await world.linked(ben, "Phone");
  await world.until("published", () => phone.client.account.snapshot().isPublished, 60_000);
  await phone.client.close();
  const { node } = await world.network.transport("looker").call(OTHER_URL, "node.describe", {}, undefined);
  const { core, tasks } = await world.inside("Phone", phone.disk);
  const entries = [
    { key: "name", atMs: core.nowMs, value: { name: "Mallory" } },
    { key: "home", atMs: core.nowMs, value: { home: node } },
    { key: "settings", atMs: core.nowMs, value: { settings: { sendsTyping: false } } },
  ];
  const { certificate: deviceCertificate, deviceId } = core.account.device;
  await core.ledger.transact(async (tx) =>
    putLetter(core, tx, undefined, { kind: "ownState", deviceCertificate, entries: encodeStored(entries) }),
  );
  await world.until("read", () => !ben.client.account.snapshot().settings.sendsTyping, 60_000);
  expect(ben.client.account.snapshot()).toMatchObject({ name: "Ben", homeNodeUrl: NODE_URL });
  expect(ben.client.devices.list().map((one) => one.deviceId)).toContain(encodeHex(deviceId));
  await tasks.close();
  await world.close(ben);
});
