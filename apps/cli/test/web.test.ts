// The browser client as a node serves it, from outside.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { createSecretIdentity, PURPOSES, signObject } from "@p2pcrypt/identity";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { webHeaders } from "../src/node/web-headers.ts";
import { freePort, Place } from "./support/processes.ts";

let place: Place;
let folder: string;
beforeEach(() => {
  place = new Place();
  folder = mkdtempSync(join(tmpdir(), "p2pcrypt-web-"));
});
afterEach(async () => {
  await place.end();
  rmSync(folder, { recursive: true, force: true });
});

const FILES: Record<string, string> = {
  "/index.html": "<!doctype html><title>page</title>",
  "/assets/index-abc.js": "export {};".repeat(100),
  "/service-worker.js": "// worker",
  "/sandbox.html": "<!doctype html><script>run()</script>",
};

function build(files = FILES): string {
  mkdirSync(join(folder, "assets"), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(folder + path, text);
  writeFileSync(`${folder}/assets/index-abc.js.gz`, gzipSync(FILES["/assets/index-abc.js"] ?? ""));
  const named = Object.entries(files).map(([path, text]) => [path, { sha256: sha256(text), bytes: text.length }]);
  const manifest = JSON.stringify({ version: 1, files: Object.fromEntries(named) });
  writeFileSync(join(folder, "build.json"), manifest);
  return manifest;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the browser client on a node", () => {
  it("W2: every file comes under the same strict headers", async () => {
    build();
    const node = await place.node({ flags: ["--web", folder] });
    for (const path of ["/", "/assets/index-abc.js", "/service-worker.js", "/build.json"]) {
      const { headers, status } = await fetch(node.url + path);
      expect([path, status]).toEqual([path, 200]);
      const expected = webHeaders({ isLoopback: true });
      expect(Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)]))).toEqual(expected);
    }
    expect(webHeaders({ isLoopback: false })).toEqual({
      "content-security-policy":
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' https: wss:; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types p2pcrypt-worker",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy":
        "camera=(self), microphone=(self), display-capture=(self), accelerometer=(), geolocation=(), gyroscope=(), magnetometer=(), midi=(), payment=(), serial=(), usb=()",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  it("W2: the page of the frame has no origin, no network, and no script but its own, and can be framed by the page alone", async () => {
    build();
    const node = await place.node({ flags: ["--web", folder] });
    const { headers } = await fetch(`${node.url}/sandbox.html`);
    const hash = createHash("sha256").update("run()").digest("base64");
    expect(headers.get("content-security-policy")).toBe(
      `sandbox allow-scripts; default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types p2pcrypt-worker`,
    );
    const kept = ["cross-origin-embedder-policy", "cross-origin-resource-policy", "x-content-type-options", "x-frame-options"];
    expect(kept.map((name) => headers.get(name))).toEqual(["require-corp", "same-origin", "nosniff", null]);
  });

  it("is compressed for who can read it, kept for ever where the name holds a hash, and asked for again elsewhere", async () => {
    build();
    const node = await place.node({ flags: ["--web", folder] });
    const asset = `${node.url}/assets/index-abc.js`;
    const plain = await fetch(asset, { headers: { "accept-encoding": "identity" } });
    const packed = await fetch(asset, { headers: { "accept-encoding": "gzip" } });
    expect([plain.headers.get("content-encoding"), packed.headers.get("content-encoding")]).toEqual([null, "gzip"]);
    expect(await packed.text()).toBe(await plain.text());
    expect(packed.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const page = await fetch(node.url);
    expect([page.headers.get("cache-control"), page.headers.get("content-type")]).toEqual([
      "no-cache",
      "text/html; charset=utf-8",
    ]);
    const again = await fetch(node.url, { headers: { "if-none-match": page.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
    const head = await fetch(node.url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const path of ["/assets/none.js", "/index.html.gz", "/assets/..%2fbuild.json"])
      expect((await fetch(node.url + path)).status).not.toBe(200);
    expect(await (await fetch(`${node.url}/healthz`)).text()).toBe("ok\n");
    expect((await fetch(`${node.url}/v1/node`)).status).toBe(200);
  });

  it("is left out with --no-web, and asked for in vain in a folder without a build", async () => {
    const node = await place.node({ flags: ["--no-web"] });
    expect(await (await fetch(node.url)).text()).toContain("This is a node of P2P Crypt");
    const data = place.home("none");
    const said = await place.run("operator", [
      "node",
      "start",
      "--port",
      "0",
      "--operator-port",
      "0",
      "--data",
      data,
      "--web",
      folder,
    ]);
    expect(JSON.parse(said.err).error.code).toBe("web/missing");
  });
});

describe("p2pcrypt verify-web", () => {
  it("W10: tells a node that serves a signed build from one that changes, omits or weakens anything", async () => {
    const manifest = build();
    const nowMs = Date.now();
    const signer = await createSecretIdentity({ name: "Release", nowMs });
    const stranger = await createSecretIdentity({ name: "Stranger", nowMs });
    const signature = await signObject(signer, PURPOSES.webBuild, new TextEncoder().encode(manifest), nowMs);
    writeFileSync(join(folder, "build.json.sig"), encodeBase64Url(signature));
    writeFileSync(place.home("signer.cert"), signer.certificate.bytes());
    writeFileSync(place.home("stranger.cert"), stranger.certificate.bytes());
    const node = await place.node({ flags: ["--web", folder] });
    const verify = async (url: string, name = "signer") => {
      const said = await place.run("reader", ["verify-web", url, "--signer", place.home(`${name}.cert`)]);
      return [said.exit, said.exit === 0 ? said.json()[0] : JSON.parse(said.err).error];
    };
    expect(await verify(node.url)).toEqual([0, { url: node.url, build: sha256(manifest), files: 4, isSigned: true }]);
    expect(await verify(node.url, "stranger")).toMatchObject([9, { code: "web/badSignature" }]);
    const liar = await between(node.url, {
      "/assets/index-abc.js": (text) => `${text}//`,
    });
    expect(await verify(liar.url)).toMatchObject([9, { code: "web/differs", differs: ["/assets/index-abc.js"] }]);
    liar.close();
    const weak = await between(node.url, {}, "content-security-policy");
    expect(await verify(weak.url)).toMatchObject([9, { code: "web/differs", differs: ["headers"] }]);
    weak.close();
    const open = await between(node.url, {}, "content-security-policy", "/sandbox.html");
    expect(await verify(open.url)).toMatchObject([9, { code: "web/differs", differs: ["headers of the frame"] }]);
    open.close();
  });
});

/** Somebody who serves what a node serves, with changes and, at one place, without one header. */
async function between(url: string, changes: Record<string, (text: string) => string>, without = "", at = "/") {
  const server = createServer(async (request, response) => {
    const answer = await fetch(url + request.url);
    const text = await answer.text();
    const dropped = new Set([request.url === at ? without : "", "content-encoding", "content-length", "transfer-encoding"]);
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !dropped.has(name)));
    response.writeHead(answer.status, headers).end(changes[request.url ?? ""]?.(text) ?? text);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
