// Calls on virtual time, without media: who rings, who answers, what goes over the wire, and how calls end.
import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { CallMedia, CallSignalContent, CallStep } from "@p2pcrypt/content";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Entry } from "../src/index.ts";
import { HOME_ADDRESS, Telephone } from "./support/telephone.ts";
import { conversationOf, faults, idOf, type Person, World } from "./support/world.ts";

let world: World;
let [ana, ben]: [Person, Person] = [undefined as never, undefined as never];
let [atAna, atBen]: [Telephone, Telephone] = [undefined as never, undefined as never];

beforeAll(async () => {
  world = await World.create({ hasRelay: true });
  [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await Promise.all([ana, ben].map(({ client }) => client.settled()));
});
afterAll(() => world.close(ana, ben));
afterEach(() => {
  atAna.stop();
  atBen.stop();
});

beforeEach(() => {
  [atAna, atBen] = [new Telephone(world, ana), new Telephone(world, ben)];
});

const place = (person: Person): string => conversationOf(person)?.id ?? "";
const start = (person: Person, media: CallMedia = "voice") => person.client.calls.start(place(person), media);
const states = (telephone: Telephone) => [...new Set(telephone.calls.map(({ state }) => state))];
const historyOf = async (person: Person): Promise<readonly Entry[]> => person.client.conversations.history(place(person));

async function rings(media: CallMedia = "voice"): Promise<string> {
  const { id } = await start(ana, media);
  await world.until("it rings", () => atBen.call(id)?.state === "ringing");
  return id;
}

async function connected(): Promise<string> {
  const id = await rings();
  await ben.client.calls.answer(id);
  await world.until("connected", () => [atAna, atBen].every((one) => one.call(id)?.state === "connected"));
  return id;
}

/** Hangs up, and sets the clocks on by a minute, so that calls of one test do not count in the next. */
async function over(id: string): Promise<void> {
  if (ana.client.calls.list().some((call) => call.id === id)) await ana.client.calls.hangUp(id);
  await world.until("over", () => [ana, ben].every(({ client }) => client.calls.list().length === 0), 60_000);
  world.time.jump(61_000);
}

describe("a call of two", () => {
  it("K1 K5: nothing is opened, gathered or described before somebody answers; then both are connected", async () => {
    const id = await rings("video");
    await world.pass(5_000);
    expect([atAna.orders, atBen.orders, atAna.connections, atBen.connections]).toEqual([[], [], [], []]);
    expect(atBen.call(id)).toMatchObject({ isOutgoing: false, media: "video", contactId: idOf(ana), hidesAddress: true });
    await ben.client.calls.answer(id);
    await world.until("connected", () => [atAna, atBen].every((one) => one.call(id)?.state === "connected"));
    expect(states(atAna)).toEqual(["calling", "connecting", "connected"]);
    expect(states(atBen)).toEqual(["ringing", "connecting", "connected"]);
    await ana.client.calls.setMedia(id, { microphone: false, camera: true, screen: true });
    await world.until("told", () => atBen.call(id)?.theirs.screen === true);
    expect(atBen.call(id)?.theirs).toEqual({ microphone: false, camera: true, screen: true });
    await world.pass(7_000);
    await ben.client.calls.hangUp(id);
    await world.until("over", () => atAna.call(id)?.end === "hungUp" && atBen.call(id)?.end === "hungUp");
    expect([atAna, atBen].map(({ connection }) => connection?.isClosed)).toEqual([true, true]);
    await world.until("remembered", () => ben.events.some((event) => event.kind === "entry" && event.entry.kind === "call"));
    for (const person of [ana, ben])
      expect((await historyOf(person))[0]).toMatchObject({
        kind: "call",
        media: "video",
        outcome: "answered",
        author: idOf(ana),
      });
    expect(conversationOf(ben)?.unread).toBe(0);
    await over(id);
  });

  it("K1: who is not verified learns no address: neither from descriptions nor from candidates", async () => {
    const id = await connected();
    expect(atAna.connection?.routes.every(({ isRelayOnly }) => isRelayOnly)).toBe(true);
    atAna.connection?.finds(`candidate:3 1 udp 99 ${HOME_ADDRESS} 5 typ srflx raddr 10.0.0.1 rport 5`);
    atAna.connection?.finds(`candidate:4 1 udp 98 198.51.100.8 6 typ relay raddr ${HOME_ADDRESS} rport 5`);
    await world.until("found", () => atBen.connection?.candidates.length === 1, 1_000);
    await world.pass(2_000);
    expect(atBen.connection?.candidates).toEqual(["candidate:4 1 udp 98 198.51.100.8 6 typ relay raddr 0.0.0.0 rport 0"]);
    for (const { taken = "" } of [...atAna.connections, ...atBen.connections]) {
      expect(taken).toContain("typ relay raddr 0.0.0.0 rport 0");
      expect(taken).not.toContain(HOME_ADDRESS);
    }
    await over(id);
  });

  it("has keys for both ways that are each other's, others in every call, and none once it is over", async () => {
    const id = await connected();
    const [mine, theirs] = [atAna.keys.at(-1), atBen.keys.at(-1)];
    expect(mine?.own).toEqual(theirs?.others[0]);
    expect(mine?.others).toEqual([theirs?.own]);
    expect(mine?.own.baseKey).not.toEqual(theirs?.own.baseKey);
    await over(id);
    expect([atAna.keys.at(-1), atBen.keys.at(-1)]).toEqual([undefined, undefined]);
    await connected();
    expect(atAna.keys.at(-1)?.own.baseKey).not.toEqual(mine?.own.baseKey);
    await over(atAna.call()?.id ?? "");
  });

  it("is declined, is taken back, and is missed; the history says which, and only what was missed is news", async () => {
    await ben.client.conversations.markRead(place(ben));
    const declined = await rings();
    await ben.client.calls.hangUp(declined);
    await world.until("declined", () => atAna.call(declined)?.end === "declined");
    await over(declined);
    const takenBack = await rings();
    await ana.client.calls.hangUp(takenBack);
    await world.until("taken back", () => atBen.call(takenBack)?.end === "missed");
    await over(takenBack);
    const { id } = await start(ana, "video");
    await world.until("nobody answers", () => atAna.call(id)?.end === "noAnswer", 60_000);
    await over(id);
    await world.until("all told", () => conversationOf(ben)?.unread === 2, 10_000);
    const told = (await historyOf(ben)).flatMap((entry) => (entry.kind === "call" ? [`${entry.media} ${entry.outcome}`] : []));
    expect(told.slice(0, 3)).toEqual(["video missed", "voice missed", "voice declined"]);
    await ben.client.conversations.markRead(place(ben));
  });

  it("both who call at once are in one call, and neither rings", async () => {
    await Promise.all([start(ana), start(ben)]);
    await world.until("connected", () => [atAna, atBen].every((one) => one.calls.at(-1)?.state === "connected"), 10_000);
    expect(atAna.call()?.id).toBe(atBen.call()?.id);
    expect([ana, ben].map(({ client }) => client.calls.list().length)).toEqual([1, 1]);
    const replaced = [...atAna.calls, ...atBen.calls].filter(({ end }) => end === "replaced");
    expect(replaced).toHaveLength(1);
    expect(replaced[0]?.id).not.toBe(atAna.call()?.id);
    const id = atAna.call()?.id ?? "";
    await [ana, ben][0]?.client.calls.hangUp(id);
    await over(id);
  });

  it("finds another way when the network changes, and is lost when it does not come back", async () => {
    const id = await connected();
    const routes = () => atBen.connection?.routes.length ?? 0;
    const before = routes();
    atBen.connection?.becomes("disconnected");
    await world.until("again", () => routes() > before && atBen.call(id)?.state === "connected", 10_000);
    expect(atBen.connections).toHaveLength(1);
    const numbers = atBen.orders.flatMap((order) => (order.kind === "remoteOffer" ? [order.number] : []));
    expect(numbers).toEqual([1, 2]);
    atAna.behaviour.isDeaf = true;
    atBen.behaviour.isDeaf = true;
    atAna.connection?.becomes("disconnected");
    await world.until("lost", () => atAna.call(id)?.end === "lost", 40_000);
    await over(id);
  });

  it("R11: waits for a node that is away in mid-call, and goes on through its relay when it is back", async () => {
    const id = await connected();
    const routes = atAna.connection?.routes.length ?? 0;
    world.nodeDown();
    await world.until("away", () => ana.client.nodes().every(({ state }) => state.kind !== "connected"));
    atAna.connection?.becomes("disconnected");
    await world.until("looks", () => atAna.call(id)?.state === "reconnecting");
    await world.pass(2_500);
    expect([atAna.call(id)?.state, atAna.connection?.routes.length]).toEqual(["reconnecting", routes]);
    world.nodeUp();
    await world.until("back", () => atAna.call(id)?.state === "connected", 30_000);
    expect(atAna.connection?.routes.at(-1)).toMatchObject({ isRelayOnly: true });
    expect(atAna.connection?.routes.length).toBeGreaterThan(routes);
    await over(id);
  });

  it("K2: another certificate within a call, or none that can be checked, ends it", async () => {
    const id = await connected();
    atBen.behaviour.fingerprint = "CD";
    await ana.client.calls.restart(id);
    await world.until("refused", () => atAna.call(id)?.end === "failed", 20_000);
    await over(id);
    atBen.behaviour.fingerprint = "zz";
    const other = await rings();
    await ben.client.calls.answer(other);
    await world.until("refused", () => atAna.call(other)?.state === "ended", 20_000);
    expect(atAna.call(other)?.connectedAtMs).toBe(undefined);
    await over(other);
  });

  it("K5: a flood of calls rings six times a minute and no more, and an offer nobody accepted opens nothing", async () => {
    const inner = await world.inside("Ana", (await copyOf(ana)).disk);
    await world.until(
      "connected",
      () => inner.core.links.snapshots(inner.core.account.homeNodeUrl)[0]?.state.kind === "connected",
    );
    const say = (signal: CallSignalContent): void => inner.tasks.ephemerals.signal(place(ana), signal);
    const id = (n: number): string => encodeBase64Url(new Uint8Array(16).fill(n));
    for (let n = 1; n <= 20; n++) say({ kind: "callSignal", call: id(n), step: "ring", media: "voice" });
    await world.pass(1_000);
    const rang = new Set(atBen.calls.filter(({ state }) => state === "ringing").map((call) => call.id));
    expect(rang.size).toBe(6);
    const last = id(6);
    const to = encodeBase64Url(Uint8Array.from(Buffer.from(ben.client.account.snapshot().deviceId, "hex")));
    say({ kind: "callSignal", call: last, step: "offer", to, join: id(9), number: 1, sdp: "v=0" });
    await world.pass(1_000);
    expect(atBen.orders).toEqual([]);
    await inner.tasks.close();
    await world.until("fades", () => ben.client.calls.list().length === 0, 60_000);
    world.time.jump(61_000);
    expect([...faults(ana), ...faults(ben)]).toEqual([]);
  });
});

it("R11: without a relay nothing is opened to who is not verified, and the call says why", async () => {
  const bare = await World.create();
  const [carl, dana] = [await bare.person("Carl"), await bare.person("Dana")];
  await bare.acquainted(carl, dana);
  const [atCarl, atDana] = [new Telephone(bare, carl), new Telephone(bare, dana)];
  const { id } = await carl.client.calls.start(place(carl), "voice");
  await bare.until("it rings", () => atDana.call(id)?.state === "ringing");
  await dana.client.calls.answer(id);
  await bare.until("no relay", () => atCarl.call(id)?.end === "noRelay");
  expect([atCarl.connections, atDana.connections]).toEqual([[], []]);
  // Who is verified on both sides is called directly.
  const { digits } = await carl.client.verification.digits(idOf(dana));
  await carl.client.verification.verifyDigits(idOf(dana), digits);
  await dana.client.verification.verifyDigits(idOf(carl), digits);
  const direct = await carl.client.calls.start(place(carl), "voice");
  await bare.until("rings", () => atDana.call(direct.id)?.state === "ringing");
  await dana.client.calls.answer(direct.id);
  await bare.until("connected", () => [atCarl, atDana].every((one) => one.call(direct.id)?.state === "connected"));
  expect(atCarl.connection?.taken).toContain(HOME_ADDRESS);
  await bare.close(carl, dana);
});

it("K2 K3: rings on every own device until one answers, whom alone the call is with; a call that goes on has new keys when a device comes or goes", async () => {
  const first = await connected();
  const backup = await ben.client.account.exportBackup("pass");
  const tablet = await world.imported("Ben", backup, "pass");
  await world.until("taken in", () => conversationOf(tablet)?.state === "active", 60_000);
  await world.until("a new epoch", () => atAna.keys.length === 2 && atBen.keys.length === 2, 20_000);
  expect(atAna.keys[1]).toMatchObject({ isRemoval: false, others: [{ kid: atBen.keys[1]?.own.kid }] });
  expect(atAna.keys[1]?.own.baseKey).not.toEqual(atAna.keys[0]?.own.baseKey);
  await over(first);

  const atTablet = new Telephone(world, tablet);
  const { id } = await start(ana);
  await world.until("rings twice", () => [atBen, atTablet].every((one) => one.call(id)?.state === "ringing"), 20_000);
  await tablet.client.calls.answer(id);
  await world.until("connected", () => [atAna, atTablet].every((one) => one.call(id)?.state === "connected"));
  await world.until("stopped", () => atBen.call(id)?.end === "elsewhere");
  expect(atBen.connections).toHaveLength(1); // of the call before
  await saysNothingNew(id);
  const before = atAna.keys.length;
  await tablet.client.account.revokeDevice(ben.client.account.snapshot().deviceId);
  await world.until("removed", () => atAna.keys.length > before, 60_000);
  expect(atAna.keys.at(-1)).toMatchObject({ isRemoval: true, others: [{ kid: atTablet.keys.at(-1)?.own.kid }] });
  await ana.client.calls.hangUp(id);
  await world.until("over", () => atTablet.call(id)?.state === "ended");
  await world.close(tablet);
});

/** Another leaf of the conversation than the peer's says what only the peer may say (K2). */
async function saysNothingNew(id: string): Promise<void> {
  const { core, tasks } = await world.inside("Ben", (await copyOf(ben)).disk);
  await world.until("online", () => core.links.snapshots(core.account.homeNodeUrl)[0]?.state.kind === "connected");
  const to = encodeBase64Url(Uint8Array.from(Buffer.from(ana.client.account.snapshot().deviceId, "hex")));
  const [join, sdp] = [encodeBase64Url(new Uint8Array(16).fill(9)), atAna.connection?.taken ?? ""];
  const [orders, told] = [atAna.orders.length, atAna.calls.length];
  const lies: readonly CallStep[] = [
    { step: "accept", to },
    { step: "offer", to, join, number: 2, sdp },
    { step: "answer", to, join, number: 1, sdp },
    { step: "candidates", to, number: 1, candidates: ["0 candidate:1"] },
    { step: "restart", to },
    { step: "media", to, microphone: false, camera: false, screen: true },
    { step: "end", reason: "hungUp" },
  ];
  for (const lie of lies) tasks.ephemerals.signal(place(ben), { kind: "callSignal", call: id, ...lie });
  await world.pass(1_000);
  expect([atAna.orders.length, atAna.calls.length]).toEqual([orders, told]);
  await tasks.close();
}

async function copyOf(person: Person): Promise<{ disk: Person["disk"] }> {
  const { MemoryVaultStore } = await import("@p2pcrypt/vault/memory");
  const disk = new MemoryVaultStore();
  await disk.apply((await person.disk.range({ from: new Uint8Array(0), to: new Uint8Array(65).fill(255), limit: 1e6 })).slice());
  return { disk };
}
