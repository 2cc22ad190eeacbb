// Files between two people in two terminals: of some size, through killed nodes and clients, with names that mean harm.
import { createHash, randomBytes } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diskFiles, sinkRef } from "../src/files/disk-files.ts";
import { Progress } from "../src/files/progress.ts";
import { Spool } from "../src/files/spool.ts";
import { Output } from "../src/output.ts";
import { killed, linesUntil, type NodeProcess, Place } from "./support/processes.ts";

const LARGE_BYTES = 200_000_000;

let place: Place;
let node: NodeProcess;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.end());

async function friends(): Promise<void> {
  node = await place.node();
  const made = await place.run("ana", ["identity", "create", "--name", "ana", "--node", node.url]);
  await place.run("ben", ["identity", "create", "--name", "ben", "--node", node.url]);
  await place.run("ben", ["contact", "add", String(made.json()[0]?.["link"]), "--hello", "Hi"]);
  await place.run("ana", ["receive"]);
  expect((await place.run("ana", ["contact", "accept", "ben"])).exit).toBe(0);
}

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly isOwn: boolean;
  readonly isExpired: boolean;
}

const files = async (name: string, other: string): Promise<Listed[]> =>
  (await place.run(name, ["file", "list", other])).json<Listed>();

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function made(name: string, size: number): string {
  const path = join(place.folder, name);
  writeFileSync(path, randomBytes(size));
  return path;
}

/** Whether a line tells of a transfer that has begun and is not over. */
function isUnderWay(line: string): boolean {
  const { event, doneBytes, bytes } = JSON.parse(line) as { event?: string; doneBytes?: number; bytes?: number };
  return event === "progress" && doneBytes !== undefined && bytes !== undefined && doneBytes > 0 && doneBytes < bytes;
}

describe("files in terminals", () => {
  it("B8: are sent from paths and from a pipe, photographs without what the camera wrote, listed on both sides, and fetched", async () => {
    await friends();
    const [one, two] = [made("one.txt", 5_000), made("Grüße aus Köln.bin", 3_000_000)];
    const sent = (await place.run("ana", ["file", "send", "ben", one, two])).json<{ event: string; name: string }>();
    expect(sent.filter(({ event }) => event === "sent").map(({ name }) => name)).toEqual(["one.txt", "Grüße aus Köln.bin"]);
    const piped = await place.run("ana", ["file", "send", "ben", "-", "--name", "note.txt"], { input: "from a pipe\n" });
    expect(piped.json().at(-1)).toMatchObject({ event: "sent", name: "note.txt", bytes: 12 });
    expect(readdirSync(place.home("ana")).filter((name) => name.startsWith(".spool"))).toEqual([]);
    const listed = await files("ben", "ana");
    expect(listed.map(({ name, bytes, isOwn, isExpired }) => [name, bytes, isOwn, isExpired])).toEqual([
      ["one.txt", 5_000, false, false],
      ["Grüße aus Köln.bin", 3_000_000, false, false],
      ["note.txt", 12, false, false],
    ]);
    expect((await files("ana", "ben")).map(({ isOwn }) => isOwn)).toEqual([true, true, true]);
    const out = join(place.folder, "out");
    mkdirSync(out);
    for (const { id } of listed) expect((await place.run("ben", ["file", "get", id.slice(0, 10), "--out", out])).exit).toBe(0);
    expect(await sha256(join(out, "Grüße aus Köln.bin"))).toBe(await sha256(two));
    expect(readFileSync(join(out, "note.txt"), "utf8")).toBe("from a pipe\n");
    // A photograph goes without what the camera wrote, unless its sender says otherwise.
    const photograph = join(place.folder, "IMG_20240503_141233.jpg");
    const scan = [0xff, 0xda, 0, 2, 1, 0xff, 0xd9];
    writeFileSync(photograph, Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, 7, ...Buffer.from("Exif!"), ...scan]));
    expect((await place.run("ana", ["file", "send", "ben", photograph])).json().at(-1)).toMatchObject({
      name: "picture.jpg",
      bytes: 9,
    });
    await place.run("ana", ["file", "send", "ben", photograph, "--as-is"]);
    const photographs = (await files("ben", "ana")).slice(3);
    for (const { id } of photographs) await place.run("ben", ["file", "get", id, "--out", out]);
    expect([...readFileSync(join(out, "picture.jpg"))]).toEqual([0xff, 0xd8, ...scan]);
    expect(readFileSync(join(out, "IMG_20240503_141233.jpg"))).toEqual(readFileSync(photograph));
    for (const { id, name } of photographs) {
      await place.run("ana", ["file", "free", id]);
      rmSync(join(out, name));
    }
    // A second time: nothing takes another file's place, and nothing is left lying about.
    expect((await place.run("ben", ["file", "get", listed[0]?.id ?? "", "--out", out])).json().at(-1)).toMatchObject({
      event: "saved",
      path: join(out, "one (2).txt"),
    });
    expect(readdirSync(out).sort()).toEqual(["Grüße aus Köln.bin", "note.txt", "one (2).txt", "one.txt"]);
    const stored = (await place.run("ana", ["file", "storage"])).json<{
      id: string;
      name: string;
      where: string;
      node: string;
    }>();
    expect(stored.map(({ name, where, node: at }) => [name, where, at])).toEqual(
      ["one.txt", "Grüße aus Köln.bin", "note.txt"].map((name) => [name, "node", node.url]),
    );
    expect((await place.run("ben", ["file", "storage"])).json()).toEqual([]);
    expect((await place.run("ana", ["file", "free", stored[0]?.id ?? ""])).json().at(-1)).toMatchObject({ event: "freed" });
    expect((await place.run("ana", ["file", "storage"])).json()).toHaveLength(2);
    expect((await place.run("ben", ["file", "get", stored[0]?.id ?? "", "--out", out])).exit).toBe(3);
    expect((await place.run("ana", ["file", "free", stored[0]?.id ?? ""])).exit).toBe(3);
    const [message] = (await place.run("ben", ["history", "ana", "--limit", "1"])).json();
    expect(message).toMatchObject({ kind: "file", name: "IMG_20240503_141233.jpg", type: "image/jpeg", from: "ana" });
    const refusals = [
      ["file", "get", "00000000"],
      ["file", "get", "xyz"],
      ["file", "send", "ben", join(place.folder, "nothing")],
      ["file", "send", "ben", place.folder],
      ["file", "get", listed[0]?.id ?? "", "--out", join(place.folder, "nowhere")],
    ];
    const exits = [];
    for (const args of refusals) exits.push((await place.run(args[1] === "send" ? "ana" : "ben", args)).exit);
    expect(exits).toEqual([3, 2, 3, 5, 3]);
  });

  it("B1: go through a node that is killed with -9 and started again, a sender that is killed, and a reader that is", async () => {
    await friends();
    const path = made("large.bin", LARGE_BYTES);
    const sending = place.start("ana", ["file", "send", "ben", path]);
    await linesUntil(sending, (lines) => lines.some(isUnderWay));
    await killed(node.child);
    node = await place.node({ port: node.port });
    // It goes on by itself; then the sender goes too.
    await linesUntil(sending, (lines) => lines.filter(isUnderWay).length > 0);
    await killed(sending);
    const again = await place.run("ana", ["file", "send", "ben", path]);
    expect(again.json().at(-1)).toMatchObject({ event: "sent", name: "large.bin", bytes: LARGE_BYTES });
    // Not from its beginning.
    const first = again.json<{ event: string; doneBytes: number }>().find(({ doneBytes }) => doneBytes > 0);
    expect(first?.doneBytes).toBeGreaterThan(8_000_000);
    const [{ id } = { id: "" }] = await files("ben", "ana");
    const out = join(place.folder, "out");
    mkdirSync(out);
    const getting = place.start("ben", ["file", "get", id, "--out", out]);
    await linesUntil(getting, (lines) => lines.some(isUnderWay));
    await killed(getting);
    expect(existsSync(join(out, "large.bin"))).toBe(false);
    const got = await place.run("ben", ["file", "get", id, "--out", out]);
    expect(got.exit).toBe(0);
    expect(await sha256(join(out, "large.bin"))).toBe(await sha256(path));
    expect(readdirSync(out)).toEqual(["large.bin"]);
  });

  it("go on after Ctrl-C with the same command, which says so", async () => {
    await friends();
    const path = made("large.bin", LARGE_BYTES);
    const sending = place.start("ana", ["file", "send", "ben", path]);
    let errors = "";
    sending.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    await linesUntil(sending, (lines) => lines.some(isUnderWay));
    expect(await killed(sending, "SIGINT")).toBe(1);
    expect(JSON.parse(errors)).toMatchObject({ error: { code: "transfer/interrupted" } });
    const again = await place.run("ana", ["file", "send", "ben", path]);
    expect(again.exit).toBe(0);
    expect((await files("ben", "ana")).map(({ name }) => name)).toEqual(["large.bin"]);
  });
});

describe("B4: the place of a file that comes", () => {
  const write = async (folder: string, name: string): Promise<string> => {
    const sink = await diskFiles(new Spool(folder)).openSink(sinkRef(folder, "00ff", name));
    await sink.write(0, new Uint8Array([1, 2, 3]));
    return sink.finish();
  };

  it.each([
    "../up.txt",
    "/etc/passwd",
    "..",
    "CON",
    "a\u202etxt.exe",
    "-rf",
    ".hidden",
    "x\u0000y",
    "line\nbreak",
  ])("B4: %j lies in its folder, is the owner's alone, and takes nobody's place", async (name) => {
    const folder = join(place.folder, "in");
    mkdirSync(folder);
    const [first, second] = [await write(folder, name), await write(folder, name)];
    expect(first).not.toBe(second);
    for (const path of [first, second]) {
      expect(readdirSync(folder)).toContain(path.slice(folder.length + 1));
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(folder)).toHaveLength(2);
    expect(readdirSync(place.folder)).toEqual(["in"]);
  });

  it("B4: a link that lies in wait is not followed", async () => {
    const folder = join(place.folder, "in");
    mkdirSync(folder);
    const victim = join(place.folder, "victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, join(folder, ".p2pcrypt-00ff.part"));
    await expect(write(folder, "x.txt")).rejects.toThrow("store/failed");
    symlinkSync(victim, join(folder, "x.txt"));
    const sink = await diskFiles(new Spool(folder)).openSink(sinkRef(folder, "11ff", "x.txt"));
    await sink.write(0, new Uint8Array([1]));
    expect(await sink.finish()).toBe(join(folder, "x (2).txt"));
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });
});

describe("what is put aside and told", () => {
  it("standard input is read back in any part, and nothing of it is in the clear on the disk or has a name", async () => {
    const spool = new Spool(place.folder);
    const bytes = Buffer.concat([Buffer.from("canary ".repeat(10)), randomBytes(3_000_000)]);
    const ref = await spool.put(
      (async function* () {
        for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
      })(),
    );
    const source = spool.open(ref);
    expect(source?.bytes).toBe(bytes.length);
    for (const [at, size] of [
      [0, bytes.length],
      [1_048_570, 20],
      [2_999_000, 5_000],
      [7, 1],
    ] as const)
      expect(Buffer.compare((await source?.read(at, size)) ?? new Uint8Array(), bytes.subarray(at, at + size))).toBe(0);
    expect(readdirSync(place.folder).filter((name) => name.includes("spool"))).toEqual([]);
    expect(spool.open("standard input of another process")).toBeUndefined();
    await spool.close();
  });

  it("C1: a bar shows share, speed, time left and a name that commands nothing", () => {
    const drawn: string[] = [];
    let nowMs = 0;
    const terminal = { write: (text: string) => drawn.push(text), columns: 100 };
    const progress = new Progress({ output: new Output(false), isJson: false, terminal, nowMs: () => nowMs });
    const transfer = {
      id: "1",
      direction: "up",
      conversationId: "2",
      ref: "3",
      name: "a\u001b[2Jb",
      bytes: 10_000_000,
      state: "running",
    } as const;
    progress.told({ ...transfer, doneBytes: 0 });
    nowMs = 1_000;
    progress.told({ ...transfer, doneBytes: 2_500_000 });
    nowMs = 7_000;
    progress.tick();
    progress.told({ ...transfer, state: "waiting", doneBytes: 2_500_000 });
    nowMs = 8_000;
    progress.tick();
    progress.end();
    expect(drawn[0]).toContain("starting");
    expect(drawn[1]).toBe("\r\u001b[K█████░░░░░░░░░░░░░░░  25 %  2.5 MB/s, 0:03 left  a\\u{1b}[2Jb");
    expect(drawn[2]).toContain("nothing moves");
    expect(drawn[3]).toContain("waiting");
    expect(drawn[4]).toBe("\r\u001b[K");
  });
});
