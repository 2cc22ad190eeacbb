// The vault of the suite `client`, in Chromium's IndexedDB: how long until the list, how much memory, how long the thread is taken.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openFileVault } from "@p2pcrypt/vault/file";
import { build } from "esbuild";
import { findChromium, openProfile } from "../../e2e/rig/chromium.ts";
import { browserMib } from "../browser-memory.ts";
import { type Result, rounded } from "../result.ts";

const MAKER = fileURLToPath(new URL("../client-vault.ts", import.meta.url));
const PAGE = fileURLToPath(new URL("../client-page.ts", import.meta.url));

export async function run(): Promise<Result[]> {
  if (findChromium() === undefined) throw new Error("the suite client-web needs Chromium, see docs/testing.md");
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const home = join(folder, "home");
  execFileSync(process.execPath, ["--conditions=source", "--disable-warning=ExperimentalWarning", MAKER, "make", home]);
  const bundle = await build({ entryPoints: [PAGE], bundle: true, format: "iife", conditions: ["source"], write: false });
  const server = await serve(bundle.outputFiles[0]?.contents ?? new Uint8Array(0), await pairsOf(home));
  const profile = join(folder, "profile");
  const context = await openProfile({ folder: profile });
  try {
    const page = await context.newPage();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await page.goto(url);
    await page.evaluate(() => window.fillVault());
    await page.reload();
    const cdp = await context.newCDPSession(page);
    const heapBytes = async (): Promise<number> => {
      await cdp.send("HeapProfiler.collectGarbage");
      const { usedSize } = await cdp.send("Runtime.getHeapUsage");
      return usedSize;
    };
    const [before, beforeMib] = [await heapBytes(), browserMib(profile)];
    const { conversations, listMs, longestTaskMs } = await page.evaluate(() => window.openVault());
    if (conversations !== 200) throw new Error("conversations are missing");
    const openMib = browserMib(profile);
    const heapMb = ((await heapBytes()) - before) / 1e6;
    return [
      {
        name: "list of 200 conversations, IndexedDB",
        value: rounded(listMs),
        unit: "ms",
        goal: { atMost: 1_000 },
        note: "100,000 messages",
      },
      { name: "heap that the open client adds", value: rounded(heapMb, 1), unit: "MB", goal: { atMost: 200 } },
      {
        name: "memory of all processes of the browser that it adds",
        value: openMib - beforeMib,
        unit: "MiB",
        goal: { atMost: 200 },
        note: `${openMib} with the browser itself`,
      },
      { name: "longest task while it opens", value: rounded(longestTaskMs), unit: "ms", note: "0: none of 50 ms or more" },
    ];
  } finally {
    await context.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every sealed pair of a vault's file, one behind the other. */
async function pairsOf(home: string): Promise<Buffer> {
  const store = openFileVault({ home, nowMs: Date.now() });
  const parts: Uint8Array[] = [];
  let from = new Uint8Array(0);
  for (;;) {
    const pairs = await store.range({ from, to: new Uint8Array(64).fill(255), limit: 1_000 });
    for (const { key, value } of pairs) parts.push(lengthOf(key), key, lengthOf(value), value);
    const last = pairs.at(-1)?.key;
    if (last === undefined) break;
    from = new Uint8Array([...last, 0]);
  }
  await store.close();
  return Buffer.concat(parts);
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

async function serve(script: Uint8Array, pairs: Buffer) {
  const server = createServer(({ url }, response) => {
    if (url === "/page.js") response.setHeader("content-type", "text/javascript").end(script);
    else if (url === "/pairs") response.end(pairs);
    else response.setHeader("content-type", "text/html").end("<!doctype html><title>bench</title><script src=/page.js></script>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
