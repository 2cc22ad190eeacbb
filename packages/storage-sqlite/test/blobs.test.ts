import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { BlobStore, NewBlob } from "@p2pcrypt/storage";
import { BLOB_CONFORMANCE_LIMITS, BLOB_STORE_CASES } from "@p2pcrypt/storage/blob-cases";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FileBlobOptions, openFileBlobStore } from "../src/index.ts";

let folder: string;
let store: BlobStore;
const open = (options: Partial<FileBlobOptions> = {}): BlobStore =>
  openFileBlobStore({ folder, limits: BLOB_CONFORMANCE_LIMITS, ...options });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "blobs-"));
  store = open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const fill = (value: number, size = 32): Uint8Array => new Uint8Array(size).fill(value);
const id = encodeBase64Url(fill(1));
const blob: NewBlob = {
  id,
  bytes: 3_000_000,
  writeTokenHash: fill(2),
  readTokenHash: fill(3),
  retentionMs: 1e9,
  expiresMs: 2e12,
};
const file = (): string => join(folder, "01", "01".repeat(32));
async function* pieces(...all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}
const write = (offset: number, ...all: readonly Uint8Array[]) =>
  store.write(id, { offset, body: pieces(...all), expiresMs: () => 2e12 });

describe("the file store of blobs", () => {
  it.each(BLOB_STORE_CASES)("$name", ({ run }) => run(store));

  it("T1: what was answered for is there when it is opened again, and what was not answered for does not count", async () => {
    await store.create(blob);
    await write(0, fill(7, 1_000_000));
    await store.close();
    // As a crash leaves it: the file has bytes that nobody was told of.
    writeFileSync(file(), fill(9, 50_000), { flag: "a" });
    store = open();
    expect((await store.blob(id))?.offset).toBe(1_000_000);
    await write(1_000_000, fill(8, 2_000_000));
    let [size, wrong] = [0, 0];
    for await (const piece of store.read(id, { from: 0, until: 3_000_000 }))
      for (const byte of piece) {
        if (byte !== (size < 1_000_000 ? 7 : 8)) wrong += 1;
        size += 1;
      }
    expect([size, wrong]).toEqual([3_000_000, 0]);
    expect(await store.usage()).toEqual({ blobs: 1, reservedBytes: 3_000_000, storedBytes: 3_000_000 });
  });

  it("C3: folder and files are the owner's alone", async () => {
    await store.create(blob);
    await write(0, fill(1, 10));
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "01")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "blobs.sqlite")).mode & 0o777).toBe(0o600);
  });

  it("frees the room of a deleted blob at once, and at the next start that of one whose deletion was cut off", async () => {
    await store.create(blob);
    await write(0, fill(1, 10));
    await store.delete(id);
    expect(existsSync(file())).toBe(false);
    mkdirSync(join(folder, "ff"));
    writeFileSync(join(folder, "ff", "ff".repeat(32)), "left over");
    await store.close();
    store = open();
    expect(readdirSync(join(folder, "ff"))).toEqual([]);
  });

  it("B2: leaves the disk its floor, with all that is reserved and not written yet", async () => {
    await store.close();
    const limits = { totalBytes: 1e12, freeFloorBytes: 1_000_000 };
    store = open({ limits, freeBytes: () => 6_000_000 });
    expect(await store.create(blob)).toBe("created");
    expect(await store.create({ ...blob, id: encodeBase64Url(fill(4)), bytes: 2_000_001 })).toBe("full");
    expect(await store.create({ ...blob, id: encodeBase64Url(fill(5)), bytes: 2_000_000 })).toBe("created");
  });

  it("O4: a file that is shorter than what was answered for is damaged, and says so", async () => {
    await store.create(blob);
    await write(0, fill(1, 3_000_000));
    truncateSync(file(), 2_000_000);
    const reading = async (): Promise<void> => {
      for await (const _ of store.read(id, { from: 1_900_000, until: 2_100_000 }));
    };
    await expect(reading()).rejects.toThrow("storage/damaged");
  });

  it("B1: what came before a break in a long request is on the disk, in any number of pieces", async () => {
    await store.create(blob);
    const breaking = async function* (): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < 40; n++) yield fill(n, 65_536);
      throw new Error("broken");
    };
    await expect(store.write(id, { offset: 0, body: breaking(), expiresMs: () => 2e12 })).rejects.toThrow("broken");
    expect((await store.blob(id))?.offset).toBe(40 * 65_536);
    const seen: number[] = [];
    for await (const piece of store.read(id, { from: 0, until: 40 * 65_536 }))
      for (let at = 0; at < piece.length; at += 65_536) seen.push(piece[at] ?? -1);
    expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });
});
