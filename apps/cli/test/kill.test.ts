// T1: a node under load, killed by the operating system again and again: what it acknowledged is there, once, with the same answer.
import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { scaled } from "../../../packages/testkit/test/support/scale.ts";
import { check, type Sent, write } from "./support/appenders.ts";
import { NodeClient, newStream } from "./support/node-client.ts";
import { killed, type NodeProcess, Place } from "./support/processes.ts";

const CYCLES = process.env["P2PCRYPT_SLOW"] === "1" ? scaled(1000) : 50;
const WRITERS = 8;

let place: Place;
let node: NodeProcess;
beforeEach(async () => {
  place = new Place();
  node = await place.node({ flags: ["--rate-limits", "off"] });
});
afterEach(() => place.end());

it(`T1: ${CYCLES} times kill -9 under load: no acknowledged record is lost, none is stored twice`, {
  timeout: CYCLES * 10_000,
}, async () => {
  const first = await NodeClient.open(node.url);
  const streams = await Promise.all(Array.from({ length: WRITERS }, () => newStream(first)));
  const sent: Sent[][] = streams.map(() => []);
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const clients = await Promise.all(streams.map(() => NodeClient.open(node.url)));
    const acknowledged = Math.floor(Math.random() * 40);
    let count = 0;
    const writing = streams.map((stream, i) => write(clients[i], stream, sent[i] ?? [], () => (count += 1)));
    while (count < acknowledged) await new Promise((resolve) => setImmediate(resolve));
    await killed(node.child);
    await Promise.all(writing);
    node = await place.node({ port: node.port, flags: ["--rate-limits", "off"] });
  }
  const last = await NodeClient.open(node.url);
  let total = 0;
  for (const [i, stream] of streams.entries()) total += await check(last, stream, sent[i] ?? []);
  expect(total).toBeGreaterThan(CYCLES);
  last.socket.close();
  await once(last.socket, "close");
});
