// A node as a service, from outside: what an operator relies on, and what strangers send.
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applicationRecord, NodeClient, newStream, random, raw } from "./support/node-client.ts";
import { freePort, killed, lines, type NodeProcess, Place } from "./support/processes.ts";

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.end());

describe("a node as a service", () => {
  it("O14: stops in order on SIGTERM, and refuses a taken port, a taken folder and a wrong configuration by exit code", async () => {
    const node = await place.node();
    const client = await NodeClient.open(node.url);
    const stream = await newStream(client);
    const data = place.home("node");
    const refusals: [readonly string[], number, string][] = [
      [["--port", String(node.port), "--data", place.home("other")], 5, "port/inUse"],
      [["--port", "0", "--data", data], 7, "storage/inUse"],
      [["--port", "70000"], 2, "config/malformed"],
      [["--public-url", "https://host/path"], 2, "config/malformed"],
      [["--tls-cert", "x"], 2, "config/malformed"],
      [["--trust-proxy", "everyone"], 2, "config/malformed"],
      [["--trust-proxy", "10.0.0.0/33"], 2, "config/malformed"],
      [["--acme", "no-name"], 2, "config/malformed"],
      [["--acme", "talk.example", "--acme-directory", "http://talk.example"], 2, "config/malformed"],
      [["--acme", "talk.example", "--tls-cert", "x", "--tls-key", "y"], 2, "config/malformed"],
      [["--config", join(place.folder, "none")], 2, "config/malformed"],
      [["--port", "0", "--data", place.home("tls"), "--tls-cert", "/nowhere", "--tls-key", "/nowhere"], 3, "tls/missing"],
    ];
    for (const [flags, exit, code] of refusals) {
      const said = await place.run("operator", ["node", "start", "--operator-port", "0", ...flags]);
      expect([flags.join(" "), said.exit, JSON.parse(said.err).error.code]).toEqual([flags.join(" "), exit, code]);
    }
    const request = {
      stream: stream.stream,
      kind: "application",
      record: applicationRecord(),
      idempotencyKey: random(16),
      ifHandshake: 0,
    } as const;
    expect(typeof (await client.call("stream.append", request, stream.writeToken))).toBe("object");
    expect(await killed(node.child, "SIGTERM")).toBe(0);
    const again = await place.node({ port: node.port });
    const reader = await NodeClient.open(again.url);
    expect(await reader.call("stream.read", { stream: stream.stream, after: 0 }, stream.readToken)).toMatchObject({
      records: [{ seq: 1 }],
    });
  });

  it("A10: health for everybody, metrics on loopback for programs only: every Origin is refused there, and answered by the client API", async () => {
    const operatorPort = await freePort();
    const node = await place.node({ flags: ["--operator-port", String(operatorPort)] });
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
    const metrics = await fetch(`http://127.0.0.1:${operatorPort}/metrics`);
    expect(await metrics.text()).toMatch(/process_resident_memory_bytes[\s\S]*p2pcrypt_sockets 0/);
    const foreign = await raw(operatorPort, [
      "GET /metrics HTTP/1.1\r\nhost: evil.example\r\norigin: https://evil.example\r\nconnection: close\r\n\r\n",
    ]);
    expect(foreign).toMatch(/^HTTP\/1\.1 403/);
    const page = await fetch(`${node.url}/v1/node`, { headers: { origin: "https://anywhere.example" } });
    expect([page.headers.get("access-control-allow-origin"), page.headers.get("set-cookie")]).toEqual(["*", null]);
    expect(page.headers.get("access-control-allow-credentials")).toBeNull();
    const front = await fetch(node.url);
    expect(front.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await front.text()).toContain("This is a node of P2P Crypt");
  });

  it("O8: backs up while it runs, and restores into an empty place only, as the same node with the same records", async () => {
    const node = await place.node();
    const client = await NodeClient.open(node.url);
    const stream = await newStream(client);
    const append = {
      stream: stream.stream,
      kind: "application",
      record: applicationRecord(),
      idempotencyKey: random(16),
      ifHandshake: 0,
    } as const;
    await client.call("stream.append", append, stream.writeToken);
    const backup = join(place.folder, "backup");
    expect((await place.run("operator", ["node", "backup", backup, "--data", place.home("node")])).exit).toBe(0);
    expect((await place.run("operator", ["node", "backup", backup, "--data", place.home("node")])).exit).toBe(5);
    expect(statSync(join(backup, "node.sqlite")).mode & 0o777).toBe(0o600);
    expect((await place.run("operator", ["node", "restore", backup, "--data", place.home("node")])).exit).toBe(5);
    const restored = join(place.folder, "restored");
    expect((await place.run("operator", ["node", "restore", backup, "--data", restored])).exit).toBe(0);
    expect((await place.run("operator", ["node", "upgrade", "--data", restored])).json()).toMatchObject([
      { usage: { records: 1 } },
    ]);
    const port = await freePort();
    const child = place.start("operator", ["node", "start", "--port", String(port), "--operator-port", "0", "--data", restored]);
    const [line] = await lines(child, 1);
    const reader = await NodeClient.open(`http://127.0.0.1:${port}`);
    expect(await reader.call("stream.read", { stream: stream.stream, after: 0 }, stream.readToken)).toMatchObject({
      records: [{ seq: 1 }],
    });
    const described = await client.call("node.describe", {});
    expect(JSON.parse(line ?? "{}").node).toBe(typeof described === "object" ? described.node : "");
  });

  it("takes any free port for 0, and says which to the operator and to everybody", async () => {
    const child = place.start("operator", ["node", "start", "--port", "0", "--operator-port", "0", "--data", place.home("node")]);
    const [line] = await lines(child, 1);
    const { url, publicUrl } = JSON.parse(line ?? "{}") as { url: string; publicUrl: string };
    expect(new URL(url).port).toMatch(/^[1-9]/);
    expect(publicUrl).toBe(url);
    expect(await (await NodeClient.open(url)).call("node.describe", {})).toMatchObject({ publicUrl: url });
  });

  it("reads its configuration from flags before environment before file", async () => {
    const port = await freePort();
    const file = join(place.folder, "node.json");
    writeFileSync(
      file,
      JSON.stringify({ port: 1, host: "127.0.0.1", name: "From the file", operatorPort: 0, data: place.home("node") }),
    );
    const child = place.start("operator", ["node", "start", "--config", file, "--port", String(port)]);
    await lines(child, 1);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain("From the file");
  });
});

describe("strangers", () => {
  let node: NodeProcess;
  let operatorPort: number;
  beforeEach(async () => {
    operatorPort = await freePort();
    node = await place.node({ flags: ["--log-level", "debug", "--operator-port", String(operatorPort)] });
  });
  const isAlive = async (): Promise<boolean> => (await fetch(`${node.url}/healthz`)).status === 200;

  it("A5: a body over the limit, one that lies about its length and one without an end are cut off before they are read", async () => {
    const head = (more: string): string =>
      `POST /v1/streams HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}\r\n\r\n`;
    expect(await raw(node.port, [head("content-length: 10000000000")])).toMatch(/^HTTP\/1\.1 413/);
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const endless = await raw(node.port, [head("transfer-encoding: chunked"), ...Array.from({ length: 200 }, () => chunk)]);
    expect(endless === "" || endless.startsWith("HTTP/1.1 413")).toBe(true);
    expect(await raw(node.port, [head("content-length: 5\r\ncontent-length: 6"), "12345"])).toMatch(/^HTTP\/1\.1 400/);
    expect(await raw(node.port, [head("content-length: 5\r\ntransfer-encoding: chunked"), "12345"])).toMatch(/^HTTP\/1\.1 400/);
    expect(await isAlive()).toBe(true);
  });

  it("A8: absurd headers and upgrades are refused, and the process lives", async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `x-${n}: 1`).join("\r\n");
    expect(await raw(node.port, [`GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${many}\r\n\r\n`])).toMatch(
      /^HTTP\/1\.1 (431|200)/,
    );
    expect(await raw(node.port, [`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`])).toMatch(/^HTTP\/1\.1 431/);
    const upgrade = (path: string, extensions: string): string =>
      `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-extensions: ${extensions}\r\n\r\n`;
    await raw(node.port, [upgrade("/elsewhere", "x")]);
    const answer = raw(node.port, [upgrade("/v1/socket", "constructor; __proto__=1"), Buffer.from([0x88, 0x80, 0, 0, 0, 0])]);
    expect(await answer).toMatch(/^HTTP\/1\.1 (101|400)/);
    expect(await isAlive()).toBe(true);
  });

  it("A9: oversized, binary and fragmented frames, and a compression offer, end one connection and nothing else", async () => {
    const honest = await NodeClient.open(node.url);
    const hostile = async (send: (client: NodeClient) => void): Promise<void> => {
      const client = await NodeClient.open(node.url);
      const closed = once(client.socket, "close");
      send(client);
      await closed;
    };
    await hostile(({ socket }) => socket.send("x".repeat(300_000)));
    await hostile(({ socket }) => socket.send(Buffer.alloc(10)));
    await hostile(({ socket }) => {
      for (let n = 0; n < 300_000 && socket.readyState === socket.OPEN; n++) socket.send("y", { fin: false });
    });
    const notJson = await NodeClient.open(node.url);
    notJson.socket.send("{");
    const [answer] = await once(notJson.socket, "message");
    expect(JSON.parse(String(answer))).toMatchObject({ id: null, error: { data: { code: "notJson" } } });
    expect(notJson.socket.extensions).toBe("");
    expect(typeof (await honest.call("node.describe", {}))).toBe("object");
  });

  it("A12: only canonical ids reach the store: traversal, encodings and NUL are no operation", async () => {
    for (const path of [
      "/v1/streams/..%2f..%2fetc/records",
      "/v1/identities/%00",
      "/v1/identities/../../etc/passwd",
      "/v1//node",
      "/V1/node",
      "/v1/streams/ä/records",
    ]) {
      const text = await raw(node.port, [`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`]);
      expect(text, path).toMatch(/^HTTP\/1\.1 (400|404|405)/);
    }
    expect(await isAlive()).toBe(true);
  });

  it("A4: a connection that never finishes its headers does not keep others waiting", async () => {
    const slow = Array.from({ length: 200 }, () => {
      const socket = connectTcp(node.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write("GET / HTTP/1.1\r\nhost: x\r\n");
      return socket;
    });
    const client = await NodeClient.open(node.url);
    for (let n = 0; n < 50; n++) expect(typeof (await client.call("node.describe", {}))).toBe("object");
    for (const socket of slow) socket.destroy();
  });

  it("A16: neither tokens, records, names nor addresses come out in logs, metrics, errors or files that are not for them", async () => {
    let log = "";
    node.child.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
    const canary = "canary-name-7f3a";
    await place.run("ana", ["identity", "create", "--name", canary, "--node", node.url]);
    const client = await NodeClient.open(node.url);
    const stream = await newStream(client);
    const record = applicationRecord();
    await client.call(
      "stream.append",
      { stream: stream.stream, kind: "application", record, idempotencyKey: random(16), ifHandshake: 0 },
      stream.writeToken,
    );
    const forbidden = await fetch(`${node.url}/v1/streams/${stream.stream}/records?after=0`, {
      headers: { authorization: `Bearer ${Buffer.from(random(32)).toString("base64url")}` },
    });
    const body = await forbidden.text();
    const metrics = await (await fetch(`http://127.0.0.1:${operatorPort}/metrics`)).text();
    expect(metrics).toContain("p2pcrypt_sockets 1");
    await killed(node.child, "SIGTERM");
    const secrets = [stream.readToken, stream.writeToken, record].flatMap((bytes) =>
      ["base64url", "hex"].map((form) => Buffer.from(bytes).toString(form as "hex")),
    );
    for (const text of [log, body, metrics]) {
      for (const secret of [...secrets, canary, stream.stream, "127.0.0.1"])
        expect(text.includes(secret), secret.slice(0, 20)).toBe(false);
    }
    const database = readFileSync(join(place.home("node"), "store", "node.sqlite"));
    expect(database.includes(Buffer.from(stream.readToken)) || database.includes(Buffer.from(stream.writeToken))).toBe(false);
  });

  it("C3: what a node keeps is its owner's alone", () => {
    const data = place.home("node");
    for (const name of ["node.identity", "store/node.sqlite"]) expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o600);
    for (const name of [".", "store"]) expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o700);
  });
});
