// Two browsers that show each other no address of theirs: everything between them goes through the node's relay.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callNode, createTemporaryStream } from "../apps/cli/src/doctor/node-calls.ts";
import { openProfile } from "./rig/chromium.ts";
import { NodeProcess } from "./rig/node-process.ts";
import { freePort } from "./rig/program.ts";

const MESSAGES = 50;
/** Data channels carry 16 KiB in one message anywhere. */
const MESSAGE_BYTES = 16_000;

let folder: string;
let node: NodeProcess;
let operatorPort: number;
let browsers: BrowserContext[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "p2pcrypt-relay-"));
  operatorPort = await freePort();
  node = await NodeProcess.start(join(folder, "node"), ["--relay-port", "0", "--operator-port", String(operatorPort)]);
  browsers = await Promise.all(
    ["ana", "ben"].map((name) => openProfile({ folder: join(folder, name), args: ["--allow-loopback-in-peer-connection"] })),
  );
});
afterEach(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await node.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe("a data channel through the relay alone", () => {
  it.each([
    "udp",
    "tcp",
  ])("over %s: every message arrives both ways, and no candidate but relayed ones was gathered", async (transport) => {
    const server = await iceServer(transport);
    const [ana, ben] = await Promise.all(browsers.map(async (browser) => browser.pages()[0] ?? browser.newPage()));
    if (ana === undefined || ben === undefined) throw new Error("no pages");
    for (const page of [ana, ben]) await page.evaluate(prepare, { server, messages: MESSAGES, bytes: MESSAGE_BYTES });
    const offer = await ana.evaluate(() => window.call.offer());
    const answer = await ben.evaluate((sdp) => window.call.answer(sdp), offer);
    await ana.evaluate((sdp) => window.call.accept(sdp), answer);
    const [atAna, atBen] = await Promise.all([ana, ben].map((page) => page.evaluate(() => window.call.result())));
    for (const end of [atAna, atBen]) {
      expect(end?.received).toBe(MESSAGES);
      expect(end?.receivedBytes).toBe(MESSAGES * MESSAGE_BYTES);
      expect(end?.pair).toEqual(["relay", "relay"]);
      expect(end?.protocol).toBe(transport);
    }
    for (const sdp of [offer, answer]) {
      const candidates = [...sdp.matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, type]) => type);
      expect(new Set(candidates)).toEqual(new Set(["relay"]));
    }
    const relayed = await metric("p2pcrypt_relay_bytes_to_clients_total");
    expect(relayed).toBeGreaterThan(2 * MESSAGES * MESSAGE_BYTES);
    await Promise.all([ana, ben].map((page) => page.evaluate(() => window.call.close())));
    await expect.poll(() => metric("p2pcrypt_relay_allocations")).toBe(0);
  });
});

async function iceServer(transport: string): Promise<RTCIceServer> {
  const { node: id } = await callNode(node.url, "node.describe", {});
  const stream = await createTemporaryStream(node.url, id);
  const { urls, username, credential } = await callNode(
    node.url,
    "relay.credentials",
    { stream: stream.stream },
    stream.writeToken,
  );
  return { urls: urls.filter((url) => url.endsWith(transport)), username, credential };
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${operatorPort}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
}

interface Call {
  offer(): Promise<string>;
  answer(offer: string): Promise<string>;
  accept(answer: string): Promise<void>;
  result(): Promise<{
    readonly received: number;
    readonly receivedBytes: number;
    readonly pair: readonly [string, string];
    readonly protocol: string;
  }>;
  close(): void;
}

declare global {
  interface Window {
    call: Call;
  }
}

/** Runs in the page: one end of the call. */
function prepare({ server, messages, bytes }: { server: RTCIceServer; messages: number; bytes: number }): void {
  const connection = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: "relay" });
  const channel = connection.createDataChannel("data", { negotiated: true, id: 1 });
  channel.binaryType = "arraybuffer";
  let received = 0;
  let receivedBytes = 0;
  const done = new Promise<void>((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      received += 1;
      receivedBytes += data.byteLength;
      if (received === messages) resolve();
    };
  });
  channel.onopen = () => {
    for (let n = 0; n < messages; n++) channel.send(new Uint8Array(bytes));
  };
  const gathered = async (): Promise<string> => {
    if (connection.iceGatheringState !== "complete") {
      await new Promise<void>((resolve) => {
        connection.onicegatheringstatechange = () => {
          if (connection.iceGatheringState === "complete") resolve();
        };
      });
    }
    return connection.localDescription?.sdp ?? "";
  };
  window.call = {
    offer: async () => {
      await connection.setLocalDescription(await connection.createOffer());
      return gathered();
    },
    answer: async (sdp) => {
      await connection.setRemoteDescription({ type: "offer", sdp });
      await connection.setLocalDescription(await connection.createAnswer());
      return gathered();
    },
    accept: async (sdp) => connection.setRemoteDescription({ type: "answer", sdp }),
    result: async () => {
      await done;
      const stats = [...(await connection.getStats()).values()];
      const pair = stats.find(
        ({ type, nominated, state }) => type === "candidate-pair" && nominated === true && state === "succeeded",
      );
      const candidate = (id: string) => stats.find((one) => one.id === id);
      const [local, remote] = [candidate(pair?.localCandidateId), candidate(pair?.remoteCandidateId)];
      return {
        received,
        receivedBytes,
        pair: [local?.candidateType, remote?.candidateType],
        protocol: local?.relayProtocol,
      };
    },
    close: () => connection.close(),
  };
}
