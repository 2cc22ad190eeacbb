import { ed25519 } from "@noble/curves/ed25519.js";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import {
  ApiError,
  canonicalJson,
  checkpointBytes,
  compareCheckpoints,
  EMPTY_HANDSHAKE_CHAIN,
  ERROR_CODES,
  initialChain,
  isRecord,
  nextChain,
  nextHandshakeChain,
  OPERATION_NAMES,
  operation,
  operations,
  parseErrorBody,
  parseJson,
  parseQuery,
  parseStreamId,
  routeOf,
  type StreamRecord,
  toHttpCall,
  toOpenApi,
  toStreamId,
  verifyPage,
} from "./index.ts";

const stream = toStreamId(new Uint8Array(32).fill(7));
const node = "ab".repeat(32);

describe("the table", () => {
  it("finds each HTTP operation by its own method and path and no other", () => {
    for (const name of OPERATION_NAMES) {
      const row = operation(name);
      const path = row.path.replace("{stream}", stream).replace("{identity}", node);
      const route = routeOf(row.method, path);
      if (row.isSocketOnly) expect(route.kind).not.toBe("operation");
      else expect(route).toMatchObject({ kind: "operation", name });
    }
    expect(routeOf("GET", "/.well-known/p2pcrypt")).toMatchObject({ name: "node.describe" });
    expect(routeOf("PUT", "/v1/node")).toEqual({ kind: "methodNotAllowed", allow: ["GET"] });
  });

  it.each([
    "/v1/streams/..%2f",
    "/v1/streams/a%00",
    "/v1/streams//records",
    "/v1/node/",
    "/v1//node",
    "/V1/node",
    "/v1/streams/é",
  ])("A12: %s is no path", (path) => {
    expect(routeOf("GET", path).kind).toBe("none");
  });

  it("reads back over HTTP what was asked", () => {
    const wire = z.encode(operations["stream.read"].request, { stream, after: 7, limit: 3 });
    const call = toHttpCall("stream.read", wire);
    expect(call).toEqual({ method: "GET", target: `/v1/streams/${stream}/records?after=7&limit=3`, body: undefined });
    expect(parseQuery("after=7&limit=3")).toEqual({ after: 7, limit: 3 });
  });

  it.each([
    "after=-1",
    "after=1e3",
    "after=01",
    "after=1&after=2",
    "after",
    "after=9007199254740993999",
    "__proto__=1",
    "a=%31",
  ])("T9: refuses the query %s", (query) => {
    const fields = parseQuery(query);
    const read = operations["stream.read"].request.safeParse({ stream, ...fields });
    expect(fields === undefined || !read.success).toBe(true);
  });

  it("takes canonical stream ids only", () => {
    expect(parseStreamId(stream)).toBe(stream);
    expect(parseStreamId(`${stream.slice(0, 42)}H`)).toBeUndefined();
    expect(parseStreamId(`${stream}=`)).toBeUndefined();
  });

  it("describes every HTTP operation in OpenAPI", () => {
    const text = JSON.stringify(toOpenApi("0.1.0"));
    for (const name of OPERATION_NAMES) expect(text.includes(`"${name}"`)).toBe(operation(name).isSocketOnly === undefined);
  });

  it("carries every error code with its fields", () => {
    for (const code of ERROR_CODES) {
      const error = new ApiError(code, { positions: 3, retryAfterMs: 50 });
      const read = parseErrorBody(JSON.parse(JSON.stringify(error.toWire())));
      expect(read).toMatchObject({ code, fields: { positions: 3, retryAfterMs: 50 } });
    }
    expect(parseErrorBody({ code: "made up", message: "x" })).toBeUndefined();
  });
});

describe("A6: JSON from strangers", () => {
  it.each([
    ["nesting", "[".repeat(100_000)],
    ["many keys", `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(",")}}`],
    ["__proto__", '{"__proto__":{"polluted":1}}'],
    ["constructor", '{"a":{"constructor":{}}}'],
    ["escaped __proto__", '{"\\u005f_proto__":1}'],
    ["a lone surrogate", '{"a":"\\ud800"}'],
    ["an open string", '"abc'],
    ["text behind", "{} {}"],
  ])("refuses %s", (_, text) => {
    expect(parseJson(text)).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("reads all other JSON as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        if (/__proto__|constructor|prototype/.test(text) || parseJson(text) === undefined) return;
        expect(parseJson(text)?.value).toEqual(JSON.parse(text));
      }),
    );
  });

  it("canonical JSON does not depend on the order of fields", () => {
    expect(canonicalJson({ b: 1, a: [true, null, "x"], c: undefined })).toBe('{"a":[true,null,"x"],"b":1}');
    expect(() => canonicalJson({ a: 1.5 })).toThrow(RangeError);
  });
});

describe("A17: the structure of records", () => {
  it("never throws for any bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("handshake", "application", "sealedRequest", "ephemeral"),
        (bytes, kind) => {
          expect(typeof isRecord(kind, bytes)).toBe("boolean");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("takes a PrivateMessage of the right content type and refuses it at every truncation", () => {
    const record = privateMessage(1);
    expect(isRecord("application", record)).toBe(true);
    expect(isRecord("handshake", record)).toBe(false);
    expect(isRecord("handshake", privateMessage(3))).toBe(true);
    for (let size = 0; size < record.length; size++) expect(isRecord("application", record.subarray(0, size))).toBe(false);
    expect(isRecord("application", Uint8Array.from([...record, 0]))).toBe(false);
    expect(isRecord("application", new TextEncoder().encode("hello, in the clear"))).toBe(false);
  });
});

describe("what a reader checks", () => {
  const secret = new Uint8Array(32).fill(9);
  const checkpointKey = ed25519.getPublicKey(secret);
  const place = { node, stream };
  const start = { seq: 0, chain: initialChain(place), positions: 0, handshakeChain: EMPTY_HANDSHAKE_CHAIN };
  const verifier = {
    checkpointKey,
    verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => ed25519.verify(signature, message, key),
  };
  const records: StreamRecord[] = [1, 2, 3, 4, 5].map((seq) => ({
    seq,
    kind: seq % 2 === 0 ? ("handshake" as const) : ("application" as const),
    ...(seq % 2 === 0 ? { position: seq / 2 } : {}),
    timeMs: 1_000 + seq,
    record: Uint8Array.of(seq, seq),
  }));
  const headOf = (list: readonly StreamRecord[]) => {
    let { chain, handshakeChain, positions, seq } = start;
    for (const record of list) {
      chain = nextChain(chain, record);
      seq = record.seq;
      if (record.kind === "handshake") handshakeChain = nextHandshakeChain(handshakeChain, ++positions, record.record);
    }
    const fields = { ...place, configVersion: 1, seq, chain, positions, handshakeChain, timeMs: 2_000 };
    return { ...fields, signature: ed25519.sign(checkpointBytes(fields), secret) };
  };
  const pageOf = (list: readonly StreamRecord[], checkpoint = headOf(records)) => ({
    records: [...list],
    chainBefore: start.chain,
    seqBefore: 0,
    handshakeChainBefore: start.handshakeChain,
    positionsBefore: 0,
    hasMore: false,
    checkpoint,
  });

  it("follows an honest page to its head", async () => {
    expect(await verifyPage(place, start, pageOf(records), verifier)).toMatchObject({
      kind: "follows",
      cursor: { seq: 5, positions: 2 },
    });
  });

  const foreign: StreamRecord = { seq: 3, kind: "application", timeMs: 1, record: Uint8Array.of(99) };
  const at = (i: number): StreamRecord => {
    const record = records[i];
    if (record === undefined) throw new RangeError("no such record");
    return record;
  };
  it.each<[string, readonly StreamRecord[]]>([
    ["reordered", [at(0), at(2), at(1), at(3), at(4)]],
    ["dropped", [at(0), at(1), at(3), at(4)]],
    ["duplicated", [at(0), at(0), at(1), at(2), at(3), at(4)]],
    ["truncated tail", records.slice(0, 3)],
    ["truncated head", records.slice(1)],
    ["swapped contents", [at(0), at(1), { ...at(2), record: at(4).record }, at(3), { ...at(4), record: at(2).record }]],
    ["inserted foreign", [at(0), at(1), foreign, at(3), at(4)]],
    ["changed kind", [at(0), at(1), { ...at(2), kind: "sealedRequest" }, at(3), at(4)]],
  ])("T4: a page with records %s is noticed", async (_, list) => {
    expect((await verifyPage(place, start, pageOf(list), verifier)).kind).toBe("broken");
  });

  it("T4: a page of another stream, a rolled-back head and a foreign signature are noticed", async () => {
    const other = { ...headOf(records), stream: toStreamId(new Uint8Array(32).fill(8)) };
    expect(await verifyPage(place, start, pageOf(records, other), verifier)).toEqual({ kind: "broken", reason: "otherStream" });
    const further = { ...start, seq: 9 };
    expect(await verifyPage(place, further, pageOf(records), verifier)).toEqual({ kind: "broken", reason: "rolledBack" });
    const forged = { ...headOf(records), seq: 4 };
    expect(await verifyPage(place, start, pageOf(records, forged), verifier)).toEqual({ kind: "broken", reason: "signature" });
  });

  it("says what is missing when older records are no longer kept", async () => {
    const before = headOf(records.slice(0, 2));
    const page = {
      ...pageOf(records.slice(2)),
      chainBefore: before.chain,
      seqBefore: 2,
      handshakeChainBefore: before.handshakeChain,
      positionsBefore: before.positions,
    };
    expect(await verifyPage(place, start, page, verifier)).toMatchObject({
      kind: "followsAfterGap",
      missingFrom: 1,
      missingTo: 2,
    });
  });

  it("T5: two signed heads that cannot both be true conflict, and honest growth does not", () => {
    const honest = headOf(records);
    expect(compareCheckpoints(headOf(records.slice(0, 3)), honest)).toBe("consistent");
    const lie = headOf([...records.slice(0, 4), { ...at(4), record: Uint8Array.of(66) }]);
    expect(compareCheckpoints(honest, lie)).toBe("conflicting");
    const otherHandshake = headOf([at(0), { ...at(1), record: Uint8Array.of(1, 1) }]);
    expect(compareCheckpoints(otherHandshake, headOf(records.slice(0, 3)))).toBe("conflicting");
    expect(compareCheckpoints(honest, { ...lie, node: "cd".repeat(32) })).toBe("unrelated");
  });
});

function privateMessage(contentType: number): Uint8Array {
  const parts = [
    [0, 1, 0, 2],
    [32, ...new Uint8Array(32)],
    [0, 0, 0, 0, 0, 0, 0, 1],
    [contentType],
    [0],
    [28, ...new Uint8Array(28)],
    [32, ...new Uint8Array(32)],
  ];
  return Uint8Array.from(parts.flat());
}

it("binary fields are canonical base64url of the right length", () => {
  const request = operations["stream.publish"].request;
  expect(request.safeParse({ stream, record: encodeBase64Url(Uint8Array.of(1, 2)) }).success).toBe(true);
  expect(request.safeParse({ stream, record: "AB" }).success).toBe(false);
  expect(request.safeParse({ stream, record: "AA==" }).success).toBe(false);
  expect(request.safeParse({ stream, record: "AA", extra: 1 }).success).toBe(false);
});
