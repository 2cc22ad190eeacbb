// What a message takes on the wire and at rest: two clients, a node, and a proxy between that counts.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquaintedPair } from "../acquainted-pair.ts";
import { CountingProxy } from "../counting-proxy.ts";
import { NodeProcess } from "../node-process.ts";
import { type Result, rounded } from "../result.ts";

const FEW = 100;
const MANY = 1_100;
const TEXTS: Readonly<Record<string, number>> = { "20 characters": 20, "1,000 characters": 1_000 };

/** In bytes. */
interface Taken {
  readonly wire: number;
  readonly node: number;
  readonly sender: number;
}

export async function run(): Promise<Result[]> {
  const results: Result[] = [];
  for (const [name, length] of Object.entries(TEXTS)) {
    // What databases take at rest is known once they are closed: the difference of two histories.
    const [short, long] = [await talk(length, FEW), await talk(length, MANY)];
    const each = (kind: keyof Taken): number => rounded((long[kind] - short[kind]) / (MANY - FEW));
    results.push(
      { name: `${name}: on the wire, both clients`, value: each("wire"), unit: "bytes", note: "HTTP and receipts included" },
      { name: `${name}: at rest at the node`, value: each("node"), unit: "bytes" },
      { name: `${name}: at rest in the sender's vault`, value: each("sender"), unit: "bytes", note: "search index included" },
    );
  }
  return results;
}

/** A whole life of a node and two clients in which one says so many messages. */
async function talk(length: number, count: number): Promise<Taken> {
  const node = await NodeProcess.start();
  const proxy = await CountingProxy.start(node.port);
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bytes-"));
  try {
    const { ana, ben, conversation } = await acquaintedPair(folder, proxy.url);
    let shown = 0;
    ana.subscribe((event) => {
      if (event.kind === "entry" && event.entry.kind === "text") shown += 1;
    });
    for (let n = 0; n < count; n++) await ben.conversations.send(conversation, `${n} `.padEnd(length, "x"));
    while (shown < count) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const client of [ana, ben]) {
      await client.settled();
      await client.close();
    }
    await node.stop();
    return { wire: proxy.bytes, node: sizeOf(node.folder), sender: sizeOf(join(folder, "ben")) };
  } finally {
    proxy.close();
    await node.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
