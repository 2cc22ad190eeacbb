// Files that go from device to device, on virtual time: what is asked, offered and shown before, what is taken and what is not, and how
// the node's copy goes on where the direct way ended.
import { webcrypto } from "node:crypto";
import type { TransferSnapshot } from "@p2pcrypt/client";
import type { ContentId } from "@p2pcrypt/content";
import { FileSealer } from "@p2pcrypt/files";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Cable } from "./support/cable.ts";
import type { FileDisk } from "./support/file-disk.ts";
import { conversationOf, faults, idOf, type Person, World } from "./support/world.ts";

const MIB = 1024 * 1024;
const SIZE = 4 * MIB + 5;
/** Timers that are further away do not run while bytes are on their way. */
const SOON_MS = 3_000;
/** Nothing that is waited for lies further away. */
const NO_WAIT = { withinMs: 500 };

let world: World;
let cable: Cable;
let [ana, ben]: [Person, Person] = [undefined as never, undefined as never];

beforeAll(async () => {
  await import("../src/direct/direct-runs.ts"); // what takes its time once: here it passes when nothing else happens
  world = await World.create({ hasRelay: true });
  cable = new Cable();
  for (const name of ["Ana", "Ben"]) cable.connect(world.disk(name), name);
  [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await Promise.all([ana, ben].map(({ client }) => client.settled()));
});
afterAll(() => world.close(ana, ben));
beforeEach(async () => {
  await verified(ana, ben);
  await verified(ben, ana);
  for (const { client } of [ana, ben]) await client.account.updateSettings({ alwaysHidesAddress: false });
  cable.ends.length = 0;
  cable.through = (bytes) => bytes;
  cable.fingerprint = "AB";
  world.time.jump(61_000);
});

const diskOf = ({ name }: Person): FileDisk => world.disk(name);
const placeOf = (person: Person): string => conversationOf(person)?.id ?? "";

async function verified(person: Person, other: Person): Promise<void> {
  const { digits } = await person.client.verification.digits(idOf(other));
  await person.client.verification.verifyDigits(idOf(other), digits);
}

/** Ana sends it, and Ben has heard of it. */
async function sent(ref: string, size = SIZE): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let at = 0, state = ref.length; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  diskOf(ana).sources.set(ref, { bytes, version: "1" });
  await ana.client.files.send(placeOf(ana), { ref, name: ref });
  await world.until("heard", () => entryOf(ref) !== undefined);
  return bytes;
}

const entryOf = (name: string) =>
  ben.events
    .flatMap((event) => (event.kind === "entry" && event.entry.kind === "file" ? [event.entry] : []))
    .findLast(({ file, number }) => file.name === name && number !== undefined);

interface Fetched {
  readonly states: readonly TransferSnapshot[];
  /** Where reads at the node began. */
  readonly reads: readonly number[];
  readonly bytes: Uint8Array | undefined;
}

/** `isSilent`: from then on more time passes. */
async function fetched(
  name: string,
  { withinMs = SOON_MS, isSilent = () => false }: { readonly withinMs?: number; readonly isSilent?: () => boolean } = {},
): Promise<Fetched> {
  const entry = entryOf(name);
  if (entry === undefined) throw new Error("nothing was heard of it");
  diskOf(ben).reads.length = 0;
  const { id } = await ben.client.files.download(placeOf(ben), entry, name);
  const states = (): TransferSnapshot[] =>
    ben.events.flatMap((event) => (event.kind === "transfer" && event.transfer.id === id ? [event.transfer] : []));
  const isOver = (): boolean => ["done", "failed"].includes(states().at(-1)?.state ?? "");
  await world.until("fetched", () => isOver() || isSilent(), withinMs);
  await world.until("fetched", isOver, 10_000);
  await world.until("over", () => cable.ends.every(({ isClosed }) => isClosed), 130_000);
  return { states: states(), reads: [...diskOf(ben).reads], bytes: diskOf(ben).sinks.get(name) };
}

function refuse(): void {
  diskOf(ben).network = (method) => {
    if (method === "GET") throw new TypeError("no network");
    return undefined;
  };
}

const isWhole = (bytes: Uint8Array, { bytes: came, states }: Fetched): boolean =>
  states.at(-1)?.state === "done" && Buffer.compare(came ?? new Uint8Array(), bytes) === 0;
const wasDirect = ({ states }: Fetched): boolean => states.some(({ isDirect }) => isDirect === true);

describe("a file whose sender is there", () => {
  it("K1: comes from their device and not from the node, once it is asked for and not before", async () => {
    const bytes = await sent("whole", 12 * MIB + 5); // more than may be on its way at once
    await world.pass(5_000);
    expect(cable.ends).toEqual([]);
    const result = await fetched("whole", NO_WAIT);
    expect([isWhole(bytes, result), wasDirect(result), result.reads]).toEqual([true, true, []]);
    expect(result.states.at(-1)?.isDirect).toBeUndefined();
    expect(cable.ends.map(({ name, stunUrls }) => [name, stunUrls])).toEqual([
      ["Ana", ["stun:127.0.0.1:3478"]],
      ["Ben", ["stun:127.0.0.1:3478"]],
    ]);
    expect([...faults(ana), ...faults(ben)]).toEqual([]);
  });

  it.each<[string, number, () => void, boolean]>([
    ["goes on at the node once that is seen to be faster", 30, () => undefined, true],
    ["stays where it comes when the node is no faster", 0, () => undefined, false],
    ["stays where it comes when the node gives nothing", 30, () => refuse(), false],
  ])("%s, and nothing comes twice", async (name, msForEachPiece, prepare, isAtNode) => {
    const size = 26 * MIB;
    const bytes = await sent(name, size);
    prepare();
    cable.through = (piece, _count, from) => {
      if (from.name === "Ana") world.time.jump(msForEachPiece);
      return piece;
    };
    diskOf(ben).givenBackBytes = 0;
    const result = await fetched(name, NO_WAIT);
    const isTried = diskOf(ben).network === undefined;
    diskOf(ben).network = undefined;
    expect([isWhole(bytes, result), wasDirect(result), result.reads.length]).toEqual([true, true, 1]);
    expect(result.reads[0]).toBeGreaterThanOrEqual(8 * MIB);
    expect(result.reads[0]).toBeLessThan(9 * MIB);
    const sentBytes = cable.of("Ana")[0]?.sentBytes ?? 0;
    if (isAtNode) expect(sentBytes).toBeLessThan(18 * MIB);
    else expect(sentBytes).toBeGreaterThanOrEqual(size);
    // Everything that came is let go of, also what came from both.
    if (isTried && !isAtNode) expect(diskOf(ben).givenBackBytes).toBeGreaterThanOrEqual(sentBytes + size + 2 * MIB);
    const steps = result.states.map(({ doneBytes }) => doneBytes);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it("is fetched on from the node where a connection was cut, and nothing comes twice", async () => {
    const bytes = await sent("cut");
    cable.through = (piece, count, { name }) => (name === "Ana" && count === 40 ? "cut" : piece);
    const result = await fetched("cut");
    expect([isWhole(bytes, result), wasDirect(result)]).toEqual([true, true]);
    expect(result.reads).toEqual([cable.of("Ana")[0]?.sentBytes]);
    const steps = result.states.map(({ doneBytes }) => doneBytes);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it("goes on directly in a later attempt, from the segment that is missing", async () => {
    const bytes = await sent("twice");
    let cuts = 0;
    refuse();
    cable.through = (piece, count, { name }) => (name === "Ana" && count === 40 && cuts++ === 0 ? "cut" : piece);
    const result = await fetched("twice");
    diskOf(ben).network = undefined;
    expect([isWhole(bytes, result), cable.of("Ana").length]).toEqual([true, 2]);
    expect(cable.of("Ana")[1]?.sentBytes).toBeLessThan(SIZE - MIB);
  });

  it("B3: with bytes that are not the file's keeps what opened, takes the rest from the node, and asks no second time", async () => {
    const bytes = await sent("spoilt");
    cable.through = (piece, count, { name }) => (name === "Ana" && count === 40 ? piece.map((byte) => byte ^ 1) : piece);
    const result = await fetched("spoilt");
    expect([isWhole(bytes, result), cable.of("Ben").length]).toEqual([true, 1]);
    // The third segment did not open; what was before it stayed.
    expect(result.reads).toHaveLength(1);
    expect(result.reads[0]).toBeGreaterThan(0);
    expect((result.reads[0] ?? 1) % MIB).toBe(0);
  });

  it("B3: with other bytes that the sender sealed under the same key is taken from the node, as a whole, and is right", async () => {
    const bytes = await sent("forged");
    const { core, tasks } = await world.inside("Ana", ana.disk);
    const row = core.tables.uploads.all().find(({ name }) => name === "forged");
    await tasks.close();
    if (row === undefined) throw new Error("there is an upload");
    const forger = await FileSealer.create(webcrypto.subtle, row.secret, { trueBytes: SIZE, type: "" });
    const forged: Uint8Array[] = [];
    for await (const segment of forger.segments(async (_at, size) => new Uint8Array(size))) forged.push(segment.bytes);
    const sealed = Buffer.concat(forged);
    // Two segments that open, and then one that does not: the hash alone tells.
    cable.through = (piece, count, { name }) => {
      if (name !== "Ana") return piece;
      return count < 40 ? new Uint8Array(sealed.subarray(count * 65_536, count * 65_536 + piece.length)) : piece.map(() => 0);
    };
    const result = await fetched("forged");
    expect([isWhole(bytes, result), result.reads, cable.of("Ben").length]).toEqual([true, [2 * MIB, 0], 1]);
  });

  it.each<[string, (piece: Uint8Array, count: number) => Uint8Array]>([
    ["larger messages than agreed", (piece, count) => (count === 40 ? new Uint8Array(65_537) : piece)],
    ["empty messages", (piece, count) => (count === 40 ? new Uint8Array(0) : piece)],
  ])("is given up with %s, and comes from the node", async (name, through) => {
    const bytes = await sent(name);
    cable.through = (piece, count, from) => (from.name === "Ana" ? through(piece, count) : piece);
    const result = await fetched(name);
    expect([isWhole(bytes, result), result.reads]).toEqual([true, [40 * 65_536]]);
  });

  it("comes from the node when the other side says nothing any more", async () => {
    const bytes = await sent("silent");
    let isSilent = false;
    cable.through = (piece, count, { name }) => {
      isSilent ||= name === "Ana" && count >= 20;
      return isSilent ? "lost" : piece;
    };
    const result = await fetched("silent", { isSilent: () => isSilent });
    expect([isWhole(bytes, result), result.reads]).toEqual([true, [20 * 65_536]]);
  });
});

describe("the address of who sends or fetches", () => {
  it.each<[string, () => Promise<unknown>, readonly string[]]>([
    ["hidden by who fetches", () => ben.client.account.updateSettings({ alwaysHidesAddress: true }), []],
    ["hidden by who sent", () => ana.client.account.updateSettings({ alwaysHidesAddress: true }), []],
    ["not for who is not verified, as who fetches sees it", () => ben.client.verification.withdraw(idOf(ana)), []],
    ["not for who is not verified, as who sent sees it", () => ana.client.verification.withdraw(idOf(ben)), []],
  ])("K1 R11: is %s: nothing is opened on either side, and the node's copy is taken", async (name, hide, opened) => {
    const bytes = await sent(name);
    await hide();
    const result = await fetched(name);
    expect([isWhole(bytes, result), wasDirect(result), result.reads]).toEqual([true, false, [0]]);
    expect(cable.ends.map((end) => end.name)).toEqual(opened);
  });

  it("K1: is hidden from one moment to the next: nothing more goes directly", async () => {
    const bytes = await sent("midway");
    cable.through = (piece, count, { name }) => {
      if (name === "Ana" && count === 20) void ana.client.account.updateSettings({ alwaysHidesAddress: true });
      return piece;
    };
    const result = await fetched("midway");
    expect([isWhole(bytes, result), result.reads.length]).toEqual([true, 1]);
    expect(cable.of("Ana")[0]?.sentBytes).toBeLessThan(SIZE);
  });

  it("K2: nothing is taken from a connection that names no certificate", async () => {
    const bytes = await sent("nameless");
    cable.fingerprint = undefined;
    const result = await fetched("nameless");
    expect([isWhole(bytes, result), wasDirect(result), result.reads]).toEqual([true, false, [0]]);
    expect(cable.of("Ben")).toEqual([]);
  });
});

describe("a sender", () => {
  it("gives no file under the same key once its bytes changed, whatever its time says", async () => {
    const bytes = await sent("changed");
    diskOf(ana).sources.set("changed", { bytes: bytes.map((byte) => byte ^ 1), version: "1" });
    const result = await fetched("changed");
    expect([isWhole(bytes, result), result.reads, cable.of("Ana")[0]?.sentBytes]).toEqual([true, [0], 0]);
  });

  it.each<[string, (name: string) => Promise<unknown>]>([
    ["gone", async (name) => diskOf(ana).sources.delete(name)],
    ["saved anew", async (name) => diskOf(ana).sources.set(name, { bytes: new Uint8Array(SIZE), version: "2" })],
  ])("whose file is %s says so at once, and opens nothing", async (name, change) => {
    const bytes = await sent(name);
    await change(name);
    const result = await fetched(name, NO_WAIT);
    expect([isWhole(bytes, result), result.reads, cable.ends]).toEqual([true, [0], []]);
  });

  it("gives four at once at most, however many are asked for in one moment", async () => {
    await sent("often");
    const file = entryOf("often")?.id ?? "";
    await ben.client.close();
    const { core, tasks } = await world.inside("Ben", ben.disk);
    await world.until("online", () => core.links.snapshots(core.account.homeNodeUrl)[0]?.state.kind === "connected");
    const disk = diskOf(ana);
    disk.mostOpenSources = 0;
    let open = (): void => undefined;
    disk.opened = new Promise((resolve) => {
      open = resolve;
    });
    for (let at = 0; at < 10; at++)
      tasks.ephemerals.signal(placeOf(ben), {
        kind: "fileSignal",
        run: `${"A".repeat(20)}${at}A` as ContentId,
        step: "ask",
        file,
      });
    await world.until("looked at", () => disk.openSources >= 4);
    await world.pass(100);
    open();
    await world.until("offered", () => cable.of("Ana").length > 0);
    await world.pass(1_000);
    expect(cable.of("Ana")).toHaveLength(4);
    await world.until("given up", () => cable.ends.every(({ isClosed }) => isClosed), 15_000);
    expect([disk.openSources, disk.mostOpenSources]).toEqual([0, 4]);
    await tasks.close();
    await core.close();
    ben = await world.again("Ben", ben.disk);
    await ben.client.settled();
  });

  it("is not asked for what is small, nor while away for longer than a moment", async () => {
    const small = await sent("small", MIB - 1);
    expect([isWhole(small, await fetched("small")), cable.ends]).toEqual([true, []]);
    const bytes = await sent("away");
    await ana.client.close();
    const beganMs = world.time.nowMs();
    expect(isWhole(bytes, await fetched("away"))).toBe(true);
    expect(world.time.nowMs() - beganMs).toBeLessThan(6_000);
    expect(cable.ends).toEqual([]);
    // A program that began anew does not know what it sealed: it looks the file through once.
    ana = await world.again("Ana", ana.disk);
    await ana.client.settled();
    const again = await fetched("away", NO_WAIT);
    expect([isWhole(bytes, again), wasDirect(again), again.reads]).toEqual([true, true, []]);
  });

  it("lets go of a file that cannot be read", async () => {
    const bytes = await sent("unreadable");
    await ana.client.close();
    ana = await world.again("Ana", ana.disk);
    await ana.client.settled();
    let looks = 0;
    diskOf(ana).sources.set("unreadable", {
      get bytes() {
        looks += 1;
        if (looks > 1) throw new Error("the disk is gone");
        return bytes;
      },
      version: "1",
    });
    const result = await fetched("unreadable", NO_WAIT);
    expect([isWhole(bytes, result), result.reads, looks > 1, diskOf(ana).openSources]).toEqual([true, [0], true, 0]);
  });

  it("that began anew gives no file under the same key whose bytes were changed, whatever its time says, and looks once", async () => {
    const bytes = await sent("other");
    await ana.client.close();
    ana = await world.again("Ana", ana.disk);
    await ana.client.settled();
    let reads = 0;
    const changed = bytes.map((byte, at) => (at === SIZE - 1 ? byte ^ 1 : byte));
    diskOf(ana).sources.set("other", {
      get bytes() {
        reads += 1;
        return changed;
      },
      version: "1",
    });
    for (const looks of [true, false]) {
      reads = 0;
      const result = await fetched("other", NO_WAIT);
      expect([isWhole(bytes, result), result.reads, cable.ends, reads > 2]).toEqual([true, [0], [], looks]);
    }
  });
});
