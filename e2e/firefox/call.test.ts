// A video call between Firefox, where it is installed, and Chromium, through the node's relay.
import { join } from "node:path";
import { expect, it } from "vitest";
import { freePort } from "../rig/program.ts";
import { RecordingProxy } from "../rig/recording-proxy.ts";
import { Stage } from "../rig/stage.ts";
import { openConversation, sayHello, start } from "../story/begin.ts";
import { heardBy, WITH_DEVICES, watchMedia } from "../story/call.ts";
import { Firefox, findFirefox } from "./bidi.ts";
import { startAsAna } from "./first-minute.ts";

const program = findFirefox();
const PATIENCE = { timeout: 20_000 };
/** A microphone and a camera that the browser makes up, used without a question, and ways within this machine. */
const MADE_UP_DEVICES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
};
const KEEP_CONNECTIONS = `() => {
  window.connections = [];
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration) {
      super(configuration);
      window.connections.push(this);
    }
  };
}`;
const HEARD = `(async () => {
  const stats = [...(await window.connections.at(-1)?.getStats() ?? new Map()).values()];
  const inbound = stats.filter(({ type }) => type === "inbound-rtp");
  const sum = (name) => inbound.reduce((total, one) => total + (one[name] ?? 0), 0);
  const kinds = new Set(stats.filter(({ type }) => type === "local-candidate").map((one) => one.candidateType));
  return JSON.stringify({ frames: sum("framesDecoded"), energy: sum("totalAudioEnergy"), gathered: [...kinds] });
})()`;

interface HeardByFirefox {
  readonly frames: number;
  readonly energy: number;
  readonly gathered: readonly string[];
}

it.skipIf(program === undefined)(
  `K1: Firefox and Chromium hear and see each other, through the relay alone${program === undefined ? " (Firefox is not installed)" : ""}`,
  async () => {
    const relayPort = await freePort();
    const stage = await Stage.open(["--relay-port", String(relayPort)]);
    const proxy = await RecordingProxy.open();
    const firefox = await Firefox.start(program ?? "", join(stage.folder, "firefox"), proxy.url, MADE_UP_DEVICES);
    try {
      const ben = await stage.person("Ben", WITH_DEVICES);
      const { t } = ben.words;
      ben.allowedHosts.add(`127.0.0.1:${relayPort}`);
      await watchMedia(ben);
      await firefox.runFirst(KEEP_CONNECTIONS);
      const link = await startAsAna(firefox, stage.node.url, t);
      await start(ben);
      await sayHello(ben, link, "Ana", "Hi from Chromium");
      await firefox.find("link", t("list.requests", { count: 1 }));
      await firefox.evaluate("(location.hash = '#/requests')");
      await firefox.expectToRead("Hi from Chromium");
      await firefox.press("button", t("requests.accept"));
      await openConversation(ben, "Ana");
      await ben.press(t("call.of.video"));
      await firefox.press("button", t("call.answerVideo"));
      await ben.see(ben.page.getByRole("timer"));
      const heard = async () => JSON.parse(await firefox.resolve(HEARD)) as HeardByFirefox;
      await expect.poll(async () => (await heardBy(ben)).framesDecoded, PATIENCE).toBeGreaterThan(20);
      await expect.poll(async () => (await heardBy(ben)).energy, PATIENCE).toBeGreaterThan(0);
      await expect.poll(async () => (await heard()).frames, PATIENCE).toBeGreaterThan(20);
      await expect.poll(async () => (await heard()).energy, PATIENCE).toBeGreaterThan(0);
      expect((await heard()).gathered).toEqual(["relay"]);
      expect(await heardBy(ben)).toMatchObject({ pair: ["relay", "relay"] });
      await ben.press(t("call.hangUp"));
      await firefox.expectToRead("Video call: ");
      stage.check();
      expect(firefox.errors).toEqual([]);
    } finally {
      await firefox.close();
      await proxy.close();
      await stage.close();
    }
  },
  120_000,
);
