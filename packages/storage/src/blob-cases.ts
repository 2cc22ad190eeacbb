// What every blob store must do. Each case gets an empty store with BLOB_CONFORMANCE_LIMITS and throws when the store does otherwise.
import type { BlobId } from "@p2pcrypt/api";
import { concatBytes, encodeBase64Url, equalBytes } from "@p2pcrypt/bytes";
import type { BlobLimits, BlobStore, NewBlob, WriteOutcome } from "./blob-store.ts";

export interface BlobStoreCase {
  readonly name: string;
  readonly run: (store: BlobStore) => Promise<void>;
}

export const BLOB_CONFORMANCE_LIMITS: BlobLimits = { totalBytes: 10_000_000, freeFloorBytes: 0 };

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const fill = (value: number, size = 32): Uint8Array => new Uint8Array(size).fill(value);
const idOf = (n: number): BlobId => encodeBase64Url(fill(n));

function newBlob(n: number, change: Partial<NewBlob> = {}): NewBlob {
  const tokens = { writeTokenHash: fill(100 + n), readTokenHash: fill(150 + n) };
  return { id: idOf(n), bytes: 1_000, ...tokens, retentionMs: 30 * DAY, expiresMs: NOW + DAY, ...change };
}

function write(store: BlobStore, n: number, offset: number, ...pieces: readonly Uint8Array[]): Promise<WriteOutcome> {
  return store.write(idOf(n), {
    offset,
    body: (async function* () {
      yield* pieces;
    })(),
    expiresMs: (isWhole) => (isWhole ? NOW + 30 * DAY : NOW + 2 * DAY),
  });
}

async function readAll(store: BlobStore, n: number, from: number, until: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of store.read(idOf(n), { from, until })) parts.push(piece);
  return concatBytes(...parts);
}

function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

export const BLOB_STORE_CASES: readonly BlobStoreCase[] = [
  {
    name: "keeps what is appended, in order, and reads any range of it",
    run: async (store) => {
      const whole = Uint8Array.from({ length: 1_000 }, (_, at) => at % 251);
      assertEqual(await store.create(newBlob(1)), "created", "create");
      assertEqual((await store.blob(idOf(1)))?.offset, 0, "offset");
      const half = await write(store, 1, 0, whole.subarray(0, 300), whole.subarray(300, 500));
      assertEqual(half.kind === "written" && [half.blob.offset, half.blob.expiresMs], [500, NOW + 2 * DAY], "half");
      const rest = await write(store, 1, 500, whole.subarray(500));
      assertEqual(rest.kind === "written" && [rest.blob.offset, rest.blob.expiresMs], [1_000, NOW + 30 * DAY], "whole");
      for (const [from, until] of [
        [0, 1_000],
        [0, 1],
        [299, 301],
        [999, 1_000],
        [500, 500],
      ] as const)
        if (!equalBytes(await readAll(store, 1, from, until), whole.subarray(from, until)))
          throw new Error(`range ${from}-${until}`);
    },
  },
  {
    name: "B1: refuses another offset than its own and says which that is; nothing changes",
    run: async (store) => {
      await store.create(newBlob(1));
      await write(store, 1, 0, fill(7, 100));
      for (const offset of [0, 99, 101, 1_000])
        assertEqual(await write(store, 1, offset, fill(9, 10)), { kind: "conflict", offset: 100 }, "conflict");
      assertEqual(
        [...(await readAll(store, 1, 0, 100))].every((byte) => byte === 7),
        true,
        "bytes",
      );
      assertEqual(await write(store, 2, 0, fill(1, 1)), { kind: "unknown" }, "unknown");
    },
  },
  {
    name: "B1: keeps what came before a break, and goes on there",
    run: async (store) => {
      await store.create(newBlob(1));
      const breaking = async function* () {
        yield fill(3, 400);
        throw new Error("the connection broke");
      };
      const broken = await store.write(idOf(1), { offset: 0, body: breaking(), expiresMs: () => NOW + DAY }).then(
        () => "answered",
        (error: Error) => error.message,
      );
      assertEqual(broken, "the connection broke", "error");
      assertEqual((await store.blob(idOf(1)))?.offset, 400, "offset");
      const rest = await write(store, 1, 400, fill(4, 600));
      assertEqual(rest.kind, "written", "rest");
      assertEqual([...(await readAll(store, 1, 399, 401))], [3, 4], "seam");
    },
  },
  {
    name: "refuses what goes beyond the reserved size",
    run: async (store) => {
      await store.create(newBlob(1));
      assertEqual((await write(store, 1, 0, fill(1, 1_001))).kind, "tooLong", "at once");
      assertEqual((await write(store, 1, 0, fill(1, 600), fill(2, 401))).kind, "tooLong", "later");
      const offset = (await store.blob(idOf(1)))?.offset ?? -1;
      assertEqual(offset === 0 || offset === 600, true, "offset");
    },
  },
  {
    name: "creates a blob once: equal values are the same one, others are refused",
    run: async (store) => {
      assertEqual(await store.create(newBlob(1)), "created", "first");
      await write(store, 1, 0, fill(1, 10));
      assertEqual(await store.create(newBlob(1, { expiresMs: NOW + 5 * DAY })), "same", "again");
      assertEqual((await store.blob(idOf(1)))?.offset, 10, "offset");
      for (const change of [{ bytes: 999 }, { writeTokenHash: fill(1) }, { readTokenHash: fill(1) }, { retentionMs: 1 }])
        assertEqual(await store.create(newBlob(1, change)), "exists", "other");
    },
  },
  {
    name: "B2: what was only reserved counts in the quota until it is deleted or expires",
    run: async (store) => {
      for (let n = 1; n <= 10; n++) assertEqual(await store.create(newBlob(n, { bytes: 1_000_000 })), "created", String(n));
      assertEqual(await store.create(newBlob(11, { bytes: 1 })), "quota", "one more byte");
      assertEqual((await store.usage()).reservedBytes, 10_000_000, "reserved");
      assertEqual(await store.delete(idOf(1)), true, "delete");
      assertEqual(await store.delete(idOf(1)), false, "again");
      assertEqual(await store.create(newBlob(11, { bytes: 1_000_000 })), "created", "room");
      assertEqual(await store.expire(NOW + DAY - 1, 100), 0, "too early");
      assertEqual(await store.expire(NOW + DAY, 4), 4, "a step");
      assertEqual(await store.expire(NOW + DAY, 100), 6, "the rest");
      assertEqual(await store.usage(), { blobs: 0, reservedBytes: 0, storedBytes: 0 }, "usage");
    },
  },
  {
    name: "forgets a deleted blob whole: its id may be used again and holds nothing old",
    run: async (store) => {
      await store.create(newBlob(1, { bytes: 10 }));
      await write(store, 1, 0, fill(9, 10));
      await store.delete(idOf(1));
      assertEqual(await store.blob(idOf(1)), undefined, "gone");
      assertEqual(await store.create(newBlob(1, { bytes: 20 })), "created", "again");
      assertEqual((await store.blob(idOf(1)))?.offset, 0, "offset");
    },
  },
];
