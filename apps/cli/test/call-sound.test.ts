// What carries the sound of a call: sealed under the call's keys, over connections that give nothing away and hold to one certificate.

import type { EpochKeys } from "@p2pcrypt/sframe";
import { createCredentials, DEFAULT_TURN_QUOTAS } from "@p2pcrypt/turn";
import { listenTurn, type RunningTurn } from "@p2pcrypt/turn/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CallSound } from "../src/call/call-sound.ts";
import { Player } from "../src/call/player.ts";
import type { HeardPacket } from "../src/call/recorder.ts";
import { loadLibrary, SoundConnection } from "../src/call/sound-connection.ts";

const SECRET = "a secret of node and relay";
const system = {
  clock: { nowMs: () => 0 },
  timers: {
    after: (_: number, run: () => void) => {
      run();
      return () => undefined;
    },
  },
};

function keysOf(own: number, other: number): EpochKeys {
  const keyOf = (sender: number) => ({ kid: BigInt(sender), baseKey: new Uint8Array(32).fill(sender) });
  return { own: keyOf(own), others: [keyOf(other)], isRemoval: false };
}

async function* sound(count: number) {
  for (let at = 0; at < count; at++) yield { bytes: Uint8Array.of(0xf8, at), samples: 960 };
}

describe("the sound of a call", () => {
  it("K3: leaves sealed and in order, opens with the call's keys, and with others is dropped and not recorded", async () => {
    const onWire: HeardPacket[] = [];
    const heard: HeardPacket[] = [];
    const partOf = (): CallSound =>
      new CallSound({ ...system, sequenceNumber: 65_534, send: (one) => onWire.push(one), heard: (one) => heard.push(one) });
    const [ana, ben, eve] = [partOf(), partOf(), partOf()];
    await ana.play(sound(2)); // no keys, no sound
    expect(onWire).toEqual([]);
    await Promise.all([ana.setKeys(keysOf(1, 2)), ben.setKeys(keysOf(2, 1))]);
    const { own, others } = keysOf(3, 1);
    await eve.setKeys({ own, others: others.map(({ kid }) => ({ kid, baseKey: new Uint8Array(32) })), isRemoval: false });
    await ana.play(sound(4));
    expect(onWire.map(({ sequenceNumber, timestamp }) => [sequenceNumber, timestamp])).toEqual([
      [65_534, 0],
      [65_535, 960],
      [0, 1_920],
      [1, 2_880],
    ]);
    expect(onWire.every(({ bytes }) => bytes.length > 2)).toBe(true);
    for (const packet of onWire) await eve.received(packet);
    expect([heard, eve.counts]).toEqual([[], { sent: 0, received: 0, dropped: 4 }]);
    for (const packet of [...onWire, ...onWire]) await ben.received(packet);
    expect(heard.map(({ bytes }) => [...bytes])).toEqual([0, 1, 2, 3].map((at) => [0xf8, at]));
    expect(ben.counts).toEqual({ sent: 0, received: 4, dropped: 4 }); // each opens once
    await ben.setKeys(undefined);
    await ben.play(sound(1));
    expect(ben.counts.sent).toBe(0);
  });

  it("goes out at its own pace, and skips the time that a slow source took", async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const sent: number[] = [];
    const player = new Player({
      clock: { nowMs: () => nowMs },
      timers: {
        after: (ms, run) => {
          waits.push(ms);
          nowMs += ms;
          run();
          return () => undefined;
        },
      },
      send: (_, timestamp) => sent.push(timestamp),
    });
    const source = async function* () {
      yield* sound(3);
      nowMs += 1_000;
      yield* sound(2);
    };
    await player.play(source());
    expect(waits).toEqual([20, 20, 20, 20]);
    expect(sent).toEqual([0, 960, 1_920, 2_880 + 46_080 + 960, 2_880 + 46_080 + 1_920]);
  });
});

describe("a connection of a call in a terminal", () => {
  let turn: RunningTurn;
  beforeAll(async () => {
    turn = await listenTurn({
      realm: "p2pcrypt",
      secret: SECRET,
      hosts: ["127.0.0.1"],
      port: 0,
      relayIps: { ipv4: "127.0.0.1" },
      relayHosts: { ipv4: "127.0.0.1" },
      ports: { first: 40_000, last: 49_999 },
      quotas: DEFAULT_TURN_QUOTAS,
      allowedPeers: [],
    });
  });
  afterAll(() => turn.close());

  const routesOf = () => {
    const { username, password } = createCredentials(SECRET, "lease", Date.now() + 600_000);
    const urls = [`turn:127.0.0.1:${turn.port}?transport=udp`, `turn:127.0.0.1:${turn.port}?transport=tcp`];
    return { iceServers: [{ urls, username, credential: password }], isRelayOnly: true };
  };

  /** @returns what the one who was called saw first. */
  async function outcome(bend: (sdp: string) => string): Promise<{ readonly state: string; readonly found: readonly string[] }> {
    const library = await loadLibrary();
    const found: string[] = [];
    const ends = Promise.withResolvers<string>();
    const partOf = (other: () => SoundConnection, state: (state: string) => void): SoundConnection =>
      new SoundConnection(library, routesOf(), {
        heard: () => undefined,
        events: {
          candidate: (candidate, section) => {
            found.push(candidate);
            void other().add(candidate, section);
          },
          state,
        },
      });
    const ana: SoundConnection = partOf(
      () => ben,
      () => undefined,
    );
    const ben: SoundConnection = partOf(() => ana, ends.resolve);
    await ana.offer(routesOf());
    await ben.answer(bend(ana.description()), routesOf());
    await ana.accept(ben.description());
    const state = await ends.promise;
    ana.close();
    ben.close();
    return { state, found };
  }

  it("K1: with a hidden address it opens one way to the relay and no other, and tells only relayed candidates", async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => /UDP|TCP/.test(name)).length;
    const before = sockets();
    const library = await loadLibrary();
    const heard = () => undefined;
    const found = Promise.withResolvers<string>();
    const connection = new SoundConnection(library, routesOf(), { heard, events: { candidate: found.resolve, state: heard } });
    await connection.offer(routesOf());
    expect(await found.promise).toMatch(/ typ relay /);
    await connection.gathered();
    expect(connection.description().match(/^a=candidate:.*$/gm)).toEqual([expect.stringMatching(/ typ relay /)]);
    // Its own one, and the relay's for it.
    expect(sockets() - before).toBe(2);
    connection.close();
    const none = { iceServers: [], isRelayOnly: true };
    expect(() => new SoundConnection(library, none, { heard, events: { candidate: heard, state: heard } })).toThrow(RangeError);
  });

  it.each(["\r\n", "\n"])("K1: takes no candidate that goes by a name, of lines that end with %j", async (end) => {
    const library = await loadLibrary();
    const seen: string[] = [];
    class Seen extends library.RTCPeerConnection {
      override async setRemoteDescription({ sdp }: { readonly sdp: string }): Promise<void> {
        seen.push(...sdp.split(/\r?\n/));
      }
    }
    const events = { candidate: () => undefined, state: () => undefined };
    const connection = new SoundConnection({ ...library, RTCPeerConnection: Seen }, routesOf(), {
      heard: () => undefined,
      events,
    });
    const named = "a=candidate:1 1 udp 2130706431 somebody.local 9 typ host";
    const plain = "a=candidate:2 1 udp 2130706431 192.0.2.7 9 typ host";
    await connection.accept(["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", named, plain, ""].join(end));
    connection.close();
    expect(seen.filter((line) => line.startsWith("a=candidate:"))).toEqual([plain]);
  });

  it("K2: connects with the certificate that was described, and with no other", async () => {
    const { state, found } = await outcome((sdp) => sdp);
    expect(state).toBe("connected");
    expect(found.every((candidate) => candidate.includes(" typ relay "))).toBe(true);
    const other = (sdp: string): string => sdp.replace(/(?<=a=fingerprint:sha-256 )../, (byte) => (byte === "00" ? "11" : "00"));
    expect((await outcome(other)).state).toBe("failed");
  });
});
