import type { TransferSnapshot } from "@p2pcrypt/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FileDisk } from "./support/file-disk.ts";
import { acquaintedPair, conversationOf, faults, idOf, type Person, type World } from "./support/world.ts";

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

let world: World;
let ana: Person;
let ben: Person;
beforeEach(async () => {
  ({ world, ana, ben } = await acquaintedPair());
});
afterEach(async () => {
  await world.close(ana, ben);
});

/** Different for each seed, and quickly made. */
function bytesOf(seed: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = [...seed].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
  for (let at = 0; at < size; at++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const placeOf = (person: Person): string => conversationOf(person)?.id ?? "";
const diskOf = (person: Person): FileDisk => world.disk(person.name);

function offered(person: Person, ref: string, size: number): Uint8Array {
  const bytes = bytesOf(ref, size);
  diskOf(person).sources.set(ref, { bytes, version: "1" });
  return bytes;
}

async function transferOf({ client }: Person, id: string): Promise<TransferSnapshot | undefined> {
  return (await client.files.transfers()).find((transfer) => transfer.id === id);
}

/** The last that was told of a transfer. */
const told = ({ events }: Person, id: string): TransferSnapshot | undefined =>
  events.flatMap((event) => (event.kind === "transfer" && event.transfer.id === id ? [event.transfer] : [])).at(-1);
const isDone = (person: Person, { id }: TransferSnapshot): boolean => told(person, id)?.state === "done";

const filesHeard = ({ events }: Person) =>
  events.flatMap((event) =>
    event.kind === "entry" && event.entry.kind === "file" && event.entry.number !== undefined ? [event.entry] : [],
  );

/** Ana sends, Ben hears of it. */
async function sent(ref: string, size: number, name = ref): Promise<Uint8Array> {
  const bytes = offered(ana, ref, size);
  const count = filesHeard(ben).length;
  const transfer = await ana.client.files.send(placeOf(ana), { ref, name, type: "text/plain" });
  await world.until("uploaded", () => isDone(ana, transfer));
  await world.until("heard", () => filesHeard(ben).length > count);
  return bytes;
}

async function fetched(ref: string): Promise<TransferSnapshot> {
  const entry = filesHeard(ben).at(-1);
  if (entry === undefined) throw new Error("no file was heard of");
  return ben.client.files.download(placeOf(ben), entry, ref);
}

describe("files", () => {
  it("are sent, heard of, listed and fetched, of any size", async () => {
    for (const size of [0, 1, 5_000, MIB, 20 * MIB + 3]) {
      const bytes = await sent(`of ${size}`, size);
      const entry = filesHeard(ben).at(-1);
      expect(entry).toMatchObject({
        author: idOf(ana),
        isOwn: false,
        file: { name: `of ${size}`, type: "text/plain", bytes: size },
      });
      const transfer = await fetched(`to ${size}`);
      await world.until("fetched", () => isDone(ben, transfer));
      expect(Buffer.compare(diskOf(ben).sinks.get(`to ${size}`) ?? new Uint8Array(1), bytes)).toBe(0);
      expect(told(ben, transfer.id)).toMatchObject({ doneBytes: size, place: `to ${size}` });
    }
    expect((await ben.client.files.list(placeOf(ben))).map(({ file }) => file.bytes)).toEqual([20 * MIB + 3, MIB, 5_000, 1, 0]);
    await world.pass(5_000); // receipts wait a moment for more of their kind
    expect((await ana.client.files.list(placeOf(ana), { limit: 2 })).map(({ isOwn, state }) => [isOwn, state])).toEqual([
      [true, "delivered"],
      [true, "delivered"],
    ]);
    expect(conversationOf(ben)).toMatchObject({ unread: 5 });
    expect([...faults(ana), ...faults(ben)]).toEqual([]);
  });

  it("what opens a file is in the vault and the message alone: nothing that is shown holds it", async () => {
    await sent("secret", 5_000);
    const [core] = [await world.inside("Ana", ana.disk)];
    const upload = core.core.tables.uploads.all()[0];
    const secrets = [upload?.secret.key, upload?.secret.readToken, upload?.secret.writeToken];
    const shown = JSON.stringify(
      [ana.events, ben.events, await ana.client.files.transfers(), await ben.client.files.list(placeOf(ben))],
      (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
    );
    for (const secret of secrets) {
      if (secret === undefined) throw new Error("there is an upload");
      for (const form of ["hex", "base64", "base64url"] as const) expect(shown).not.toContain(Buffer.from(secret).toString(form));
      expect(shown).not.toContain(JSON.stringify({ ...secret }).slice(1, 60));
    }
    await core.tasks.close();
  });

  it("B1: an upload goes on after breaks at any request, with the same blob, and the file is right", async () => {
    let count = 0;
    diskOf(ana).network = (method) => {
      count += 1;
      if (count % 3 === 1) throw new TypeError("no network");
      if (count % 3 === 2 && method === "PATCH")
        return {
          after: () => {
            throw new TypeError("the answer was lost");
          },
        };
      return undefined;
    };
    const bytes = await sent("broken", 20 * MIB);
    expect(diskOf(ana).requests.filter((method) => method === "PATCH").length).toBeGreaterThan(3);
    expect(diskOf(ana).requests).not.toContain("DELETE");
    diskOf(ana).network = undefined;
    const transfer = await fetched("to");
    await world.until("fetched", () => isDone(ben, transfer));
    expect(Buffer.compare(diskOf(ben).sinks.get("to") ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("B1: a new process of the sender goes on where the node is, and sends what is missing only", async () => {
    const bytes = offered(ana, "large", 30 * MIB);
    let parts = 0;
    diskOf(ana).network = (method) => {
      if (method === "PATCH") parts += 1;
      if (parts > 2) throw new TypeError("no network");
      return undefined;
    };
    const transfer = await ana.client.files.send(placeOf(ana), { ref: "large", name: "large" });
    await world.until("cut off", () => parts > 2);
    await ana.client.close();
    diskOf(ana).network = undefined;
    diskOf(ana).requests = [];
    ana = await world.again("Ana", ana.disk);
    await world.until("uploaded", () => isDone(ana, transfer));
    // Two of four parts were there.
    expect(diskOf(ana).requests).toEqual(["POST", "PATCH", "PATCH"]);
    await world.until("heard", () => filesHeard(ben).length === 1);
    const down = await fetched("to");
    await world.until("fetched", () => isDone(ben, down));
    expect(Buffer.compare(diskOf(ben).sinks.get("to") ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("B3: a file that was changed in the middle of its upload is sealed anew from the beginning, under another key", async () => {
    offered(ana, "changing", 20 * MIB);
    let parts = 0;
    diskOf(ana).network = (method) => {
      if (method === "PATCH") parts += 1;
      if (parts > 1) throw new TypeError("no network");
      return undefined;
    };
    const transfer = await ana.client.files.send(placeOf(ana), { ref: "changing", name: "changing" });
    await world.until("cut off", () => parts > 1);
    await ana.client.close();
    const before = await world.inside("Ana", ana.disk);
    const key = before.core.tables.uploads.get(transfer.id)?.secret.key;
    await before.tasks.close();
    // Same size, same version: only the bytes tell, in the part that may have left.
    const changed = bytesOf("other", 20 * MIB);
    diskOf(ana).sources.set("changing", { bytes: changed, version: "1" });
    diskOf(ana).network = undefined;
    diskOf(ana).requests = [];
    ana = await world.again("Ana", ana.disk);
    await world.until("uploaded", () => isDone(ana, transfer));
    expect(diskOf(ana).requests.slice(0, 2)).toEqual(["POST", "DELETE"]);
    const after = await world.inside("Ana", ana.disk);
    expect(after.core.tables.uploads.get(transfer.id)?.secret.key).not.toEqual(key);
    await after.tasks.close();
    await world.until("heard", () => filesHeard(ben).length === 1);
    const down = await fetched("to");
    await world.until("fetched", () => isDone(ben, down));
    expect(Buffer.compare(diskOf(ben).sinks.get("to") ?? new Uint8Array(), changed)).toBe(0);
  });

  it("B1: a download goes on after breaks and with a new process; only a whole file gets its name", async () => {
    const bytes = await sent("large", 30 * MIB);
    const ranges: string[] = [];
    diskOf(ben).network = (method, headers) => {
      if (method === "GET") ranges.push(headers["range"] ?? "");
      return undefined;
    };
    const transfer = await fetched("to");
    await world.until("under way", () => (told(ben, transfer.id)?.doneBytes ?? 0) > 12 * MIB);
    expect(diskOf(ben).sinks.has("to")).toBe(false);
    await ben.client.close();
    ben = await world.again("Ben", ben.disk);
    await world.until("fetched", () => isDone(ben, transfer));
    expect(Buffer.compare(diskOf(ben).sinks.get("to") ?? new Uint8Array(), bytes)).toBe(0);
    expect(ranges[0]).toBe("bytes=0-");
    expect(Number(/^bytes=(\d+)-$/.exec(ranges.at(-1) ?? "")?.[1])).toBeGreaterThanOrEqual(8 * MIB);
    expect(diskOf(ben).sinks.has("to.part")).toBe(false);
  });

  it("B3: what a node changed is never given a name, and says that it is damaged", async () => {
    await sent("small", 3 * MIB);
    await world.spoilBlobs((bytes) => {
      bytes[2 * MIB] = (bytes[2 * MIB] ?? 0) ^ 1;
    });
    const transfer = await fetched("to");
    await world.until("failed", () => told(ben, transfer.id)?.state === "failed");
    expect(told(ben, transfer.id)?.failure).toEqual({ code: "transfer/damaged", reason: "files/badSegment" });
    expect([...diskOf(ben).sinks.keys()]).toEqual([]);
    await world.spoilBlobs((bytes) => {
      bytes[2 * MIB] = (bytes[2 * MIB] ?? 0) ^ 1;
    });
    await ben.client.files.resume(transfer.id);
    await world.until("fetched", () => isDone(ben, transfer));
  });

  it("what is expired or was deleted at the node says so", async () => {
    await sent("old", 5_000);
    world.time.jump(31 * DAY_MS);
    const transfer = await fetched("to");
    await world.until("failed", () => told(ben, transfer.id)?.state === "failed");
    expect(told(ben, transfer.id)?.failure?.code).toBe("transfer/expired");
    await sent("new", 5_000);
    const entry = (await ana.client.files.list(placeOf(ana)))[0];
    const atNode = async (): Promise<unknown[]> =>
      (await ana.client.files.transfers()).map((one) => [one.name, one.atNode?.expiresMs]);
    expect(await atNode()).toEqual([
      ["old", undefined],
      ["new", entry?.file.expiresMs],
    ]);
    expect(await ana.client.files.deleteAtNode(entry?.id ?? "")).toBe(true);
    expect((await atNode())[1]).toEqual(["new", undefined]);
    const second = await fetched("to 2");
    await world.until("failed", () => told(ben, second.id)?.state === "failed");
    expect(told(ben, second.id)?.failure?.code).toBe("transfer/expired");
  });

  it("are paused, go on, and are canceled without a trace here or at the node", async () => {
    offered(ana, "large", 30 * MIB);
    const transfer = await ana.client.files.send(placeOf(ana), { ref: "large", name: "large" });
    await world.until("under way", () => (told(ana, transfer.id)?.doneBytes ?? 0) > 0);
    await ana.client.files.pause(transfer.id);
    await world.until("paused", () => told(ana, transfer.id)?.state === "paused");
    await world.pass(5_000);
    const halfway = (await transferOf(ana, transfer.id))?.doneBytes ?? 0;
    expect(halfway).toBeLessThan(30 * MIB);
    await ana.client.files.resume(transfer.id);
    await world.until("under way again", () => (told(ana, transfer.id)?.doneBytes ?? 0) > halfway);
    await ana.client.files.cancel(transfer.id);
    await world.pass(5_000);
    expect(told(ana, transfer.id)?.state).toBe("canceled");
    expect(await ana.client.files.transfers()).toEqual([]);
    expect((await world.blobs.usage()).blobs).toBe(0);
    expect(filesHeard(ben)).toEqual([]);
    // And a download.
    await sent("other", 20 * MIB);
    const down = await fetched("to");
    await world.until("under way", () => (told(ben, down.id)?.doneBytes ?? 0) > 0);
    await ben.client.files.cancel(down.id);
    await world.pass(1_000);
    expect([...diskOf(ben).sinks.keys()]).toEqual([]);
  });

  it("the same file for the same conversation is one upload, and a second one waits for the first", async () => {
    offered(ana, "one", 9 * MIB);
    offered(ana, "two", 5_000);
    const first = await ana.client.files.send(placeOf(ana), { ref: "one", name: "one" });
    const again = await ana.client.files.send(placeOf(ana), { ref: "one", name: "one" });
    const second = await ana.client.files.send(placeOf(ana), { ref: "two", name: "two" });
    expect([again.id, second.id === first.id]).toEqual([first.id, false]);
    await world.until("both", () => isDone(ana, first) && isDone(ana, second));
    await world.until("heard", () => filesHeard(ben).length === 2);
    expect(filesHeard(ben).map(({ file }) => file.name)).toEqual(["one", "two"]);
  });

  it("a disk that is full ends a download, which goes on when there is room", async () => {
    const bytes = await sent("large", 20 * MIB);
    diskOf(ben).roomBytes = 10 * MIB;
    const transfer = await fetched("to");
    await world.until("failed", () => told(ben, transfer.id)?.state === "failed");
    expect(told(ben, transfer.id)?.failure).toEqual({ code: "transfer/notStored", reason: "store/full" });
    diskOf(ben).roomBytes = Number.POSITIVE_INFINITY;
    await ben.client.files.resume(transfer.id);
    await world.until("fetched", () => isDone(ben, transfer));
    expect(Buffer.compare(diskOf(ben).sinks.get("to") ?? new Uint8Array(), bytes)).toBe(0);
  });

  it("a voice message says how long and how loud it is, and whoever heard it remembers that", async () => {
    offered(ana, "voice.webm", 4_000);
    const voice = { durationMs: 4_200, waveform: Uint8Array.of(0, 200, 255, 3) };
    await ana.client.files.send(placeOf(ana), { ref: "voice.webm", name: "voice.webm", type: "audio/webm", voice });
    await world.until("heard", () => filesHeard(ben).length === 1);
    expect(filesHeard(ben)[0]?.file.voice).toEqual(voice);
    expect((await ben.client.files.list(placeOf(ben)))[0]?.file.voice).toEqual(voice);
    const transfer = await fetched("to");
    await world.until("fetched", () => isDone(ben, transfer));
    await ben.client.files.markListened(transfer.id);
    expect([told(ben, transfer.id)?.isListened, (await transferOf(ben, transfer.id))?.isListened]).toEqual([true, true]);
    expect((await ana.client.files.transfers()).map(({ isListened }) => isListened)).toEqual([undefined]);
    for (const wrong of [
      { ...voice, durationMs: 0.5 },
      { ...voice, waveform: new Uint8Array(129) },
    ])
      await expect(ana.client.files.send(placeOf(ana), { ref: "voice.webm", name: "v", voice: wrong })).rejects.toThrow(
        RangeError,
      );
  });

  it("says what cannot be sent", async () => {
    offered(ana, "x", 10);
    const codeOf = (ref: string, name: string) =>
      ana.client.files.send(placeOf(ana), { ref, name }).then(
        () => "sent",
        (error: { code: string }) => error.code,
      );
    expect(await codeOf("missing", "x")).toBe("file/gone");
    expect(await codeOf("x", "")).toBe("file/badName");
    expect(await codeOf("x", "n".repeat(1_025))).toBe("file/badName");
    expect(await codeOf("x", "\ud800")).toBe("file/badName");
    await expect(
      ben.client.files.download(placeOf(ben), { id: "AAECAwQFBgcICQoLDA0ODw", author: idOf(ana) }, "to"),
    ).rejects.toThrow("message/unknown");
    await expect(ana.client.files.pause("00")).rejects.toThrow("transfer/unknown");
  });
});
