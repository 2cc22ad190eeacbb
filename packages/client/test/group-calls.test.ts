// Calls of groups on virtual time, without media: who is in, who is connected to whom, and what a member who lies brings about.
import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { CallSignalContent, ContentId } from "@p2pcrypt/content";
import type { IdentityId, Member } from "@p2pcrypt/session";
import type { EpochKeys } from "@p2pcrypt/sframe";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CallKeys } from "../src/calls/call-keys.ts";
import { GroupCallRuns } from "../src/calls/group-calls.ts";
import { RingLimit } from "../src/calls/ring-limit.ts";
import { Ephemerals } from "../src/conversation/ephemeral.ts";
import type { Entry } from "../src/index.ts";
import type { GroupRow } from "../src/store/group-rows.ts";
import { GroupPhone } from "./support/group-phone.ts";
import { founded, groupIdOf, groupOf } from "./support/group-world.ts";
import { HOME_ADDRESS, Telephone } from "./support/telephone.ts";
import { conversationOf, faults, idOf, type Person, World } from "./support/world.ts";

let world: World;
let everybody: readonly [Person, Person, Person, Person, Person];
let phones: readonly GroupPhone[] = [];

beforeAll(async () => {
  world = await World.create({ hasRelay: true });
  const [ana, ben, carl, dana, eve] = [
    await world.person("Ana"),
    await world.person("Ben"),
    await world.person("Carl"),
    await world.person("Dana"),
    await world.person("Eve"),
  ];
  everybody = [ana, ben, carl, dana, eve];
  await founded(world, ana, ben, carl, dana, eve);
  await Promise.all(everybody.map(({ client }) => client.settled()));
});
afterAll(() => world.close(...everybody));
beforeEach(() => {
  phones = everybody.map((person) => new GroupPhone(world, person));
});
afterEach(async () => {
  for (const { client } of everybody)
    for (const { id, state } of client.groupCalls.list()) if (state !== "running") await client.groupCalls.leave(id);
  await world.until("over", () => everybody.every(({ client }) => client.groupCalls.list().length === 0), 60_000);
  for (const phone of phones) phone.stop();
  expect(everybody.flatMap(faults)).toEqual([]);
  world.time.jump(61_000);
});

const phone = (at: number): GroupPhone => phones[at] as GroupPhone;
const ids = (...at: readonly number[]): readonly IdentityId[] =>
  at.map((one) => idOf(everybody[one] as Person)).sort() as readonly IdentityId[];
const stateAt = (at: number) => phone(at).call?.state;

async function begun(by = 0): Promise<string> {
  const { id } = await (everybody[by] as Person).client.groupCalls.start(groupIdOf(everybody[by] as Person), "video");
  await world.until("it rings", () => everybody.every((_, at) => at === by || stateAt(at) === "ringing"));
  return id;
}

async function join(id: string, ...who: readonly number[]): Promise<void> {
  for (const at of who) await (everybody[at] as Person).client.groupCalls.join(id);
}

async function meshed(...who: readonly number[]): Promise<void> {
  const others = (at: number) => ids(...who.filter((one) => one !== at));
  await world.until("everybody with everybody", () =>
    who.every((at) => JSON.stringify(phone(at).connected) === JSON.stringify(others(at))),
  );
}

describe("a call of a group", () => {
  it("K1 K5: opens nothing before somebody else is in; then each is connected to each, also those who are no contacts", async () => {
    const id = await begun();
    const endMs = world.time.elapsedMs + 5_000;
    await world.until("some rings", () => world.time.elapsedMs > endMs);
    expect(phones.flatMap(({ orders }) => orders)).toEqual([]);
    await join(id, 1, 2, 3);
    await meshed(0, 1, 2, 3);
    for (const one of phones.slice(0, 4)) {
      expect(one.connections.size).toBe(3);
      for (const { taken = "" } of one.connections.values()) expect(taken).not.toContain(HOME_ADDRESS);
    }
    // Of each pair one offers.
    const offers = phones.flatMap(({ orders }) => orders.filter(({ kind }) => kind === "offer"));
    expect(offers).toHaveLength(6);
    await everybody[2].client.groupCalls.setMedia(id, { microphone: false, camera: true, screen: false, isHeld: true });
    await world.until("told", () =>
      [0, 1, 3].every((at) => phone(at).call?.people.some(({ sends }) => sends.isHeld === true && sends.camera)),
    );
  });

  it("a fifth is told that it is full, may join once somebody left, and the call goes on without who began it", async () => {
    const id = await begun();
    await join(id, 1, 2, 3);
    await meshed(0, 1, 2, 3);
    await expect(everybody[4].client.groupCalls.join(id)).rejects.toMatchObject({ code: "call/full" });
    await everybody[0].client.groupCalls.leave(id);
    await meshed(1, 2, 3);
    expect(phone(0).call).toMatchObject({ state: "running", end: "left" });
    await join(id, 4);
    await meshed(1, 2, 3, 4);
    await everybody[0].client.conversations.markRead(groupIdOf(everybody[0]));
    for (const at of [1, 2, 3, 4]) await everybody[at as 1]?.client.groupCalls.leave(id);
    const isTold = () =>
      everybody.every(({ events }) => events.some((event) => event.kind === "entry" && event.entry.kind === "call"));
    await world.until("remembered", isTold, 60_000);
    const [last] = await (everybody[4].client.conversations.history(groupIdOf(everybody[4])) as Promise<readonly Entry[]>);
    expect(last).toMatchObject({ kind: "call", media: "video", outcome: "answered", author: idOf(everybody[0]) });
  });

  it("five who join at once end up as four, the same on every side", async () => {
    const id = await begun();
    await Promise.all([1, 2, 3, 4].map((at) => everybody[at as 1].client.groupCalls.join(id)));
    await world.until("one too many", () => phones.some(({ call }) => call?.end === "full"));
    const outside = phones.findIndex(({ call }) => call?.end === "full");
    await meshed(...[0, 1, 2, 3, 4].filter((at) => at !== outside));
  });

  it("is declined by everybody, or answered by nobody, and then it is over; a call of two meanwhile is busy", async () => {
    const id = await begun(1);
    for (const at of [0, 2, 3, 4]) await everybody[at as 0].client.groupCalls.leave(id);
    await world.until("declined", () => phone(1).call?.end === "declined");
    expect(phone(1).call?.declined).toHaveLength(4);
    const other = await begun(2);
    const atAna = new Telephone(world, everybody[0]);
    await everybody[1].client.groupCalls.leave(other);
    const two = await everybody[1].client.calls.start(conversationOf(everybody[1])?.id ?? "", "voice");
    const atBen = new Telephone(world, everybody[1]);
    await world.until("busy", () => atBen.call(two.id)?.end === "busy");
    expect(atAna.calls).toEqual([]);
    for (const one of [atAna, atBen]) one.stop();
    await world.until("nobody came", () => phone(2).call?.end === "noAnswer", 60_000);
    await world.until("missed", () => phone(3).call?.end === "missed");
  });

  it("two who begin at once, and who answered either, are in one call", async () => {
    await Promise.all([0, 3].map((at) => everybody[at as 0].client.groupCalls.start(groupIdOf(everybody[at as 0]), "voice")));
    await meshed(0, 3);
    await world.until("it rings", () => stateAt(1) === "ringing");
    await join(phone(0).call?.id ?? "", 1);
    await meshed(0, 1, 3);
  });

  it("rings those alone who are asked in later, and not again who declined", async () => {
    const id = await begun();
    await join(id, 1);
    for (const at of [2, 3, 4]) await everybody[at as 2].client.groupCalls.leave(id);
    const endMs = world.time.elapsedMs + 56_000; // the ringing is over, and was forgotten
    await world.until("quiet", () => world.time.elapsedMs > endMs);
    expect([2, 3, 4].map(stateAt)).toEqual(["running", "running", "running"]);
    await everybody[1].client.groupCalls.ring(id, ids(3));
    await world.until("rings", () => stateAt(3) === "ringing");
    expect([stateAt(2), stateAt(4)]).toEqual(["running", "running"]);
    await join(id, 3);
    await meshed(0, 1, 3);
  });

  it("finds another way to one while the others talk on, tries again when it was lost, and keeps who is silent but connected", async () => {
    const id = await begun();
    await join(id, 1, 2);
    await meshed(0, 1, 2);
    const pairOf = (at: number, of: number) => phone(at).call?.people.find(({ identityId }) => identityId === ids(of)[0]);
    const pair = pairOf(0, 1)?.pair ?? "";
    const before = phone(0).connections.get(pair);
    before?.becomes("disconnected");
    await world.until("broken", () => pairOf(0, 1)?.state === "reconnecting");
    expect(pairOf(0, 2)?.state).toBe("connected");
    await meshed(0, 1, 2);
    expect(phone(0).connections.get(pair)).toBe(before);
    world.nodeDown();
    const endMs = world.time.elapsedMs + 25_000;
    await world.until("silence", () => world.time.elapsedMs > endMs, 30_000);
    expect([0, 1, 2].map((at) => phone(at).connected.length)).toEqual([2, 2, 2]);
    before?.becomes("failed");
    await world.until("lost", () => ["unreachable", "noRelay"].includes(pairOf(0, 1)?.state ?? ""), 40_000);
    world.nodeUp();
    await world.until("again", () => pairOf(0, 1)?.state === "connected" && pairOf(1, 0)?.state === "connected", 90_000);
  });

  it("K2: what a member says in another's place changes nothing, and nothing connects them", async () => {
    const id = await begun();
    await join(id, 1);
    await meshed(0, 1);
    const [before, orders] = [JSON.stringify(phone(0).call?.people), phone(0).orders.length];
    const dana = await world.inside("Dana", (await copyOf(everybody[3])).disk);
    const { core, tasks } = dana;
    await world.until("online", () => core.links.snapshots(core.account.homeNodeUrl)[0]?.state.kind === "connected");
    const joinOf = (at: number, of: number) =>
      phone(at).call?.people.find(({ identityId }) => identityId === ids(of)[0])?.pair ?? "";
    const to = deviceOf(everybody[0]);
    const [number, sdp] = [9, phone(1).connections.get(joinOf(1, 0))?.description() ?? ""];
    const media = { microphone: true, camera: true, screen: true };
    const lies: readonly CallSignalContent[] = [
      { kind: "callSignal", call: id, step: "accept", to },
      { kind: "callSignal", call: id, step: "offer", to, join: joinOf(0, 1), toJoin: joinOf(1, 0), number, sdp },
      { kind: "callSignal", call: id, step: "answer", to, join: joinOf(0, 1), toJoin: joinOf(1, 0), number: 1, sdp },
      { kind: "callSignal", call: id, step: "candidates", to, toJoin: joinOf(1, 0), number: 1, candidates: ["0 candidate:1"] },
      { kind: "callSignal", call: id, step: "restart", to, toJoin: joinOf(1, 0) },
      { kind: "callSignal", call: id, step: "media", to, ...media },
      { kind: "callSignal", call: id, step: "in", media: "voice", join: joinOf(0, 1), sinceMs: 1, ...media },
      { kind: "callSignal", call: id, step: "in", media: "voice", join: joinOf(1, 0), sinceMs: 1, ...media },
      { kind: "callSignal", call: id, step: "end", reason: "failed" },
    ];
    for (const lie of lies) tasks.ephemerals.signal(groupIdOf(everybody[3]), lie);
    await world.pass(2_000);
    expect(JSON.stringify(phone(0).call?.people)).toBe(before);
    expect(phone(0).orders).toHaveLength(orders);
    await tasks.close();
  });

  it("K3: whoever takes the media of a call over is given no key that was sealed with, and who had it before has none", async () => {
    const id = await begun();
    await join(id, 1);
    await meshed(0, 1);
    const own = phone(0).keys.at(-1)?.own;
    const later: (EpochKeys | undefined)[] = [];
    everybody[0].client.watchCallKeys?.(id, (keys) => later.push(keys));
    await join(id, 2);
    await meshed(0, 1, 2);
    expect([phone(0).keys.at(-1), later]).toEqual([undefined, []]);
    await everybody[0].client.groupCalls.leave(id);
    await join(id, 0);
    await meshed(0, 1, 2);
    await world.until("another key", () => phone(0).keys.at(-1)?.others.length === 2);
    expect(phone(0).keys.at(-1)?.own.baseKey).not.toEqual(own?.baseKey);
    expect(later).toEqual([undefined]);
  });

  it("K5: a person is in with one device, the one that joined last: nobody takes the places of others", async () => {
    const { core, tasks } = await world.inside("Ana", (await copyOf(everybody[0])).disk);
    await tasks.close();
    const runs = new GroupCallRuns({
      ...{ core, ephemerals: new Ephemerals(core), keys: new CallKeys(core), rings: new RingLimit(), isBusy: () => false },
    });
    const group = core.tables.groups.all().find(({ roster }) => roster.length === 5) as GroupRow;
    const dana = group.roster.find(({ identityId }) => identityId === ids(3)[0]) as GroupRow["roster"][number];
    const call = "b".repeat(21).concat("A") as ContentId;
    const says = (device: number, sinceMs: number): void => {
      const join = encodeBase64Url(new Uint8Array(16).fill(device));
      const said = { media: "voice", join, sinceMs, microphone: true, camera: false, screen: false } as const;
      const author = { ...dana, deviceId: new Uint8Array(16).fill(device), leaf: 10 + device } as unknown as Member;
      runs.received(group, author, { kind: "callSignal", call, step: "in", ...said });
    };
    for (const [device, sinceMs] of [7, 3, 9, 5].entries()) says(device, sinceMs);
    expect(runs.list()).toMatchObject([{ isFull: false, people: [{ leaf: 12 }] }]);
    runs.close();
    await core.close();
  });

  it("K5: of what a member rings without being in, nothing is left once it rings no more", async () => {
    const { core, tasks } = await world.inside("Dana", (await copyOf(everybody[3])).disk);
    await world.until("online", () => core.links.snapshots(core.account.homeNodeUrl)[0]?.state.kind === "connected");
    for (const call of ["A", "b", "z"].map((letter) => letter.repeat(21).concat("A") as ContentId))
      tasks.ephemerals.signal(groupIdOf(everybody[3]), { kind: "callSignal", call, step: "ring", media: "voice" });
    const rings = () => everybody[0].client.groupCalls.list().some(({ state }) => state === "ringing");
    await world.until("it rings", rings);
    await world.until("over", () => everybody.every(({ client }) => client.groupCalls.list().length === 0), 20_000);
    await tasks.close();
  });

  it("K3: who is removed is out at once: nothing of theirs has a key, and their own keys are gone", async () => {
    const id = await begun();
    await join(id, 1, 2);
    await meshed(0, 1, 2);
    await world.until("keys", () => [0, 1, 2].every((at) => phone(at).keys.at(-1)?.others.length === 2));
    const [own, others] = [phone(0).keys.map((keys) => keys?.own.baseKey), phone(0).keys.at(-1)?.others];
    expect(new Set(own.map((key) => key?.join())).size).toBe(1); // who joins changes nobody else's key
    expect(others).toEqual(expect.arrayContaining([phone(1).keys.at(-1)?.own, phone(2).keys.at(-1)?.own]));
    await everybody[0].client.groups.remove(groupIdOf(everybody[0]), ids(2)[0] as IdentityId);
    await world.until("removed", () => phone(2).call?.end === "removed" && phone(2).keys.at(-1) === undefined, 60_000);
    await world.until("a new epoch", () => [0, 1].every((at) => phone(at).keys.at(-1)?.isRemoval === true), 60_000);
    for (const at of [0, 1])
      expect(
        phone(at)
          .keys.at(-1)
          ?.others.map(({ kid }) => kid),
      ).toEqual([phone(1 - at).keys.at(-1)?.own.kid]);
    await meshed(0, 1);
    await everybody[0].client.groups.add(groupIdOf(everybody[0]), ids(2));
    await world.until(
      "back",
      () => groupOf(everybody[2])?.invitedBy !== undefined || groupOf(everybody[2])?.state === "active",
      60_000,
    );
  });
});

function deviceOf(person: Person): string {
  return encodeBase64Url(Uint8Array.from(Buffer.from(person.client.account.snapshot().deviceId, "hex")));
}

async function copyOf(person: Person): Promise<{ disk: Person["disk"] }> {
  const { MemoryVaultStore } = await import("@p2pcrypt/vault/memory");
  const disk = new MemoryVaultStore();
  await disk.apply((await person.disk.range({ from: new Uint8Array(0), to: new Uint8Array(65).fill(255), limit: 1e6 })).slice());
  return { disk };
}
