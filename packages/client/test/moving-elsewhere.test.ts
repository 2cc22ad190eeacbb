// A conversation whose node is gone for ever, or seems to be: members go on elsewhere, and nobody is led away from the others unnoticed.
import { tokenHash, toStreamId } from "@p2pcrypt/api";
import { decodeHex } from "@p2pcrypt/bytes";
import { ConnectionError } from "@p2pcrypt/client";
import { formatMoveLink } from "@p2pcrypt/identity";
import type { IdentityId, Place } from "@p2pcrypt/session";
import { expect, it } from "vitest";
import { toExtensions } from "../../session/src/group/context-rules.ts";
import { stateOf } from "../../session/test/support/forge.ts";
import { founded, groupIdOf, groupOf, Insider, sayIn, told } from "./support/group-world.ts";
import { contactOf, conversationOf, faults, heard, idOf, linkOf, NODE_URL, type Person, say, World } from "./support/world.ts";

const HOME_URL = "http://127.0.0.1:9001";
const OTHER_URL = "http://127.0.0.1:9002";
const THIRD_URL = "http://127.0.0.1:9003";

/** Conversations are at the first node, and everybody's inbox at one that stays: unless `isHomeGone`. */
async function stage({ isHomeGone = false } = {}): Promise<{ world: World; person: (name: string) => Promise<Person> }> {
  const world = await World.create();
  for (const url of [HOME_URL, OTHER_URL, THIRD_URL]) await world.furtherNode(url);
  const homeNodeUrl = isHomeGone ? NODE_URL : HOME_URL;
  return { world, person: (name) => world.person(name, undefined, { homeNodeUrl: name === "Ana" ? NODE_URL : homeNodeUrl }) };
}

function isAt(url: string, ...people: readonly Person[]): boolean {
  return people.every((one) => (groupOf(one) ?? conversationOf(one))?.nodeUrls.join() === url);
}

function idIn(person: Person): string {
  return conversationOf(person)?.id ?? "";
}

it("two people whose only node died go on after one of them acts: a link is enough, and who was verified stays so", async () => {
  const { world, person } = await stage({ isHomeGone: true });
  const [ana, ben] = [await person("Ana"), await person("Ben")];
  await world.acquainted(ben, ana);
  await ana.client.verification.verifyDigits(idOf(ben), (await ana.client.verification.digits(idOf(ben))).digits);
  await say(ana, "before");
  await world.until("heard", () => heard(ben).length === 1);
  world.nodeDown();
  await say(ben, "written without a node");
  await ana.client.conversations.move(idIn(ana), OTHER_URL, { isNodeGone: true });
  await world.until("moved", () => isAt(OTHER_URL, ana));
  await say(ana, "here");
  const link = conversationOf(ana)?.moveLink ?? "";
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:9002\/#\/move\//);
  await ben.client.conversations.followMove(link);
  await world.until("both", () => heard(ben).length === 2 && heard(ana).length === 1);
  expect(heard(ben)).toEqual(["before", "here"]);
  expect(heard(ana)).toEqual(["written without a node"]);
  expect(contactOf(ana, ben)?.trust.kind).toBe("verified");
  expect(conversationOf(ben)?.code).toEqual(conversationOf(ana)?.code);
  for (const one of [ana, ben]) expect(conversationOf(one)).toMatchObject({ state: "active", warnings: [] });
  await world.close(ana, ben);
});

it("members are told by sealed letters and pass them on; the node that comes back gets the move, for those who were away", async () => {
  const { world, person } = await stage();
  const [ana, ben, cleo] = [await person("Ana"), await person("Ben"), await person("Cleo")];
  await founded(world, ana, ben, cleo);
  await cleo.client.close();
  world.nodeDown();
  await ana.client.conversations.move(groupIdOf(ana), OTHER_URL, { isNodeGone: true });
  await world.until("told", () => isAt(OTHER_URL, ana, ben), 120_000);
  expect((await told(ben)).at(-1)).toMatchObject({ what: "moved", by: "Ana", nodeUrl: OTHER_URL });
  await sayIn(ben, "without it");
  await world.until("heard", () => heard(ana).includes("without it"));
  expect(groupOf(ben)?.otherNodeUrls).toEqual([NODE_URL]);
  world.nodeUp();
  ana.client.retryNow();
  ben.client.retryNow();
  await world.until("settled", () => groupOf(ben)?.otherNodeUrls.length === 0, 120_000);
  const again = await world.again("Cleo", cleo.disk);
  await world.until("there", () => isAt(OTHER_URL, again) && heard(again).includes("without it"));
  for (const one of [ana, ben, again]) expect([...faults(one), ...(groupOf(one)?.warnings ?? [])]).toEqual([]);
  await world.close(ana, ben, again);
});

it("a node that only one member cannot reach decides all the same: whoever is told puts the move there first", async () => {
  const { world, person } = await stage();
  const ben = await person("Ben");
  let isCut = false;
  const ana = await world.person("Ana", (transport) => ({
    open: async (url, handler) => {
      if (isCut && url === NODE_URL) throw new ConnectionError("connection/unreachable");
      return transport.open(url, handler);
    },
    call: (url, name, request, token) => transport.call(url, name, request, token),
  }));
  await world.acquainted(ben, ana);
  isCut = true;
  world.nodeDown();
  world.nodeUp();
  await world.until("only Ben", () => conversationOf(ben)?.isCaughtUp === true && conversationOf(ana)?.isCaughtUp === false);
  await ana.client.conversations.move(idIn(ana), OTHER_URL, { isNodeGone: true });
  await world.until("both", () => isAt(OTHER_URL, ana, ben), 120_000);
  // In the log of the old node, as after every other move: Ben has nothing left to tell it.
  expect(conversationOf(ben)?.otherNodeUrls).toEqual([]);
  isCut = false;
  ana.client.retryNow();
  await say(ben, "there");
  await world.until("heard", () => heard(ana).includes("there"));
  await world.pass(2_000);
  for (const one of [ana, ben]) expect(conversationOf(one)?.warnings).toEqual([]);
  await world.close(ana, ben);
});

it("M9: of two people who each move to another place one gives way, is taken in again, and both are told", async () => {
  const { world, person } = await stage();
  const [ana, ben] = [await world.person("Ana", undefined, { homeNodeUrl: HOME_URL }), await person("Ben")];
  await world.acquainted(ben, ana);
  // At the node that dies: moved there first, since it is nobody's home.
  await ana.client.conversations.move(idIn(ana), NODE_URL);
  await world.until("both", () => isAt(NODE_URL, ana, ben));
  world.nodeDown();
  await Promise.all([say(ana, "from Ana"), say(ben, "from Ben")]);
  await Promise.all([
    ana.client.conversations.move(idIn(ana), OTHER_URL, { isNodeGone: true }),
    ben.client.conversations.move(idIn(ben), THIRD_URL, { isNodeGone: true }),
  ]);
  const isOne = (): boolean => conversationOf(ana)?.code?.digits === conversationOf(ben)?.code?.digits;
  await world.until("one place", () => isOne() && isAt(conversationOf(ana)?.nodeUrls.join() ?? "", ben), 300_000);
  await world.until("heard", () => heard(ana).includes("from Ben") && heard(ben).includes("from Ana"), 120_000);
  const isStuck = async (one: Person): Promise<boolean> =>
    (await one.client.conversations.history(idIn(one))).some((entry) => entry.kind === "event" && entry.event.what === "stuck");
  expect([await isStuck(ana), await isStuck(ben)].filter(Boolean)).toHaveLength(1);
  expect(heard(ben).filter((text) => text === "from Ana")).toHaveLength(1);
  await world.close(ana, ben);
});

it("in a group nobody is led to a place that starts from another state: the person is told, and may follow", async () => {
  const { world, person } = await stage();
  const ana = await world.person("Ana", undefined, { homeNodeUrl: HOME_URL });
  const [ben, cleo] = [await person("Ben"), await person("Cleo")];
  await founded(world, ana, ben, cleo);
  await ana.client.groups.promote(groupIdOf(ana), idOf(ben));
  await ana.client.conversations.move(groupIdOf(ana), NODE_URL);
  await world.until("there", () => groupOf(ben)?.ownRole === "admin" && isAt(NODE_URL, ana, ben, cleo));
  await world.pass(1_000);
  await ana.client.close();
  await ben.client.groups.rename(groupIdOf(ben), "Orchard");
  await world.until("renamed", () => groupOf(cleo)?.name === "Orchard");
  // Ana has not seen that, and now the node is gone.
  world.nodeDown();
  const again = await world.again("Ana", ana.disk);
  await again.client.conversations.move(groupIdOf(again), OTHER_URL, { isNodeGone: true });
  await world.until("told", () => [ben, cleo].every((one) => groupOf(one)?.rival !== undefined), 120_000);
  expect((await told(cleo)).at(-1)).toMatchObject({ what: "movedApart", nodeUrl: OTHER_URL });
  expect(groupOf(ben)).toMatchObject({ state: "active", nodeUrls: [NODE_URL], rival: { name: "Ana", nodeUrl: OTHER_URL } });
  expect(groupOf(cleo)?.warnings.map(({ kind }) => kind)).toEqual(["fork"]);
  await expect(again.client.conversations.rejoin(groupIdOf(again))).rejects.toMatchObject({ code: "conversation/closed" });
  await ben.client.conversations.rejoin(groupIdOf(ben));
  await world.until("in again", () => groupOf(ben)?.state === "active" && isAt(OTHER_URL, ben), 120_000);
  expect(groupOf(ben)?.name).toBe("Garden");
  await sayIn(ben, "back");
  await world.until("heard", () => heard(again).includes("back"));
  expect(groupOf(cleo)?.nodeUrls).toEqual([NODE_URL]);
  await world.close(again, ben, cleo);
});

it("M2 M8: a member who may not move a group leads nobody away, with a stream and a link as an administrator would make them", async () => {
  const { world, person } = await stage();
  const [ana, ben, cleo] = [await person("Ana"), await person("Ben"), await person("Cleo")];
  await founded(world, ana, ben, cleo);
  const id = groupIdOf(cleo);
  await cleo.client.close();
  const insider = await Insider.of(world, cleo, id);
  const { session, group } = insider;
  const place = await placeAt(world, 3);
  const context = { ...stateOf(session).context, location: [place] };
  const proposals = [
    { proposalType: "group_context_extensions", groupContextExtensions: { extensions: toExtensions(context) } } as const,
  ];
  const record = await insider.forge({ proposals });
  await put(world, insider, place, record);
  world.nodeDown();
  const link = formatMoveLink({ ...place, groupId: decodeHex(group.groupId), positions: session.positions });
  await ben.client.conversations.followMove(link);
  await world.until("refused", () => faults(ben).some((fault) => "where" in fault && fault.where === "move"));
  expect(groupOf(ben)).toMatchObject({ state: "active", nodeUrls: [NODE_URL], warnings: [], otherNodeUrls: [] });
  world.nodeUp();
  ben.client.retryNow();
  ana.client.retryNow();
  await sayIn(ben, "still here");
  await world.until("heard", () => heard(ana).includes("still here"), 120_000);
  await expect(ben.client.conversations.followMove("https://a.example/#/move/AQ")).rejects.toMatchObject({
    code: "link/malformed",
  });
  await world.close(ana, ben);
});

async function placeAt(world: World, stream: number): Promise<Place> {
  const { node } = await world.network.transport("insider").call(OTHER_URL, "node.describe", {}, undefined);
  return { nodeId: node as IdentityId, nodeUrl: OTHER_URL, stream: new Uint8Array(32).fill(stream) };
}

/** A stream as whoever moves makes it, with a commit in it. */
async function put(world: World, { session }: Insider, place: Place, record: Uint8Array): Promise<void> {
  const transport = world.network.transport("insider");
  const position = session.positions + 1;
  const { readToken, writeToken } = await session.streamTokens(place.stream, position);
  const stream = toStreamId(place.stream);
  const made = {
    stream,
    kind: "conversation" as const,
    readTokenHash: tokenHash(readToken),
    writeTokenHash: tokenHash(writeToken),
    admins: [new Uint8Array(32).fill(9)],
    continues: { positions: session.positions, handshakeChain: session.handshakeHead },
  };
  await transport.call(OTHER_URL, "stream.create", made, undefined);
  const append = { stream, kind: "handshake" as const, record, idempotencyKey: new Uint8Array(16), position };
  await transport.call(OTHER_URL, "stream.append", append, writeToken);
}

it("M7: a commit that this device cannot follow takes it out of nothing unless it moves the conversation there", async () => {
  const { world, person } = await stage();
  const [ana, ben, cleo] = [await person("Ana"), await person("Ben"), await person("Cleo")];
  await founded(world, ana, ben, cleo);
  const id = groupIdOf(cleo);
  await Promise.all([ana, ben, cleo].map(({ client }) => client.settled()));
  await cleo.client.close();
  const insider = await Insider.of(world, cleo, id);
  const { session, group } = insider;
  const victim = session.roster.find(({ identityId }) => identityId === idOf(ben))?.leaf ?? 0;
  const place = await placeAt(world, 4);
  await put(world, insider, place, await insider.forgeGarbagePath(victim));
  world.nodeDown();
  const link = formatMoveLink({ ...place, groupId: decodeHex(group.groupId), positions: session.positions });
  await ben.client.conversations.followMove(link);
  await world.until("refused", () => faults(ben).some((fault) => "where" in fault && fault.where === "move"));
  expect(groupOf(ben)).toMatchObject({ state: "active", nodeUrls: [NODE_URL], warnings: [] });
  await world.close(ana, ben);
});

it("M7: an administrator's move that this device cannot follow leads to being taken in again where it went", async () => {
  const { world, person } = await stage();
  const [ana, ben, cleo] = [await person("Ana"), await person("Ben"), await person("Cleo")];
  await founded(world, ana, ben, cleo);
  const id = groupIdOf(ana);
  await Promise.all([ana, ben, cleo].map(({ client }) => client.settled()));
  await ana.client.close();
  const insider = await Insider.of(world, ana, id);
  const { session, group } = insider;
  const victim = session.roster.find(({ identityId }) => identityId === idOf(ben))?.leaf ?? 0;
  const place = await placeAt(world, 5);
  const context = { ...stateOf(session).context, location: [place] };
  const groupContextExtensions = { extensions: toExtensions(context) };
  const proposals = [{ proposalType: "group_context_extensions", groupContextExtensions } as const];
  await put(world, insider, place, await insider.forgeGarbagePath(victim, { proposals }));
  world.nodeDown();
  const link = formatMoveLink({ ...place, groupId: decodeHex(group.groupId), positions: session.positions });
  await ben.client.conversations.followMove(link);
  await world.until("stuck", () => groupOf(ben)?.state === "stuck");
  expect((await told(ben)).at(-1)).toEqual({ what: "stuck", committer: "Ana" });
  await world.close(ben, cleo);
});

it("M10: a member who names place after place is told of a few times a day, and warned of once", async () => {
  const { world, person } = await stage();
  const [ana, ben, cleo] = [await person("Ana"), await person("Ben"), await person("Cleo")];
  await founded(world, ana, ben, cleo);
  await Promise.all([ana, ben, cleo].map(({ client }) => client.settled()));
  await cleo.client.close();
  const { core, tasks } = await world.inside("Cleo", cleo.disk);
  const [group] = core.tables.groups.all().filter(({ threadId }) => core.tables.threads.get(threadId)?.kind === "group");
  const { nodeId } = await placeAt(world, 0);
  const apart = async (): Promise<number> => (await told(ana)).filter(({ what }) => what === "movedApart").length;
  for (let n = 1; n <= 12; n++) {
    const place = { nodeId, nodeUrl: OTHER_URL, stream: new Uint8Array(32).fill(n) };
    const { certificate: deviceCertificate } = core.account.device;
    const body = { kind: "move", deviceCertificate, groupId: decodeHex(group?.groupId ?? ""), place, positions: 1_000 } as const;
    const mail = {
      id: core.newId(),
      to: idOf(ana),
      createdMs: core.nowMs,
      attempts: 0,
      letter: { kind: "answer", body },
    } as const;
    await core.ledger.transact(async (tx) => tx.put(core.tables.mail, mail.id, mail));
    await world.until("delivered", () => core.tables.mail.ids().length === 0, 700_000);
    await world.pass(100);
  }
  await world.until("told", () => groupOf(ana)?.rival !== undefined, 60_000);
  expect([await apart(), groupOf(ana)?.warnings.length]).toEqual([1, 1]);
  await tasks.close();
  await world.close(ana, ben);
  const after = await world.inside("Ana", ana.disk);
  const row = after.core.tables.groups.all().find(({ rival }) => rival !== undefined);
  expect((row?.offers ?? []).length).toBeLessThanOrEqual(1);
  expect(row?.told).toHaveLength(3);
  await after.tasks.close();
});

it("M19: a commit that the node took before it died, and whose answer was lost, is not in the way of going on without it", async () => {
  const { world, person } = await stage();
  let isLost = false;
  const ana = await world.person("Ana", (transport) => ({
    open: async (url, handler) => {
      const socket = await transport.open(url, handler);
      return {
        close: () => socket.close(),
        call: async (name, request, token) => {
          const answer = await socket.call(name, request, token);
          if (!isLost || name !== "stream.append") return answer;
          world.nodeDown();
          throw new ConnectionError("connection/closed");
        },
      };
    },
    call: (url, name, request, token) => transport.call(url, name, request, token),
  }));
  const ben = await person("Ben");
  await world.acquainted(ben, ana);
  await world.pass(3_000);
  isLost = true;
  await ana.client.conversations.setDisappearing(idIn(ana), 3_600);
  await world.until("gone", () => !ana.client.nodes().some(({ url, state }) => url === NODE_URL && state.kind === "connected"));
  isLost = false;
  await ana.client.conversations.move(idIn(ana), OTHER_URL, { isNodeGone: true });
  await world.until("moved", () => isAt(OTHER_URL, ana));
  world.nodeUp();
  ana.client.retryNow();
  ben.client.retryNow();
  // Ben has the commit that Ana gave up, and comes to where she is by being taken in again.
  await world.until("one place", () => isAt(OTHER_URL, ben) && conversationOf(ben)?.state === "active", 300_000);
  await say(ana, "here");
  await world.until("heard", () => heard(ben).includes("here"), 60_000);
  expect(ana.events.filter(({ kind }) => kind === "stopped")).toEqual([]);
  await world.close(ana, ben);
});

it("who has another home is found there, and reads what still comes to the one before", async () => {
  const { world, person } = await stage();
  const [ana, ben] = [await person("Ana"), await person("Ben")];
  await world.acquainted(ben, ana);
  const old = linkOf(ana);
  await ana.client.account.changeNode(OTHER_URL);
  await expect(ana.client.account.changeNode(OTHER_URL)).rejects.toMatchObject({ code: "account/sameNode" });
  await world.published(ana);
  expect(linkOf(ana)).toMatch(/9002/);
  await world.until("told", () => contactOf(ben, ana)?.nodeUrls[0] === OTHER_URL, 60_000);
  expect(contactOf(ben, ana)?.alert).toBeUndefined();
  // A link that was given away before leads to the old node, which says where Ana is now.
  const cleo = await person("Cleo");
  await cleo.client.contacts.add(old, "hello");
  await world.until("asked", () => contactOf(ana, cleo)?.state === "asking", 60_000);
  await ana.client.contacts.accept(idOf(cleo));
  await world.until("joined", () => cleo.client.conversations.list()[0]?.state === "active");
  expect(cleo.client.conversations.list()[0]?.nodeUrls).toEqual([OTHER_URL]);
  for (const one of [ana, ben, cleo]) expect(faults(one)).toEqual([]);
  await world.close(ana, ben, cleo);
});

it("two people whose only node died: each takes another home, one hands over the contact link, and the conversation goes on", async () => {
  const { world, person } = await stage({ isHomeGone: true });
  const [ana, first] = [await person("Ana"), await person("Ben")];
  await world.acquainted(first, ana);
  await world.pass(3_000);
  world.nodeDown();
  await ana.client.account.changeNode(OTHER_URL);
  await ana.client.conversations.move(idIn(ana), OTHER_URL, { isNodeGone: true });
  await world.until("moved", () => isAt(OTHER_URL, ana) && ana.client.account.snapshot().isPublished);
  await first.client.close();
  const ben = await world.again("Ben", first.disk);
  await ben.client.account.changeNode(THIRD_URL);
  await ben.client.contacts.add(linkOf(ana));
  await world.until("there", () => isAt(OTHER_URL, ben), 120_000);
  await say(ben, "found you");
  await world.until("heard", () => heard(ana).includes("found you"));
  expect(contactOf(ana, ben)?.nodeUrls[0]).toBe(THIRD_URL);
  expect(conversationOf(ben)?.code).toEqual(conversationOf(ana)?.code);
  await world.close(ana, ben);
});
