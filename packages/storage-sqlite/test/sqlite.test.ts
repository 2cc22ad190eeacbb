import { generateKeyPairSync, verify } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkpointBytes, toStreamId } from "@p2pcrypt/api";
import { DEFAULT_STORE_LIMITS, type NodeStore } from "@p2pcrypt/storage";
import { CONFORMANCE_LIMITS, CONFORMANCE_NODE, nodeStoreCases } from "@p2pcrypt/storage/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backupDatabase, openSqliteNodeStore, restoreDatabase } from "../src/index.ts";
import { MIGRATIONS } from "../src/schema.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sqlite-"));
  folder = join(root, "data");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (where = folder): Promise<NodeStore> =>
  openSqliteNodeStore({ folder: where, nodeId: CONFORMANCE_NODE, limits: DEFAULT_STORE_LIMITS });
const fill = (value: number, size = 32): Uint8Array => new Uint8Array(size).fill(value);
const id = toStreamId(fill(1));

async function filled(count = 5): Promise<NodeStore> {
  const store = await open();
  await store.createStream({
    id,
    configuration: {
      version: 1,
      kind: "conversation",
      readTokenHash: fill(1),
      writeTokenHash: fill(2),
      admins: [fill(3)],
      retentionMs: 1e9,
      isMembersLaneOpen: true,
    },
    nowMs: 1,
  });
  const appends = Array.from({ length: count }, (_, n) => append(store, n));
  expect((await Promise.all(appends)).map((outcome) => outcome.kind)).toEqual(appends.map(() => "appended"));
  return store;
}

function append(store: NodeStore, n: number): ReturnType<NodeStore["append"]> {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(n);
  const authority = { kind: "writeToken", tokenHash: fill(2) } as const;
  return store.append({
    stream: id,
    kind: "application",
    record: fill(n, 500),
    idempotencyKey: new Uint8Array(key),
    authority,
    nowMs: 10 + n,
  });
}

it("signs the head of each append in its own thread, when it is given the key", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const options = { folder, nodeId: CONFORMANCE_NODE, limits: DEFAULT_STORE_LIMITS };
  const unsigned = await filled(1);
  expect(await append(unsigned, 1)).not.toHaveProperty("signature");
  await unsigned.close();
  const store = await openSqliteNodeStore({ ...options, checkpointKey: privateKey });
  const outcomes = await Promise.all([append(store, 2), append(store, 3)]);
  for (const [n, outcome] of outcomes.entries()) {
    if (outcome.kind !== "appended") throw new Error(outcome.kind);
    const { stream, timeMs, signature = fill(0, 64) } = outcome;
    const head = { node: CONFORMANCE_NODE, stream: id, configVersion: 1, ...stream.head, timeMs };
    expect(head.seq).toBe(3 + n);
    expect(verify(null, checkpointBytes(head), publicKey, signature)).toBe(true);
  }
  expect(await append(store, 3)).not.toHaveProperty("signature");
  await store.close();
});

const digest = async (store: NodeStore): Promise<unknown> => store.read({ stream: id, after: 0, limit: 500, maxBytes: 1e9 });

describe("the SQLite store", () => {
  it.each(nodeStoreCases)("$name", async ({ run }) => {
    const store = await openSqliteNodeStore({ folder, nodeId: CONFORMANCE_NODE, limits: CONFORMANCE_LIMITS });
    try {
      await run(store);
    } finally {
      await store.close();
    }
  });

  it("finds everything again after closing, usage included, and its files are the owner's alone", async () => {
    const store = await filled();
    const before = [await digest(store), await store.usage()];
    await store.close();
    await expect(store.usage()).rejects.toMatchObject({ code: "storage/closed" });
    const again = await open();
    expect([await digest(again), await again.usage()]).toEqual(before);
    expect((await append(again, 2)).kind).toBe("repeated");
    expect(statSync(join(folder, "node.sqlite")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await again.close();
  });

  it("stores what was asked for before it closes", async () => {
    const store = await filled(0);
    const appends = Array.from({ length: 2000 }, (_, n) => append(store, n));
    await store.close();
    expect((await Promise.all(appends)).every(({ kind }) => kind === "appended")).toBe(true);
    const again = await open();
    expect((await again.stream(id))?.head.seq).toBe(2000);
    await again.close();
  });

  it("C5: a second process is refused while the first has the database", async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({ code: "storage/inUse" });
    await store.close();
    await (await open()).close();
  });

  it("O7: a database from before search terms is brought up to date with its certificates, which are found once published again", async () => {
    mkdirSync(folder, { recursive: true });
    const database = new DatabaseSync(join(folder, "node.sqlite"));
    database.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1;`);
    database.prepare("INSERT INTO certificates VALUES (?, ?)").run("a", fill(1));
    database.close();
    const store = await open();
    expect(await store.certificate("a")).toEqual(fill(1));
    expect(await store.identitiesByTerm("uid ana", 10)).toEqual([]);
    const entry = { bytes: fill(2), fingerprint: "A", terms: ["uid ana"] };
    expect(await store.putCertificate("a", entry, fill(1))).toBe("stored");
    await store.close();
    const again = await open();
    expect(await again.identitiesByTerm("uid ana", 10)).toEqual(["a"]);
    await again.close();
  });

  it("O7: a database of a newer version is refused and left alone", async () => {
    await (await filled()).close();
    const file = join(folder, "node.sqlite");
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE);");
    database.close();
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject({ code: "storage/newer" });
    expect(readFileSync(file)).toEqual(before);
  });

  it("a file that is no database is refused and left alone", async () => {
    await (await open()).close();
    const file = join(folder, "node.sqlite");
    writeFileSync(file, "not a database, though long enough to be looked at as one. ".repeat(100));
    await expect(open()).rejects.toMatchObject({ code: "storage/notADatabase" });
    expect(readFileSync(file, "utf8")).toContain("not a database");
  });

  it("O4: a damaged record is found when it is read, and never served", async () => {
    await (await filled()).close();
    const database = new DatabaseSync(join(folder, "node.sqlite"));
    database.exec("UPDATE records SET record = zeroblob(500) WHERE seq = 3");
    database.close();
    const store = await open();
    await expect(digest(store)).rejects.toMatchObject({ code: "storage/damaged" });
    expect((await store.read({ stream: id, after: 3, limit: 9, maxBytes: 1e9 }))?.records.length).toBe(2);
    expect((await store.read({ stream: id, after: 0, limit: 2, maxBytes: 1e9 }))?.records.length).toBe(2);
    await store.close();
  });

  it("O8: a backup taken while writing is whole, restores into an empty place only, and equals what was stored", async () => {
    const store = await filled(50);
    const writing = Array.from({ length: 500 }, (_, n) => append(store, 1000 + n));
    const backup = join(root, "copy.sqlite");
    backupDatabase(folder, backup);
    await Promise.all(writing);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(() => backupDatabase(folder, backup)).toThrow("targetExists");
    expect(() => backupDatabase(join(root, "nowhere"), join(root, "x"))).toThrow("nothingHere");
    const restored = join(root, "restored");
    restoreDatabase(backup, restored);
    expect(() => restoreDatabase(backup, restored)).toThrow("targetExists");
    const other = await open(restored);
    const count = (await other.stream(id))?.head.seq ?? 0;
    expect(count).toBeGreaterThanOrEqual(50);
    const first = await store.read({ stream: id, after: 0, limit: count, maxBytes: 1e9 });
    const second = await other.read({ stream: id, after: 0, limit: count, maxBytes: 1e9 });
    expect(second?.records).toEqual(first?.records);
    await other.close();
    await store.close();
    writeFileSync(join(root, "bad"), "x".repeat(5000));
    expect(() => restoreDatabase(join(root, "bad"), join(root, "other"))).toThrow("storage/notADatabase");
  });
});
