// The suite `files` in Chromium: sealing in a page, whose WebCrypto is another one than Node's, and files from one browser to another.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { findChromium, openProfile } from "../../e2e/rig/chromium.ts";
import { measureBrowserFiles } from "../browser-files.ts";
import type { SealingRates } from "../file-sealing.ts";
import { type Result, rounded } from "../result.ts";

const SEALING = fileURLToPath(new URL("../file-sealing.ts", import.meta.url));
const HASHING = fileURLToPath(new URL("../../apps/web/src/hashing/", import.meta.url));
/** As the client's worker does it, in a page. */
const PAGE = `import { measureSealing } from ${JSON.stringify(SEALING)};
import { HashThread } from ${JSON.stringify(join(HASHING, "hash-thread.ts"))};
import { hashingSubtle } from ${JSON.stringify(join(HASHING, "hashing-subtle.ts"))};
const subtle = hashingSubtle(crypto.subtle, () => HashThread.begin(() => new Worker("/hash.js"), { after: () => () => undefined }));
globalThis.measured = () => measureSealing({
  webCrypto: crypto.subtle, subtle, random: (length) => crypto.getRandomValues(new Uint8Array(length)), clock: performance, giveBack: () => undefined }, 3);`;

declare global {
  function measured(): Promise<SealingRates>;
}

export async function run(): Promise<Result[]> {
  if (findChromium() === undefined) throw new Error("the suite files-web needs Chromium, see docs/testing.md");
  return [...(await measurePage()), ...(await measureBrowserFiles())];
}

export async function measurePage(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const scripts = new Map([
    ["/page.js", await bundled(PAGE)],
    ["/hash.js", await bundled(`import ${JSON.stringify(join(HASHING, "hash-worker.ts"))};`)],
  ]);
  const server = createServer(({ url = "" }, response) => {
    const script = scripts.get(url);
    if (script !== undefined) response.setHeader("content-type", "text/javascript").end(script);
    else response.setHeader("content-type", "text/html").end("<!doctype html><title>bench</title><script src=/page.js></script>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const context = await openProfile({ folder: join(folder, "profile") });
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const { rawSealMb, rawOpenMb, sealMb, openMb } = await page.evaluate(() => globalThis.measured());
    return [
      result("sealing to raw AES-GCM, Chromium", sealMb, rawSealMb),
      result("opening to raw AES-GCM, Chromium", openMb, rawOpenMb),
    ];
  } finally {
    await context.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundled(contents: string): Promise<Uint8Array | undefined> {
  const stdin = { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)) };
  const bundle = await build({ stdin, bundle: true, format: "iife", conditions: ["source"], write: false });
  return bundle.outputFiles[0]?.contents;
}

function result(name: string, ours: number, raw: number): Result {
  const note = `${rounded(ours)} of ${rounded(raw)} MB/s`;
  return { name, value: rounded((ours / raw) * 100), unit: "%", goal: { atLeast: 70 }, note };
}
