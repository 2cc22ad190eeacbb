// A4, A5, A9, A10, T12 at a node that really listens: clients that are slow on purpose, that never read, and pages that pretend to be local.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { toStreamId } from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { afterEach, beforeEach, expect, it } from "vitest";
import { applicationRecord, NodeClient, newStream, random, raw, type TestStream } from "./support/node-client.ts";
import { freePort, type NodeProcess, Place } from "./support/processes.ts";

const MIB = 1024 * 1024;

let place: Place;
let node: NodeProcess;
let operatorPort: number;
beforeEach(async () => {
  place = new Place();
  operatorPort = await freePort();
  node = await place.node({ flags: ["--rate-limits", "off", "--operator-port", String(operatorPort)] });
});
afterEach(() => place.end());

function residentBytes(): number {
  const status = readFileSync(`/proc/${node.child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function open(text: string): Promise<Socket> {
  const socket = connect(node.port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

async function append(client: NodeClient, { stream, writeToken }: TestStream, size: number): Promise<void> {
  const record = applicationRecord(size);
  const request = { stream, kind: "application", record, idempotencyKey: random(16), ifHandshake: 0 } as const;
  expect(typeof (await client.call("stream.append", request, writeToken))).toBe("object");
}

/** Connections that the node has: what it closed does not count, whether the other side has heard of it or not. */
function connectionsAtNode(): number {
  const port = node.port.toString(16).toUpperCase().padStart(4, "0");
  const established = new RegExp(`^ *\\d+: [0-9A-F]{8}:${port} \\S+ 01 `);
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .filter((line) => established.test(line)).length;
}

/** How long a connection holds from its first bytes on, with single bytes coming now and then or not. */
async function heldMs(text: string, dripEachMs?: number): Promise<number> {
  const socket = await open(text);
  const startedMs = performance.now();
  const drip = dripEachMs === undefined ? undefined : setInterval(() => socket.write("x"), dripEachMs);
  socket.resume();
  socket.once("end", () => socket.destroy());
  // A reset is one way of being cut off: `once` would take it for a failure.
  if (!socket.closed) await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  clearInterval(drip);
  return performance.now() - startedMs;
}

it("A4: who is slow with heads, with a body or with reading is cut off within 15 s, and others are served meanwhile", {
  timeout: 180_000,
}, async () => {
  const honest = await NodeClient.open(node.url);
  const stream = await newStream(honest);
  for (let n = 0; n < 30; n++) await append(honest, stream, 16_000);
  const path = `/v1/streams/${stream.stream}/records?after=0`;
  const authorization = `authorization: Bearer ${encodeBase64Url(stream.readToken)}`;
  const head = "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ";
  const body = "POST /v1/streams HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{";
  const read = `GET ${path} HTTP/1.1\r\nhost: x\r\n${authorization}\r\n\r\n`.repeat(16);
  const deaf = await Promise.all(Array.from({ length: 20 }, () => open(read)));
  const deafMs = performance.now();
  for (const socket of deaf) socket.pause();
  const slow = Promise.all([
    ...Array.from({ length: 100 }, () => heldMs(head)),
    ...Array.from({ length: 50 }, () => heldMs(head, 1_000)),
    ...Array.from({ length: 100 }, () => heldMs(body)),
    ...Array.from({ length: 50 }, () => heldMs(body, 1_000)),
  ]);
  let isOver = false;
  const held = slow.finally(() => {
    isOver = true;
  });
  let lagMs = 0;
  while (!isOver || connectionsAtNode() > 1) {
    const askedMs = performance.now();
    expect(typeof (await honest.call("node.describe", {}))).toBe("object");
    lagMs = Math.max(lagMs, performance.now() - askedMs);
    expect(performance.now() - deafMs).toBeLessThan(60_000);
  }
  // When the last was gone; who does not read is slow only once the system's buffers are full, which takes a moment. What an honest
  // client had to wait for the machine is nobody's slowness.
  expect(performance.now() - deafMs - lagMs).toBeLessThan(18_000);
  expect(Math.max(...(await held)) - lagMs).toBeLessThan(15_000);
  for (const socket of deaf) socket.destroy();
});

it("A5: bodies that are announced as huge, or never end, cost no memory", async () => {
  await fetch(`${node.url}/healthz`);
  const before = residentBytes();
  const head = "POST /v1/streams HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      if (n % 2 === 0) return raw(node.port, [`${head}content-length: 10000000000\r\n\r\n`]);
      return raw(node.port, [`${head}transfer-encoding: chunked\r\n\r\n`, ...Array.from({ length: 100 }, () => chunk)]);
    }),
  );
  expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
  expect(residentBytes() - before).toBeLessThan(20 * MIB);
});

it("A9: a flood of pings costs nobody else anything, and a subscriber who never reads is dropped at a bound", {
  timeout: 180_000,
}, async () => {
  const honest = await NodeClient.open(node.url);
  const stream = await newStream(honest);
  const pinging = await NodeClient.open(node.url);
  for (let n = 0; n < 20_000; n++) pinging.socket.ping();
  expect(typeof (await honest.call("node.describe", {}))).toBe("object");
  pinging.socket.terminate();

  const deaf = await NodeClient.open(node.url);
  const reader = await NodeClient.open(node.url);
  for (const client of [deaf, reader])
    expect(typeof (await client.call("stream.subscribe", { stream: stream.stream, after: 0 }, stream.readToken))).toBe("object");
  deaf.socket.pause();
  const before = residentBytes();
  // Nobody acknowledges: both are cut off at 256 records, and the node goes on.
  for (let n = 0; n < 300; n++) await append(honest, stream, 16_000);
  expect(residentBytes() - before).toBeLessThan(64 * MIB);
  expect(typeof (await reader.call("stream.subscribe", { stream: stream.stream, after: 300 }, stream.readToken))).toBe("object");
  expect(typeof (await honest.call("node.describe", {}))).toBe("object");
  deaf.socket.terminate();
});

it("A9: a flood of requests on one connection is refused beyond 64 at once, and guesses at streams get nothing", async () => {
  const client = await NodeClient.open(node.url);
  const stranger = { stream: toStreamId(random(32)), after: 0 };
  const answers = await Promise.all(Array.from({ length: 60 }, () => client.call("stream.subscribe", stranger, random(32))));
  expect(new Set(answers)).toEqual(new Set(["forbidden"]));
  const flood = await Promise.all(Array.from({ length: 500 }, () => client.call("node.describe", {})));
  expect(new Set(flood.map((answer) => (typeof answer === "object" ? "answered" : answer)))).toEqual(
    new Set(["answered", "tooManyInFlight"]),
  );
});

async function newStreams(client: NodeClient, count: number): Promise<TestStream[]> {
  const made: TestStream[] = [];
  while (made.length < count)
    made.push(...(await Promise.all(Array.from({ length: Math.min(50, count - made.length) }, () => newStream(client)))));
  return made;
}

async function subscribed(client: NodeClient, streams: readonly TestStream[]): Promise<void> {
  for (let at = 0; at < streams.length; at += 50) {
    const some = streams.slice(at, at + 50);
    const answers = await Promise.all(
      some.map(({ stream, readToken }) => client.call("stream.subscribe", { stream, after: 0 }, readToken)),
    );
    for (const answer of answers) expect(typeof answer).toBe("object");
  }
}

it("A9: one socket with 10,000 subscriptions costs little, and has no more than that", { timeout: 180_000 }, async () => {
  const honest = await NodeClient.open(node.url);
  const [one, ...others] = await newStreams(honest, 10_001);
  const before = residentBytes();
  const first = await NodeClient.open(node.url);
  await subscribed(first, others);
  expect(residentBytes() - before).toBeLessThan(128 * MIB);
  first.socket.terminate();
  // Whoever comes again takes the place of what was there, and no more.
  const again = residentBytes();
  const greedy = await NodeClient.open(node.url);
  await subscribed(greedy, others);
  expect(residentBytes() - again).toBeLessThan(32 * MIB);
  if (one === undefined) throw new RangeError();
  const beyond = { stream: one.stream, after: 0 };
  expect(await greedy.call("stream.subscribe", beyond, one.readToken)).toBe("tooManySubscriptions");
  expect(typeof (await honest.call("stream.subscribe", beyond, one.readToken))).toBe("object");
});

it("T12: of 1,000 streams on one socket that is not read for a while, each record is heard once and in order", {
  timeout: 180_000,
}, async () => {
  const honest = await NodeClient.open(node.url);
  const streams = await newStreams(honest, 1_000);
  const slow = await NodeClient.open(node.url);
  const heard = new Map<string, number[]>(streams.map(({ stream }) => [stream, []]));
  const [busy] = streams;
  if (busy === undefined) throw new RangeError();
  let ended: string | undefined;
  let count = 0;
  const all = new Promise<void>((resolve) => {
    slow.socket.on("message", (data: Buffer) => {
      const { method, params } = JSON.parse(data.toString()) as { method?: string; params?: { stream: string; seq: number } };
      if (params === undefined) return;
      const seen = heard.get(params.stream);
      if (method === "stream.record") {
        seen?.push(params.seq);
        count += 1;
      }
      if (method === "stream.ended") {
        ended = params.stream;
        void slow.call("stream.subscribe", { stream: busy.stream, after: seen?.at(-1) ?? 0 }, busy.readToken);
      }
      if (count === 999 + 300) resolve();
    });
  });
  await subscribed(slow, streams);
  const before = residentBytes();
  slow.socket.pause();
  for (const stream of streams.slice(1)) await append(honest, stream, 1_000);
  for (let n = 0; n < 300; n++) await append(honest, busy, 1_000);
  expect(residentBytes() - before).toBeLessThan(64 * MIB);
  slow.socket.resume();
  await all;
  expect(ended).toBe(busy.stream);
  expect(heard.get(busy.stream)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  for (const { stream } of streams.slice(1)) expect(heard.get(stream)).toEqual([1]);
});

it("A10: a page whose name was pointed at this machine gets nothing from the operator's port", async () => {
  const ask = (host: string): Promise<string> =>
    raw(operatorPort, [`GET /metrics HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`]);
  for (const host of [`127.0.0.1:${operatorPort}`, `localhost:${operatorPort}`])
    expect(await ask(host)).toMatch(/^HTTP\/1\.1 200/);
  for (const host of ["evil.example", `evil.example:${operatorPort}`, "127.0.0.1.evil.example", "localhost@evil.example"])
    expect(await ask(host), host).toMatch(/^HTTP\/1\.1 403/);
});
