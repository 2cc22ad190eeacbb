import { encodeUploadMetadata, tokenHash } from "@p2pcrypt/api";
import { concatBytes, encodeBase64Url, encodeUtf8 } from "@p2pcrypt/bytes";
import type { BlobStore } from "@p2pcrypt/storage";
import { DEFAULT_STORE_LIMITS } from "@p2pcrypt/storage";
import { MemoryNodeStore } from "@p2pcrypt/storage/memory";
import { MemoryBlobStore } from "@p2pcrypt/storage/memory-blobs";
import { beforeEach, describe, expect, it } from "vitest";
import { Expiry } from "../src/expiry.ts";
import { bytes, NODE_ID, START_MS, type TestNode, testNode } from "./support/test-node.ts";

const [WRITE, READ, OTHER] = [bytes(1), bytes(2), bytes(3)];
const id = encodeBase64Url(bytes(4));
const DAY = 86_400_000;
const content = Uint8Array.from({ length: 1_000 }, (_, at) => at % 251);

let store: BlobStore;
let node: TestNode;
beforeEach(() => {
  store = new MemoryBlobStore({ totalBytes: 10_000_000, freeFloorBytes: 0 });
  node = testNode({ blobs: store });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Of a refusal. */
  readonly code: string | undefined;
}

async function ask(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body: AsyncIterable<Uint8Array> = pieces(),
  address = "192.0.2.1",
): Promise<Answer> {
  const answer = await node.node.handleBlob({ method, target, header: (name) => headers[name], address, body });
  const parts: Uint8Array[] = [];
  if (typeof answer.body === "string") parts.push(encodeUtf8(answer.body));
  else if (answer.body !== undefined) for await (const piece of answer.body) parts.push(piece);
  const text = typeof answer.body === "string" ? (JSON.parse(answer.body) as { code: string }) : undefined;
  return { status: answer.status, headers: answer.headers, body: concatBytes(...parts), code: text?.code };
}

async function* pieces(...all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}

const tus = { "tus-resumable": "1.0.0" };
const by = (token: Uint8Array): { authorization: string } => ({ authorization: `Bearer ${encodeBase64Url(token)}` });

function create(
  change: { blob?: string; size?: number; token?: Uint8Array; retentionMs?: number; address?: string } = {},
): Promise<Answer> {
  const { blob = id, size = 1_000, token = WRITE, retentionMs } = change;
  const metadata = encodeUploadMetadata({
    blob,
    readTokenHash: tokenHash(READ),
    ...(retentionMs === undefined ? {} : { retentionMs }),
  });
  return ask(
    "POST",
    "/v1/blobs",
    { ...tus, ...by(token), "upload-length": String(size), "upload-metadata": metadata },
    pieces(),
    change.address,
  );
}

function patch(offset: number, body: AsyncIterable<Uint8Array>, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const fixed = { ...tus, ...by(WRITE), "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  return ask("PATCH", `/v1/blobs/${id}`, { ...fixed, ...headers }, body);
}

async function uploaded(): Promise<void> {
  await create();
  await patch(0, pieces(content));
}

const blobPath = `/v1/blobs/${id}`;

describe("blobs", () => {
  it("are created, written in parts, described, read whole and in ranges, and deleted", async () => {
    const made = await create();
    expect([made.status, made.headers["location"], made.headers["upload-offset"]]).toEqual([201, blobPath, "0"]);
    const half = await patch(0, pieces(content.subarray(0, 500)));
    expect([half.status, half.headers["upload-offset"]]).toEqual([204, "500"]);
    const head = await ask("HEAD", blobPath, { ...tus, ...by(WRITE) });
    expect([head.status, head.headers["upload-offset"], head.headers["upload-length"]]).toEqual([200, "500", "1000"]);
    expect((await ask("GET", blobPath, by(READ))).code).toBe("forbidden");
    expect((await patch(500, pieces(content.subarray(500)))).headers["upload-offset"]).toBe("1000");
    const whole = await ask("GET", blobPath, by(READ));
    expect([whole.status, whole.headers["content-length"], whole.body]).toEqual([200, "1000", content]);
    for (const [range, from, until] of [
      ["bytes=0-0", 0, 1],
      ["bytes=10-19", 10, 20],
      ["bytes=990-", 990, 1_000],
      ["bytes=990-5000", 990, 1_000],
    ] as const) {
      const part = await ask("GET", blobPath, { ...by(READ), range });
      expect([part.status, part.headers["content-range"], part.body]).toEqual([
        206,
        `bytes ${from}-${until - 1}/1000`,
        content.slice(from, until),
      ]);
    }
    for (const range of ["bytes=1000-", "bytes=5-4", "bytes=-5", "bytes=0-1,3-4", "lines=0-1", "bytes=01-2"])
      expect([range, (await ask("GET", blobPath, { ...by(READ), range })).status]).toEqual([range, 416]);
    expect((await ask("DELETE", blobPath, { ...tus, ...by(WRITE) })).status).toBe(204);
    expect((await ask("GET", blobPath, by(READ))).code).toBe("forbidden");
    expect((await store.usage()).reservedBytes).toBe(0);
  });

  it("B1: another offset is a conflict that says the true one; creating again changes nothing", async () => {
    await create();
    await patch(0, pieces(content.subarray(0, 300)));
    for (const offset of [0, 299, 301]) {
      const refused = await patch(offset, pieces(content.subarray(0, 10)));
      expect([refused.status, refused.code, refused.headers["upload-offset"]]).toEqual([409, "offsetConflict", "300"]);
    }
    const again = await create();
    expect([again.status, again.headers["upload-offset"]]).toEqual([201, "300"]);
    expect((await create({ size: 999 })).code).toBe("exists");
    expect((await create({ token: OTHER })).code).toBe("exists");
  });

  it("B1: a second uploader takes over from one that hangs; what the first one sent is kept", async () => {
    await create();
    let arrived: () => void = () => undefined;
    const isStored = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const hanging = async function* (): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 400);
      arrived();
      await new Promise<never>(() => undefined);
    };
    const first = patch(0, hanging());
    await isStored;
    // It only knows what it was told last.
    const second = await patch(0, pieces(content));
    expect([second.code, second.headers["upload-offset"]]).toEqual(["offsetConflict", "400"]);
    expect((await first).code).toBe("offsetConflict");
    expect((await patch(400, pieces(content.subarray(400)))).status).toBe(204);
    expect((await ask("GET", blobPath, by(READ))).body).toEqual(content);
  });

  it("B1: a connection that breaks leaves what came; a node that stops does too", async () => {
    await create();
    const breaking = async function* (): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 123);
      throw new Error("reset");
    };
    expect((await patch(0, breaking())).code).toBe("unavailable");
    expect((await ask("HEAD", blobPath, by(WRITE))).headers["upload-offset"]).toBe("123");
    expect(node.faults).toEqual([]);
    const hanging = async function* (): AsyncGenerator<Uint8Array> {
      yield content.subarray(123, 200);
      await new Promise<never>(() => undefined);
    };
    const writing = patch(123, hanging());
    while ((await store.blob(id))?.offset !== 200) await Promise.resolve();
    await node.node.drain();
    expect((await writing).code).toBe("unavailable");
    expect((await store.blob(id))?.offset).toBe(200);
  });

  it("B2: ten thousand uploads that nobody finishes count as if they were whole, and are swept when their time is over", async () => {
    node = testNode({ blobs: store, rateLimits: { address: FREE, uploads: FREE, uploadMebibytes: FREE } });
    const idOf = (n: number): string =>
      encodeBase64Url(concatBytes(bytes(5).subarray(0, 28), Uint8Array.of(0, n >> 16, n >> 8, n)));
    for (let n = 0; n < 10_000; n++) expect((await create({ blob: idOf(n) })).status).toBe(201);
    expect((await create({ blob: idOf(10_000) })).code).toBe("quota");
    const time = { nowMs: START_MS };
    const expiry = expiryOf(time);
    await expiry.step(0);
    time.nowMs += DAY - 1;
    expect(await expiry.step(DAY)).toBe(0);
    time.nowMs += 1;
    let swept = 0;
    for (let more = 1; more > 0; swept += more) more = await expiry.step(DAY);
    expect([swept, (await store.usage()).reservedBytes]).toEqual([10_000, 0]);
    expect((await create({ blob: idOf(10_000) })).status).toBe(201);
  });

  it("B2: who uploads much from one address waits, and a blob beyond what a node takes is refused at once", async () => {
    node = testNode({
      blobs: store,
      rateLimits: { uploadMebibytes: { perMinute: 1, burst: 3 }, uploads: { perMinute: 1, burst: 3 } },
    });
    expect((await create({ size: 5_000_001 })).code).toBe("tooLarge");
    expect((await create({ size: 2 * 1024 * 1024 })).status).toBe(201);
    const waits = await create({ blob: encodeBase64Url(bytes(6)), size: 2 * 1024 * 1024 });
    expect([waits.code, Number(waits.headers["retry-after"]) > 0]).toEqual(["rateLimited", true]);
    expect((await create({ blob: encodeBase64Url(bytes(6)), size: 2 * 1024 * 1024, address: "192.0.2.2" })).status).toBe(201);
    // What exists already costs nothing again.
    for (let n = 0; n < 5; n++) expect((await create({ size: 2 * 1024 * 1024 })).status).toBe(201);
  });

  it("keeps a whole one for its retention, an unfinished one for a day since its last bytes, and what expired is gone within ten minutes", async () => {
    await create({ retentionMs: 3 * DAY });
    node.time.nowMs += DAY / 2;
    await patch(0, pieces(content.subarray(0, 10)));
    node.time.nowMs += DAY - 1;
    expect((await ask("HEAD", blobPath, by(WRITE))).status).toBe(200);
    node.time.nowMs += 1;
    expect((await ask("HEAD", blobPath, by(WRITE))).status).toBe(410);
    expect((await patch(10, pieces(content.subarray(10)))).code).toBe("expired");
    node.time.nowMs -= 1;
    await patch(10, pieces(content.subarray(10)));
    node.time.nowMs += 3 * DAY - 1;
    expect((await ask("GET", blobPath, by(READ))).status).toBe(200);
    node.time.nowMs += 1;
    expect((await ask("GET", blobPath, by(READ))).code).toBe("expired");
    const sweeps: number[] = [];
    const expiry = new Expiry(expiryDeps({ nowMs: node.time.nowMs }, (delayMs) => sweeps.push(delayMs)));
    expiry.start();
    expect(sweeps[0]).toBeLessThanOrEqual(10 * 60_000);
    await expiry.step(0);
    expect(await store.blob(id)).toBeUndefined();
  });

  it("B6: whatever it is, it is served to be saved: an attachment of no type, never sniffed, in a sandbox", async () => {
    await uploaded();
    for (const answer of [
      await ask("GET", blobPath, by(READ)),
      await ask("GET", blobPath, { ...by(READ), range: "bytes=0-9" }),
      await ask("GET", blobPath, by(OTHER)),
    ])
      expect(answer.headers).toMatchObject({
        "content-disposition": "attachment",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
      });
    expect((await ask("GET", blobPath, by(READ))).headers["content-type"]).toBe("application/octet-stream");
  });

  it("B9: a blob is bound to tokens of its own: no identity, no stream and no other blob is in what a node is told or keeps", async () => {
    await uploaded();
    const state = await store.blob(id);
    expect(Object.keys(state ?? {}).sort()).toEqual([
      "bytes",
      "expiresMs",
      "id",
      "offset",
      "readTokenHash",
      "retentionMs",
      "writeTokenHash",
    ]);
    expect([state?.writeTokenHash, state?.readTokenHash]).toEqual([tokenHash(WRITE), tokenHash(READ)]);
    // A token opens the one blob that it was made for, and reading is no writing.
    const second = encodeBase64Url(bytes(7));
    await create({ blob: second, token: OTHER });
    for (const [method, token] of [
      ["HEAD", OTHER],
      ["GET", OTHER],
      ["GET", WRITE],
      ["DELETE", READ],
      ["DELETE", OTHER],
    ] as const)
      expect([method, (await ask(method, blobPath, { ...tus, ...by(token) })).status]).toEqual([method, 403]);
    expect((await patch(1_000, pieces(), by(READ))).code).toBe("forbidden");
    expect((await ask("GET", `/v1/blobs/${encodeBase64Url(bytes(8))}`, by(READ))).code).toBe("forbidden");
    expect((await ask("GET", blobPath)).code).toBe("forbidden");
  });

  it("refuses what is no upload: another version, another type, more than was reserved, no length, other methods and paths", async () => {
    expect((await ask("POST", "/v1/blobs", by(WRITE))).status).toBe(412);
    await create();
    expect((await patch(0, pieces(content), { "tus-resumable": "0.2.2" })).status).toBe(412);
    expect((await patch(0, pieces(content), { "content-type": "application/octet-stream" })).status).toBe(415);
    expect((await patch(0, pieces(content), { "content-length": "1001" })).code).toBe("tooLarge");
    expect((await patch(0, pieces(content, content))).code).toBe("tooLarge");
    for (const length of ["", "0", "-1", "1.5", "01", "99999999999999999"])
      expect(
        (await ask("POST", "/v1/blobs", { ...tus, ...by(WRITE), "upload-length": length, "upload-metadata": "x" })).code,
      ).toBe("badRequest");
    for (const metadata of [
      "",
      "blob",
      "blob !!!",
      `blob ${btoa("short")}`,
      `blob ${btoa(id)}`,
      `blob ${btoa(id)},blob ${btoa(id)}`,
    ])
      expect(
        (await ask("POST", "/v1/blobs", { ...tus, ...by(WRITE), "upload-length": "5", "upload-metadata": metadata })).code,
      ).toBe("badRequest");
    expect((await ask("PUT", blobPath)).status).toBe(405);
    expect((await ask("GET", "/v1/blobs/../node")).status).toBe(404);
    expect((await ask("GET", `${blobPath}?x=1`, by(READ))).status).toBe(404);
  });

  it("says what it speaks to any page, and that it holds no blobs when it does not", async () => {
    const options = await ask("OPTIONS", "/v1/blobs");
    expect(options.headers).toMatchObject({
      "tus-version": "1.0.0",
      "tus-extension": "creation,expiration,termination",
      "tus-max-size": "5000000",
    });
    expect(options.headers["access-control-allow-methods"]).toContain("PATCH");
    expect(await node.call("node.describe", {})).toMatchObject({ limits: { blobBytes: 5_000_000 } });
    node = testNode();
    expect((await create()).code).toBe("notOffered");
  });
});

const FREE = { perMinute: 1e9, burst: 1e9 };

function expiryDeps(
  time: { nowMs: number },
  after: (delayMs: number) => void = () => undefined,
): ConstructorParameters<typeof Expiry>[0] {
  return {
    clock: { nowMs: () => time.nowMs },
    timers: {
      after: (delayMs) => {
        after(delayMs);
        return () => undefined;
      },
    },
    random: (size) => new Uint8Array(size),
    store: new MemoryNodeStore({ nodeId: NODE_ID, limits: DEFAULT_STORE_LIMITS }),
    blobs: { store, maxBytes: 1e9, retentionMs: 30 * DAY },
    checks: {} as never,
    signCheckpoint: (one) => one,
    report: () => undefined,
  };
}

function expiryOf(time: { nowMs: number }): Expiry {
  return new Expiry(expiryDeps(time));
}
