import { BLOB_OPERATION_NAMES, blobOperation, ERROR_CODES, OPERATION_NAMES, operation } from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import { application, bytes, conversation, key, testNode } from "./support/test-node.ts";

const codeOf = (body: string): string => JSON.parse(body).code;

describe("wrong input", () => {
  it("every operation with every kind of wrong input answers one error of the closed list, names no value, and changes nothing", async () => {
    const node = testNode();
    const stream = await conversation(node);
    const before = await node.call("stream.describe", { stream: stream.stream }, stream.readToken);
    const bodies = [
      "",
      "{",
      "null",
      "[]",
      '"x"',
      "{}",
      '{"unexpected-field":"secret-value"}',
      '{"stream":1}',
      '{"stream":"../../x"}',
      '{"__proto__":{"a":1}}',
      '{"constructor":{}}',
      `{"a":${"[".repeat(50)}${"]".repeat(50)}}`,
      '{"record":"====","kind":"application"}',
      '{"seq":1e999}',
      "\ufeff{}",
      '{"a":"\\ud800"}',
    ];
    for (const name of OPERATION_NAMES) {
      const { method, path, isSocketOnly, isKeyserver } = operation(name);
      if (isSocketOnly) continue;
      const target = path.replace("{stream}", stream.stream).replace("{identity}", "ab".repeat(32));
      for (const body of method === "GET" ? [""] : bodies) {
        const answer = await node.raw(method, method === "GET" ? `${target}?after=-1` : target, body);
        expect(answer.status, `${name} ${body}`).toBeGreaterThanOrEqual(400);
        expect(ERROR_CODES, `${name} ${body}`).toContain(codeOf(answer.body));
        expect(answer.body).not.toContain("secret-value");
      }
      for (const contentType of [undefined, "text/plain", "multipart/form-data"]) {
        if (method !== "GET" && !isKeyserver)
          expect(codeOf((await node.raw(method, target, "{}", { contentType })).body)).toBe("notJson");
      }
    }
    expect(await node.call("stream.describe", { stream: stream.stream }, stream.readToken)).toEqual(before);
    expect(node.faults).toEqual([]);
  });

  it("A6: hostile JSON over a socket is answered, too many values and depths are not looked at, and nothing reaches a prototype", async () => {
    const node = testNode();
    const socket = node.socket();
    for (const text of [
      "",
      "{",
      "[]",
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","id":1,"method":"node.describe","params":{}}',
      `[${"1,".repeat(20_000)}1]`,
    ]) {
      socket.frames.length = 0;
      await socket.session.received(text);
      expect(socket.frames, text.slice(0, 40)).toMatchObject([{ id: null, error: { data: { code: "notJson" } } }]);
    }
    await socket.session.received('{"jsonrpc":"2.0","id":"1","method":"constructor","params":{}}');
    expect(socket.frames.at(-1)).toMatchObject({ id: "1", error: { data: { code: "unknownOperation" } } });
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });

  it("A5: a body over its operation's limit is refused with the limit, before anything of it is parsed", async () => {
    const node = testNode();
    const answer = await node.raw("POST", "/v1/streams", new Uint8Array(16 * 1024 + 1).fill(0x7b));
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([413, { code: "tooLarge", limitBytes: 16 * 1024 }]);
  });

  it("a wrong method, path, query or capability is named", async () => {
    const node = testNode();
    expect(codeOf((await node.raw("PUT", "/v1/node")).body)).toBe("methodNotAllowed");
    expect(codeOf((await node.raw("GET", "/v1/nodes")).body)).toBe("unknownOperation");
    expect(codeOf((await node.raw("GET", "/v1/node?x=1")).body)).toBe("badRequest");
    const stream = await conversation(node);
    const target = `/v1/streams/${stream.stream}/records`;
    const authorization = `Bearer ${encodeBase64Url(stream.readToken)}`;
    // T9: positions that are no positions
    for (const query of [
      "after=9007199254740993",
      "after=-1",
      "after=NaN",
      "after=1e3",
      "after=01",
      "after=0&after=1",
      "after=0&limit=0",
      "after=0&limit=1000000000",
    ]) {
      expect(codeOf((await node.raw("GET", `${target}?${query}`, "", { authorization })).body), query).toBe("badRequest");
    }
    expect((await node.raw("GET", `${target}?after=9007199254740991`, "", { authorization })).status).toBe(200);
    expect(codeOf((await node.raw("GET", `${target}?after=0`, "", { authorization: "Bearer x" })).body)).toBe("forbidden");
  });

  it("tells programs its HTTP operations as OpenAPI, from the table, with methods and paths that it really answers", async () => {
    const node = testNode();
    const answer = await node.raw("GET", "/v1/openapi.json");
    const document: { info: { version: string }; paths: Record<string, Record<string, { operationId: string }>> } = JSON.parse(
      answer.body,
    );
    expect([answer.status, document.info.version]).toEqual([200, "test"]);
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method.toUpperCase(), path]),
    );
    const answered = OPERATION_NAMES.filter((name) => operation(name).isSocketOnly === undefined);
    // Blobs have operations of their own, which no socket carries.
    const [blobs, others] = [
      told.filter(([name = ""]) => name.startsWith("blob.")),
      told.filter(([name = ""]) => !name.startsWith("blob.")),
    ];
    expect(others.sort()).toEqual(answered.map((name) => [name, operation(name).method, operation(name).path]).sort());
    const routes = BLOB_OPERATION_NAMES.map((name) => [name, blobOperation(name).method, blobOperation(name).path]);
    expect(blobs.sort()).toEqual(routes.sort());
  });

  it("a record that is not an encrypted message by structure is refused: plain text never gets in by mistake", async () => {
    const node = testNode();
    const { stream, writeToken } = await conversation(node);
    const append = (record: Uint8Array): Promise<unknown> =>
      node.call("stream.append", { stream, kind: "application", record, idempotencyKey: key(), ifHandshake: 0 }, writeToken);
    for (const record of [
      new TextEncoder().encode("hello, this is plain text"),
      application().slice(0, -1),
      new Uint8Array([...application(), 0]),
      bytes(0, 700),
    ]) {
      expect(await append(record)).toBe("notARecord");
    }
    expect(await append(application())).toMatchObject({ seq: 1 });
  });
});
