// A node's relay, from outside: its own, coturn in its place, and what the doctor says of either.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createCredentials } from "@p2pcrypt/turn";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../src/doctor/findings.ts";
import { callNode, createTemporaryStream } from "../src/doctor/node-calls.ts";
import type { RelayTestResult } from "../src/doctor/relay-test.ts";
import { connectRelay } from "../src/doctor/turn-connection.ts";
import { relayConfigOf } from "../src/node/relay-config.ts";
import { freePort, type NodeProcess, Place } from "./support/processes.ts";
import { FIRST_PAIR } from "./support/tls-pairs.ts";

const SECRET = "a secret of node and coturn";
const HAS_COTURN = existsSync("/usr/bin/turnserver");

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.end());

describe("a node's own relay", () => {
  it("relays over UDP and TCP; the doctor finds nothing wrong, and metrics count what passed", async () => {
    const operatorPort = await freePort();
    const node = await place.node({ flags: ["--operator-port", String(operatorPort), "--relay-port", "0"] });
    const said = await place.run("ana", ["relay", "test", node.url, "--count", "10"]);
    expect(said.exit, said.err).toBe(0);
    const [result] = said.json<{ readonly results: readonly RelayTestResult[] }>();
    expect(result?.results.map(({ sent, received }) => [sent, received])).toEqual([
      [10, 10],
      [10, 10],
    ]);
    const [report] = (await examined(node.url, 0)).json();
    expect(report.isGood).toBe(true);
    expect(states(report)).toMatchObject({
      http: "good",
      websocket: "good",
      clock: "good",
      version: "good",
      storage: "good",
      relay: "good",
      relayUdp: "good",
      relayTcp: "good",
      // A relay does not talk to the machine that it runs on.
      relayPorts: "skipped",
    });
    const metrics = await (await fetch(`http://127.0.0.1:${operatorPort}/metrics`)).text();
    expect(metrics).toMatch(/p2pcrypt_relay_packets_to_peers_total 40\n/);
    expect(metrics).toMatch(/p2pcrypt_relay_allocations 0\n/);
    expect(metrics).toMatch(/p2pcrypt_streams 0\n/);
  });

  it("relays over TLS with the node's certificate", async () => {
    const files = { cert: join(place.folder, "cert.pem"), key: join(place.folder, "key.pem") };
    writeFileSync(files.cert, FIRST_PAIR.cert);
    writeFileSync(files.key, FIRST_PAIR.key);
    const flags = ["--tls-cert", files.cert, "--tls-key", files.key, "--relay-port", "0"];
    const node = await place.node({ flags });
    const env = { NODE_EXTRA_CA_CERTS: files.cert };
    const said = await place.run("ana", ["relay", "test", node.url, "--count", "5"], { env });
    expect(said.exit, said.err).toBe(0);
    const [result] = said.json<{ readonly results: readonly RelayTestResult[] }>();
    expect(result?.results.at(-1)).toMatchObject({
      url: expect.stringMatching(/^turns:127\.0\.0\.1:\d+\?transport=tcp$/),
      received: 5,
    });
    const [report] = (await examined(node.url, 0, env)).json();
    expect(states(report)).toMatchObject({ certificate: "good", relayTls: "good" });
    // Whoever does not know that certificate is told that it is the certificate.
    const stranger = await place.run("ana", ["relay", "test", node.url]);
    expect(stranger.exit).toBe(6);
  });

  it("is not there when it is switched off, and the doctor passes over it", async () => {
    const node = await place.node({ flags: ["--relay", "off"] });
    const { node: id, services } = await callNode(node.url, "node.describe", {});
    expect(services).not.toContain("relay");
    const stream = await createTemporaryStream(node.url, id);
    const asked = callNode(node.url, "relay.credentials", { stream: stream.stream }, stream.writeToken);
    await expect(asked).rejects.toMatchObject({ code: "notOffered" });
    const said = await place.run("ana", ["relay", "test", node.url]);
    expect([said.exit, JSON.parse(said.err).error.code]).toEqual([6, "relay/notOffered"]);
    expect(states((await examined(node.url, 0)).json()[0])).toMatchObject({ http: "good", relay: "skipped" });
  });

  it("a port of its own that is taken stops the start with the setting's name", async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
    });
    try {
      const own = ["node", "start", "--port", "0", "--operator-port", "0", "--data", place.home("other")];
      const said = await place.run("operator", [...own, "--relay-port", String(port)]);
      expect([said.exit, JSON.parse(said.err).error.code]).toEqual([5, "port/inUse"]);
      expect(said.err).toContain("--relay-port");
    } finally {
      taken.close();
    }
  });
});

it("settings that are not understood are refused by name", () => {
  const refusals: [Parameters<typeof relayConfigOf>[0], number, RegExp][] = [
    [{ relayPorts: "10-20" }, 2, /--relay-ports/],
    [{ relayPorts: "50000-50001" }, 2, /--relay-ports/],
    [{ relayAddress: "talk.example" }, 2, /--relay-address/],
    [{ relayAddress: "192.0.2.1,192.0.2.2" }, 2, /--relay-address/],
    [{ relayAllowPeers: "everybody" }, 2, /--relay-allow-peers/],
    [{ relayUrls: "turn:turn.example" }, 2, /--relay-secret-file/],
    [{ relayUrls: "http://turn.example", relaySecretFile: "/dev/null" }, 2, /--relay-urls/],
    [{ relayUrls: "turn:turn.example", relaySecretFile: "/dev/null" }, 2, /16 characters/],
    [{ relayUrls: "turn:turn.example", relaySecretFile: "/nowhere" }, 3, /--relay-secret-file/],
  ];
  for (const [settings, exit, words] of refusals) {
    const refusal = expect.objectContaining({ exit, message: expect.stringMatching(words) });
    expect(() => relayConfigOf(settings), JSON.stringify(settings)).toThrow(refusal);
  }
});

describe("the doctor", () => {
  it("names the port and the setting of each way in that does not answer", async () => {
    const port = await freePort();
    const node = await nodeWithRelayAt(
      `turn:127.0.0.1:${port}?transport=udp,turn:127.0.0.1:${port}?transport=tcp,turns:127.0.0.1:${port}`,
    );
    const said = await examined(node.url, 6);
    const [report] = said.json();
    expect(states(report)).toMatchObject({ http: "good", relayUdp: "bad", relayTcp: "bad", relayTls: "bad" });
    const adviceOn = (name: string) => report.findings.find((finding) => finding.name === name)?.advice;
    expect(adviceOn("relayUdp")).toMatch(new RegExp(`UDP port ${port} .*--relay-port`));
    // A machine that says no has no firewall in the way.
    expect(adviceOn("relayTcp")).toMatch(new RegExp(`TCP port ${port} no relay runs.*--relay-port`));
    expect(adviceOn("relayTls")).toMatch(/--relay-tls-port/);
    expect(JSON.parse(said.err).error).toMatchObject({ code: "node/unwell", failed: ["relayUdp", "relayTcp", "relayTls"] });
  });

  it("says of a node that is not there which port it looked at, in one screen", async () => {
    const port = await freePort();
    const said = await place.run("ana", ["node", "doctor", `http://127.0.0.1:${port}`], { json: false });
    expect(said.exit).toBe(6);
    expect(said.out).toContain(`TCP port ${port}`);
    expect(said.out).toContain("start the node");
    expect(said.err).toMatch(/^Looking at .*\nsomething is wrong: HTTP\n$/);
    expect(said.out.split("\n").length).toBeLessThan(24);
    expect((await place.run("ana", ["node", "doctor", "talk.example"])).exit).toBe(2);
  });

  it("says that a public address without a certificate gives browsers no microphone", async () => {
    const node = await place.node({ flags: ["--host", "127.0.0.1", "--relay", "off"] });
    const [report] = (await examined(node.url.replace("127.0.0.1", "0.0.0.0"), 6)).json();
    expect(report.findings.find(({ name }) => name === "certificate")).toMatchObject({
      state: "bad",
      advice: expect.stringContaining("--acme"),
    });
  });
});

describe.skipIf(!HAS_COTURN)(`coturn in the relay's place${HAS_COTURN ? "" : " (skipped when coturn is not installed)"}`, () => {
  it("takes the node's credentials, and clients notice nothing", async () => {
    const port = await coturn([]);
    const node = await nodeWithRelayAt(`turn:127.0.0.1:${port}?transport=udp,turn:127.0.0.1:${port}?transport=tcp`);
    const said = await place.run("ana", ["relay", "test", node.url, "--count", "10"]);
    expect(said.exit, said.err + said.out).toBe(0);
    expect(said.json<{ readonly results: readonly RelayTestResult[] }>()[0]?.results.map(({ received }) => received)).toEqual([
      10, 10,
    ]);
    // It was started so that it talks to this machine: a packet from here arrives at a relayed port.
    expect(states((await examined(node.url, 0)).json()[0])).toMatchObject({
      relayUdp: "good",
      relayTcp: "good",
      relayPorts: "good",
    });
  });

  it("with the example of packaging/turnserver.conf it refuses special-purpose addresses", async () => {
    const port = await freePort();
    const file = join(place.folder, "turnserver.conf");
    const example = readFileSync(new URL("../../../packaging/turnserver.conf", import.meta.url), "utf8");
    expect(example).toContain("=CHANGE-THIS-SECRET\n");
    writeFileSync(file, example.replace("CHANGE-THIS-SECRET", SECRET.replaceAll(" ", "-")));
    const here = ["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`, "--log-file=stdout"];
    await place.tool("turnserver", ["-c", file, ...here, `--pidfile=${join(place.folder, "coturn.pid")}`], port);
    const { username, password } = createCredentials(SECRET.replaceAll(" ", "-"), "lease", Date.now() + 60_000);
    const { client, close } = await connectRelay(
      { transport: "udp", host: "127.0.0.1", port },
      { credentials: { username, password } },
    );
    try {
      expect(await client.allocate()).toMatchObject({ kind: "allocated" });
      for (const ip of [
        "127.0.0.1",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "240.0.0.1",
      ])
        expect(await client.permit({ family: "ipv4", ip, port: 80 }), ip).toMatchObject({ kind: "error", code: 403 });
      expect(await client.permit({ family: "ipv4", ip: "93.184.216.34", port: 80 })).toMatchObject({ kind: "success" });
    } finally {
      close();
    }
  });

  it("another secret, and relayed ports that nothing arrives at, are found by name", async () => {
    const port = await coturn(["--external-ip=127.0.0.9/127.0.0.1"]);
    const node = await nodeWithRelayAt(`turn:127.0.0.1:${port}?transport=udp`);
    const [report] = (await examined(node.url, 6)).json();
    expect(states(report)).toMatchObject({ relayUdp: "good", relayPorts: "bad" });
    expect(report.findings.at(-1)?.advice).toContain("--relay-ports");
    const other = await nodeWithRelayAt(`turn:127.0.0.1:${port}?transport=udp`, "quite another secret", "other");
    const [second] = (await examined(other.url, 6)).json();
    expect(second.findings.find(({ name }) => name === "relayUdp")).toMatchObject({
      state: "bad",
      advice: expect.stringContaining("--relay-secret-file"),
    });
  });
});

interface Report {
  readonly isGood: boolean;
  readonly findings: readonly Finding[];
}

async function examined(url: string, exit: number, env: NodeJS.ProcessEnv = {}) {
  const said = await place.run("ana", ["node", "doctor", url], { env });
  expect(said.exit, said.out + said.err).toBe(exit);
  return { err: said.err, json: () => said.json<Report>() as [Report] };
}

function states({ findings }: Report): Record<string, Finding["state"]> {
  return Object.fromEntries(findings.map(({ name, state }) => [name, state]));
}

async function nodeWithRelayAt(urls: string, secret = SECRET, name = "node"): Promise<NodeProcess> {
  const file = join(place.folder, `${name}.secret`);
  writeFileSync(file, `${secret.replaceAll(" ", "-")}\n`, { mode: 0o600 });
  return place.node({ flags: ["--relay-urls", urls, "--relay-secret-file", file, "--data", place.home(name)] });
}

/** Debian's, for this machine only. @returns its port. */
async function coturn(flags: readonly string[]): Promise<number> {
  const port = await freePort();
  const settings = [
    ...[
      "-n",
      "--no-cli",
      "--no-tls",
      "--no-dtls",
      "--fingerprint",
      "--log-file=stdout",
      `--pidfile=${join(place.folder, "coturn.pid")}`,
    ],
    ...[`--listening-port=${port}`, "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers"],
    ...["--realm=coturn", "--use-auth-secret", `--static-auth-secret=${SECRET.replaceAll(" ", "-")}`, ...flags],
  ];
  await place.tool("turnserver", settings, port);
  return port;
}
