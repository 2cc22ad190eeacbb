// A backup in a node's blob: made, replaced, found again with nothing but a recovery sheet; and what the node can and cannot do with it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPointer, POINTER_BYTES, sealPointer, slotKeys } from "../src/account/node-backup-format.ts";
import { frame, PieceSource, piecesIn, sizeFor } from "../src/account/node-backup-stream.ts";
import { type Entry, findBackups } from "../src/index.ts";
import {
  acquaintedPair,
  contactOf,
  conversationOf,
  faults,
  heard,
  NODE_URL,
  type Person,
  say,
  type World,
} from "./support/world.ts";

const DAY_MS = 86_400_000;

describe("a backup at a node", () => {
  let world: World;
  let ana: Person;
  let ben: Person;
  beforeEach(async () => {
    ({ world, ana, ben } = await acquaintedPair());
  });
  afterEach(() => world.close(ana, ben));

  async function said(by: Person, to: Person, text: string): Promise<void> {
    await say(by, text);
    await world.until(`${text} came`, () => heard(to).includes(text));
  }

  async function texts(person: Person): Promise<readonly string[]> {
    const entries: readonly Entry[] = await person.client.conversations.history(conversationOf(person)?.id ?? "", {
      limit: 1_000,
    });
    return entries.flatMap((entry) => (entry.kind === "text" ? [entry.text] : [])).reverse();
  }

  const keptBy = (person: Person) => person.client.account.snapshot().safety.nodeBackup;
  const sheetOf = async ({ client }: Person) => ({ text: (await client.account.recoverySheet()).text });
  const blobs = async (): Promise<number> => (await world.blobs.usage()).blobs;

  it("is found and restored on an empty machine with the sheet alone; what was deleted stays deleted, and others see a new device", async () => {
    await said(ana, ben, "to be deleted");
    await ben.client.conversations.clear(conversationOf(ben)?.id ?? "");
    for (let i = 0; i < 30; i++) await say(ana, `message ${i}`);
    await world.until("all came", () => heard(ben).includes("message 29"));
    const sheet = await sheetOf(ben);
    await ben.client.account.backUpAtNode();
    expect(keptBy(ben)).toMatchObject({ isAutomatic: false, kept: { nodeUrl: NODE_URL } });
    const deviceId = ben.client.account.snapshot().deviceId;
    await ben.client.close();

    const done: number[] = [];
    const told = (count: number, total: number): void => void done.push(count / total);
    const again = await world.recovered("Ben", { ...sheet, backup: "newest", told });
    expect([done.every((part, at) => part >= (done[at - 1] ?? 0)), done.at(-1)]).toEqual([true, 1]);
    expect(await texts(again)).toEqual(Array.from({ length: 30 }, (_, i) => `message ${i}`));
    expect((await again.client.search.find({ words: "deleted" })).total).toBe(0);
    const self = again.client.account.snapshot();
    expect(self.deviceId).not.toBe(deviceId);
    expect(self.safety.restoredFromMs).toBeGreaterThan(0);
    await world.until("taken in", () => conversationOf(again)?.state === "active", 60_000);
    await said(ana, again, "you are back");
    expect(contactOf(ana, ben)?.newDevices.map((one) => one.deviceId)).toContain(self.deviceId);
    expect([...faults(ana), ...faults(again)]).toEqual([]);
    await world.close(again);
  });

  it("takes the place of the one before, is made once a day and only of what changed, and soon after something was deleted", async () => {
    /** Ben's program is started again, so much later. */
    const later = async (ms: number): Promise<void> => {
      await ben.client.close();
      world.time.jump(ms);
      ben = await world.again("Ben", ben.disk);
    };
    const checked = (): number => keptBy(ben)?.checkedAtMs ?? 0;
    const made = (): number => keptBy(ben)?.kept?.madeAtMs ?? 0;
    await said(ana, ben, "hello");
    await ben.client.settled();
    expect(await ben.client.account.setNodeBackup(true)).toBe(true);
    expect([made() > 0, await blobs()]).toEqual([true, 2]);
    await later(DAY_MS);
    let before = [checked(), made()] as const;
    await world.until("looked at", () => checked() > before[0]);
    await ben.client.settled();
    await later(DAY_MS);
    before = [checked(), made()];
    await world.until("looked at again", () => checked() > before[0]);
    expect([made(), await blobs()]).toEqual([before[1], 2]);
    await said(ana, ben, "news");
    await ben.client.settled();
    await later(DAY_MS);
    await world.until("made", () => made() > before[1]);
    before = [checked(), made()];
    await ben.client.conversations.clear(conversationOf(ben)?.id ?? "");
    await ben.client.settled();
    expect(made()).toBe(before[1]);
    await later(3_700_000);
    await world.until("made again", () => made() > before[1]);
    expect(await blobs()).toBe(2);
    // Off: nothing of it stays there.
    expect(await ben.client.account.setNodeBackup(false)).toBe(true);
    expect([keptBy(ben)?.kept, await blobs()]).toEqual([undefined, 0]);
    expect(faults(ben)).toEqual([]);
  });

  it("goes on over a broken connection, and an attempt that came to nothing leaves nothing", async () => {
    await said(ana, ben, "hello");
    const { account } = ben.client;
    const disk = world.disk("Ben");
    let broken = 2;
    disk.network = (method) => {
      if (method === "PATCH" && broken-- > 0) throw new TypeError("the line is cut");
      return undefined;
    };
    await account.backUpAtNode();
    expect(await blobs()).toBe(2);
    disk.network = (method) => {
      if (method === "PATCH") throw new TypeError("the line is cut");
      return undefined;
    };
    await said(ana, ben, "more");
    await expect(account.backUpAtNode()).rejects.toMatchObject({ code: "node/unreachable" });
    expect(keptBy(ben)).toMatchObject({ failure: "node/unreachable" });
    disk.network = undefined;
    await account.backUpAtNode();
    expect(keptBy(ben)?.failure).toBeUndefined();
    expect(await blobs()).toBe(2);
    const sheet = await sheetOf(ben);
    await ben.client.close();
    // While it is read, the line breaks once.
    const again = world.disk("Ben again");
    let reads = 0;
    again.network = (method) => {
      if (method === "GET" && ++reads > 190 && reads < 193) throw new TypeError("the line is cut");
      return undefined;
    };
    const restoring = world.recovered("Ben again", { ...sheet, backup: "newest" });
    let isThere = false;
    restoring.finally(() => {
      isThere = true;
    });
    await world.until("restored", () => isThere, 60_000);
    const restored = await restoring;
    expect(await texts(restored)).toEqual(["hello", "more"]);
    await world.close(restored);
  });

  it("is restored whole or not at all, and of another sheet nothing is found", async () => {
    await said(ana, ben, "hello");
    await ben.client.account.backUpAtNode();
    const [sheet, others] = [await sheetOf(ben), await sheetOf(ana)];
    await ben.client.close();
    const plain = await world.recovered("Ana 2", { ...others, backup: "newest" });
    expect(plain.client.account.snapshot().safety.restoredFromMs).toBeUndefined();
    await plain.client.close();
    await expect(world.recovered("Ana 3", { ...others, backup: "20000-0" })).rejects.toMatchObject({ code: "backup/unknown" });
    await world.spoilBlobs((bytes) => {
      const at = bytes.length > POINTER_BYTES ? 5_000 : -1;
      if (at > 0) bytes[at] = (bytes[at] ?? 0) ^ 1;
    });
    await expect(world.recovered("Ben 2", { ...sheet, backup: "newest" })).rejects.toMatchObject({ code: "export/damaged" });
  });

  it("of two devices stand beside each other, and the newest is taken unless another is named", async () => {
    const phone = await world.linked(ben, "Phone", { isKeeper: true });
    await said(ana, ben, "one");
    await ben.client.account.backUpAtNode();
    world.time.jump(1_000);
    await said(ana, ben, "two");
    await phone.client.account.backUpAtNode();
    expect(await blobs()).toBe(4);
    const sheet = await sheetOf(ben);
    await world.close(ben, phone);
    const deps = await world.depsFor("Looker");
    const found = await findBackups(deps, sheet);
    expect(found.map(({ device }) => device)).toEqual(["Phone", expect.any(String)]);
    const older = await world.recovered("Ben 2", { ...sheet, backup: found[1]?.id ?? "" });
    expect(await texts(older)).toEqual(["one"]);
    await world.close(older);
  });
});

describe("the names of a backup at a node", () => {
  const root = new Uint8Array(32).fill(1);

  it("B9: nothing of one day's is in another's, so that a node sees blobs of nobody", () => {
    const all = [0, 1].flatMap((number) =>
      [20_000, 20_001].flatMap((day) => {
        const { pointer, contents } = slotKeys(root, { day, number });
        const bytes = [pointer.writeToken, pointer.readToken, pointer.key, contents.writeToken, contents.readToken];
        return [pointer.blob, contents.blob, ...bytes.map((one) => Buffer.from(one).toString("base64url"))];
      }),
    );
    expect(new Set(all).size).toBe(28);
    const other = slotKeys(new Uint8Array(32).fill(2), { day: 20_000, number: 0 });
    expect(all).not.toContain(other.pointer.blob);
  });

  it("B3: a pointer has one size, opens with its own key alone, and to nothing else once a bit is another one", () => {
    const { key } = slotKeys(root, { day: 20_000, number: 0 }).pointer;
    const bytes32 = new Uint8Array(32).fill(3);
    const about = { madeAtMs: 5, device: "é".repeat(64), conversations: 200, messages: 100_000 };
    const pointer = { key: bytes32, commitment: bytes32, hash: bytes32, bytes: 1e9, ...about };
    const sealed = sealPointer(key, pointer, new Uint8Array(12).fill(4));
    expect(sealed.length).toBe(POINTER_BYTES);
    expect(sealPointer(key, { ...pointer, device: "" }, new Uint8Array(12)).length).toBe(POINTER_BYTES);
    expect(openPointer(key, sealed)).toEqual(pointer);
    expect(openPointer(bytes32, sealed)).toBeUndefined();
    for (let at = 0; at < sealed.length; at += 13) {
      const flipped = sealed.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(openPointer(key, flipped)).toBeUndefined();
      expect(openPointer(key, sealed.subarray(0, at))).toBeUndefined();
    }
  });

  it("pieces come out of the stream as they went in, in whatever parts it is read", async () => {
    const pieces = [1, 70_000, 3, 256].map((size, at) => new Uint8Array(size).fill(at + 1));
    async function* all(): AsyncGenerator<Uint8Array> {
      yield* pieces;
    }
    const size = sizeFor(pieces.reduce((sum, piece) => sum + frame(piece).length, 0));
    for (const step of [1_000, 4_096, 65_537]) {
      const source = new PieceSource(all());
      const reads = Array.from({ length: Math.ceil(size / step) }, (_, at) =>
        source.read(at * step, Math.min(step, size - at * step)),
      );
      const parts = await Promise.all(reads);
      expect(source.isWhole).toBe(true);
      async function* stream(): AsyncGenerator<Uint8Array> {
        yield* parts;
      }
      const found: Uint8Array[] = [];
      for await (const piece of piecesIn(stream())) found.push(piece);
      expect(found).toEqual(pieces);
    }
    const cut = (async function* (): AsyncGenerator<Uint8Array> {
      yield frame(new Uint8Array(9));
    })();
    await expect(
      (async () => {
        for await (const _ of piecesIn(cut));
      })(),
    ).rejects.toMatchObject({ code: "export/damaged" });
  });
});
