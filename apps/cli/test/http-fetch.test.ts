// The fetch of blobs against a server that says what it was sent.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { giveBack } from "@p2pcrypt/bytes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { httpFetch } from "../src/files/http-fetch.ts";

let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
const server = createServer((request, response) => answer(request, response));
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const FIXED = { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const;
function asked(method: string, body?: readonly Uint8Array[], signal = new AbortController().signal) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/blobs/x`;
  return httpFetch(url, { method, headers: { "upload-offset": "7" }, signal, ...FIXED, ...(body === undefined ? {} : { body }) });
}

it("sends pieces as one body of a known length, and lets the connection be used again", async () => {
  const came: unknown[] = [];
  answer = async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { headers, socket } = request;
    came.push([headers["content-length"], headers["upload-offset"], Buffer.concat(parts).toString(), socket.remotePort]);
    response.writeHead(204, { "upload-offset": "12" }).end();
  };
  for (let round = 0; round < 2; round++) {
    const { status, headers } = await asked("PATCH", [Buffer.from("he"), Buffer.from("llo")]);
    expect([status, headers.get("Upload-Offset"), headers.get("etag")]).toEqual([204, "12", null]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [first] = came as [unknown[]];
  expect(first?.slice(0, 3)).toEqual(["5", "7", "hello"]);
  expect(came[1]).toEqual(first);
});

it("B1: says that a body was taken only once it has left, whatever the node says before: it may be freed then", async () => {
  const bodies: Buffer[] = [];
  let whole: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    whole = resolve;
  });
  answer = (request, response) => {
    request.once("data", (first: Buffer) => {
      bodies.push(first);
      request.pause();
      response.writeHead(204, { "upload-offset": "1" }).end();
      setImmediate(() =>
        request
          .on("data", (part: Buffer) => bodies.push(part))
          .on("end", whole)
          .resume(),
      );
    });
  };
  const piece = (): Uint8Array => new Uint8Array(1 << 20).fill(0x41);
  const pieces = Array.from({ length: 32 }, piece);
  expect((await asked("PATCH", pieces)).status).toBe(204);
  for (const one of pieces) giveBack(one);
  const fresh = Array.from({ length: 64 }, () => new Uint8Array(1 << 20).fill(0x53));
  await arrived;
  const came = Buffer.concat(bodies);
  expect([came.length, came.every((byte) => byte === 0x41), fresh.length]).toEqual([32 << 20, true, 64]);
});

it("reads a body in pieces, and stops when it is told to", async () => {
  answer = (_request, response) => {
    response.writeHead(206);
    for (let count = 0; count < 50; count++) response.write(Buffer.alloc(65_536, count));
    // and never ends
  };
  const aborter = new AbortController();
  const reader = (await asked("GET", undefined, aborter.signal)).body?.getReader();
  let [bytes, sum] = [0, 0];
  while (bytes < 50 * 65_536) {
    const { value = new Uint8Array(0) } = (await reader?.read()) ?? {};
    bytes += value.length;
    sum = value.reduce((all, one) => all + one, sum);
  }
  expect(sum).toBe(65_536 * 25 * 49);
  const next = reader?.read();
  aborter.abort();
  await expect(next).rejects.toThrow();
});

it("follows nothing elsewhere, reads no endless refusal, and fails when the answer breaks off", async () => {
  answer = (_request, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  expect((await asked("GET")).status).toBe(302);
  answer = (_request, response) => {
    response.writeHead(403);
    for (let count = 0; count < 10; count++) response.write("x".repeat(60_000));
  };
  expect((await (await asked("PATCH", [])).text()).length).toBeLessThan(70_000);
  answer = (_request, response) => {
    response.writeHead(206, { "content-length": "10" });
    response.write("12345", () => response.destroy());
  };
  const reader = (await asked("GET")).body?.getReader();
  await expect(
    (async () => {
      while ((await reader?.read())?.done === false);
    })(),
  ).rejects.toThrow();
});
