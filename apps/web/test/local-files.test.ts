import { randomBytes, webcrypto } from "node:crypto";
import type { FileSink } from "@p2pcrypt/client";
import { describe, expect, it } from "vitest";
import { uploadRef } from "../src/protocol/file-ref.ts";
import type { FileHold } from "../src/worker/files/file-hold.ts";
import { HeldFiles } from "../src/worker/files/held-files.ts";
import { KeptFiles } from "../src/worker/files/kept-files.ts";
import { LocalFiles } from "../src/worker/files/local-files.ts";
import { MemoryFolder } from "./support/memory-folder.ts";

const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const random = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(length));
const subtle = webcrypto.subtle as SubtleCrypto;
const KEY = new Uint8Array(32).fill(7);
const MIB = 2 ** 20;

const kept = (folder: MemoryFolder, key: Uint8Array<ArrayBuffer> = KEY): Promise<KeptFiles> =>
  KeptFiles.create({ folder, subtle, random }, key);

async function put(hold: FileHold, ref: string, ...parts: readonly Uint8Array[]): Promise<FileSink> {
  const sink = await hold.openSink(ref);
  let at = sink.bytes;
  for (const part of parts) {
    await sink.write(at, part);
    at += part.length;
  }
  return sink;
}

const holds: readonly (readonly [string, () => Promise<FileHold>])[] = [
  ["in the private folder", () => kept(new MemoryFolder())],
  ["in memory", async () => new HeldFiles()],
];

describe.each(holds)("a file that comes, %s", (_where, open) => {
  it("goes on where it was, is read in any part, and can be let go", async () => {
    const hold = await open();
    await (await put(hold, "x", bytes(1, 2))).close();
    const again = await hold.openSink("x");
    expect(again.bytes).toBe(2);
    await expect(again.write(5, bytes(9))).rejects.toMatchObject({ code: "store/failed" });
    await again.write(2, bytes(3, 4, 5));
    expect(await again.finish()).toBe("x");
    await again.close();
    expect(await hold.sizeOf("x")).toBe(5);
    expect(await hold.read("x", 1, 3)).toEqual(bytes(2, 3, 4));
    expect(await hold.read("x", 4, 100)).toEqual(bytes(5));
    await hold.letGo("x");
    expect([await hold.sizeOf("x"), await hold.read("x", 0, 1)]).toEqual([undefined, undefined]);
    await hold.close();
  });

  it("is thrown away when it turns out to be wrong, and what nobody knows is let go", async () => {
    const hold = await open();
    const wrong = await put(hold, "y", bytes(1));
    await wrong.discard();
    await wrong.close();
    const empty = await put(hold, "z");
    expect(empty.bytes).toBe(0);
    await empty.finish();
    await (await put(hold, "stranger", bytes(1))).finish();
    await hold.retain(async () => {
      await (await put(hold, "meanwhile", bytes(1))).finish();
      return ["z", "stranger"];
    });
    expect([await hold.sizeOf("meanwhile"), await hold.sizeOf("stranger")]).toEqual([1, 1]);
    await hold.retain(async () => ["z"]);
    expect([await hold.sizeOf("y"), await hold.sizeOf("z"), await hold.sizeOf("stranger")]).toEqual([undefined, 0, undefined]);
    await hold.close();
  });
});

describe("the private folder", () => {
  it("W4: holds nothing in the clear, and gives nothing to another vault", async () => {
    const folder = new MemoryFolder();
    const secret = new TextEncoder().encode("a word that occurs nowhere by chance");
    const hold = await kept(folder);
    await (await put(hold, "my taxes.pdf", secret)).finish();
    await hold.close();
    const stored = Buffer.from(folder.contents().join("\n"), "latin1");
    expect(stored.length).toBeGreaterThan(secret.length);
    for (const word of ["occurs nowhere", "taxes"]) expect(stored.includes(word)).toBe(false);
    expect(await (await kept(folder, new Uint8Array(32).fill(8))).sizeOf("my taxes.pdf")).toBeUndefined();
    expect(await (await kept(folder)).read("my taxes.pdf", 0, 100)).toEqual(secret);
  });

  it("a page that dies in the middle of a write loses what was not whole and no more", async () => {
    const folder = new MemoryFolder();
    const file = random(3 * MIB + 5);
    await put(await kept(folder), "x", file.subarray(0, MIB - 56), file.subarray(MIB - 56, 2 * MIB - 56));
    for (const cut of [0, 1, 20, 500, MIB]) {
      const torn = folder.cut(cut);
      const hold = await kept(torn);
      const sink = await hold.openSink("x");
      expect(sink.bytes).toBe(cut === 0 ? 2 * MIB - 56 : MIB - 56);
      await sink.write(sink.bytes, file.subarray(sink.bytes));
      await sink.finish();
      expect(Buffer.compare((await hold.read("x", 0, file.length)) ?? bytes(), file)).toBe(0);
      expect(await hold.read("x", 2 * MIB - 3, 9)).toEqual(file.slice(2 * MIB - 3, 2 * MIB + 6));
    }
  });

  it("what was written behind the last count is written anew", async () => {
    const hold = await kept(new MemoryFolder());
    const sink = await put(hold, "x", bytes(1, 2), bytes(3), bytes(4));
    await sink.write(2, bytes(7, 8, 9));
    await sink.finish();
    expect(await hold.read("x", 0, 9)).toEqual(bytes(1, 2, 7, 8, 9));
  });

  it("a piece that was changed or moved on the disk is not given out", async () => {
    const folder = new MemoryFolder();
    await (await put(await kept(folder), "x", random(MIB), random(MIB), random(3))).finish();
    for (const damage of [
      (raw: Uint8Array) => raw.fill(1, 100, 101),
      (raw: Uint8Array) => raw.copyWithin(33 + 40, 33 + 40 + MIB + 40, 33 + 2 * (MIB + 40)),
    ]) {
      const hold = await kept(folder.damaged(damage));
      await expect(hold.read("x", 0, 10)).rejects.toMatchObject({ code: "store/failed" });
      expect(await hold.read("x", 2 * MIB, 10)).toHaveLength(3);
    }
  });

  it("a full disk is told as such", async () => {
    const folder = new MemoryFolder(2 * MIB);
    await expect(put(await kept(folder), "x", random(MIB), random(MIB))).rejects.toMatchObject({ code: "store/full" });
  });
});

describe("memory", () => {
  it("counts what is whole too, and the oldest of it makes room", async () => {
    const hold = new HeldFiles(10);
    await (await put(hold, "old", bytes(1, 2, 3, 4))).finish();
    await (await put(hold, "new", bytes(1, 2, 3, 4))).finish();
    const coming = await put(hold, "coming", bytes(1, 2, 3, 4));
    expect([await hold.sizeOf("old"), await hold.sizeOf("new")]).toEqual([undefined, 4]);
    await coming.write(4, bytes(5, 6, 7, 8));
    expect(await hold.sizeOf("new")).toBeUndefined();
    await expect(coming.write(8, bytes(1, 2, 3))).rejects.toMatchObject({ code: "store/full" });
  });
});

describe("a file of the page", () => {
  const file = new File([bytes(1, 2, 3, 4, 5)], "numbers", { lastModified: 7 });
  const ref = uploadRef("a", file);
  const local = (folder: MemoryFolder): LocalFiles => {
    const files = new LocalFiles((key) => kept(folder, key));
    files.unlock(Promise.resolve(KEY));
    return files;
  };

  it("is read from where it is, and after a reload from its sealed copy, as the same file", async () => {
    const folder = new MemoryFolder();
    const files = local(folder);
    files.offer(ref, file);
    const source = await files.openSource(ref);
    expect([source?.bytes, source?.version]).toEqual([5, "7 5"]);
    expect(await source?.read(1, 3)).toEqual(bytes(2, 3, 4));
    expect(await source?.read(4, 10)).toEqual(bytes(5));
    await files.copied(ref);
    await files.lock();
    const reloaded = local(folder);
    const again = await reloaded.openSource(ref);
    expect([again?.bytes, again?.version, await again?.read(0, 10)]).toEqual([5, "7 5", bytes(1, 2, 3, 4, 5)]);
    await reloaded.letGo(ref);
    expect(await reloaded.openSource(ref)).toBeUndefined();
    expect(folder.contents()).toEqual([]);
  });

  it("stays open for the direct way once it was sent, when it is large enough, and without its copy", async () => {
    const folder = new MemoryFolder();
    const files = local(folder);
    const large = new File([new Uint8Array(2 * MIB)], "large.bin", { lastModified: 7 });
    const refs = Array.from({ length: 17 }, (_, at) => uploadRef(`large ${at}`, large));
    for (const one of [ref, ...refs]) {
      files.offer(one, one === ref ? file : large);
      await files.copied(one);
      await files.sent(one);
    }
    expect(folder.contents()).toEqual([]);
    expect(await files.openSource(ref)).toBeUndefined();
    const there = await Promise.all(refs.map(async (one) => (await files.openSource(one))?.bytes));
    expect(there).toEqual([undefined, ...new Array(16).fill(2 * MIB)]);
    await files.letGo(refs[16] ?? "");
    expect(await files.openSource(refs[16] ?? "")).toBeUndefined();
  });

  it("one that was not copied whole is not taken for it", async () => {
    const folder = new MemoryFolder(40);
    const files = local(folder);
    files.offer(ref, file);
    await files.copied(ref);
    expect(await local(folder).openSource(ref)).toBeUndefined();
    expect(await files.openSource("never offered")).toBeUndefined();
  });
});
