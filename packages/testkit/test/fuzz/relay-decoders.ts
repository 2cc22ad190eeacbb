// What a relay reads: datagrams of strangers, messages of a client with an allocation, and streams that are to be cut into messages.
import { DecodeError, decodeHex, encodeHex } from "@p2pcrypt/bytes";
import {
  type ClientLink,
  createCredentials,
  DEFAULT_TURN_QUOTAS,
  PeerPolicy,
  type RelaySocket,
  TurnClient,
  TurnServer,
} from "@p2pcrypt/turn";
import { StreamFraming } from "../../../turn/src/stream-framing.ts";
import type { Decoder } from "./fuzzer.ts";

const SECRET = "of the fuzzer";
const CLIENT = { ip: "93.184.216.99", port: 4000 };
/** In its own words: another answer is another way through the code. */
let answers: string[] = [];
let random = 1;
let strangers = 0;

const link: ClientLink = {
  id: "udp",
  isStream: false,
  isOpen: () => true,
  send: (bytes) =>
    answers.push(encodeHex(bytes.subarray(0, 2)) + (bytes[20] === 0 && bytes[21] === 9 ? `${bytes[26]}${bytes[27]}` : "")),
};
const noTimers = { after: () => () => undefined };
const randomBytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, () => {
    random = (random * 75 + 74) % 65_537;
    return random & 255;
  });

const server = new TurnServer(
  {
    realm: "p2pcrypt",
    secret: SECRET,
    relayIps: { ipv4: "93.184.216.1", ipv6: "2606:2800::1" },
    ports: { first: 50_000, last: 50_001 },
    quotas: { ...DEFAULT_TURN_QUOTAS, bytesPerSecondPerAllocation: 1e15, bytesPerSecond: 1e15, bytesPerLeasePerDay: 1e15 },
  },
  {
    clock: { nowMs: () => 0 },
    // Time stands still, so that what the recorded call made stays there.
    ticks: { nowMs: () => 0 },
    timers: noTimers,
    random: randomBytes,
    policy: new PeerPolicy(() => ["93.184.216.1"]),
    openRelay: async (_family, port): Promise<RelaySocket> => ({
      port,
      receive: () => undefined,
      close: () => undefined,
      send: (data) => answers.push(`relayed ${data.length > 0}`),
    }),
  },
);

/** What a client sends in a call, recorded as it is sent. */
async function recordedCall(): Promise<readonly Uint8Array[]> {
  const sent: Uint8Array[] = [];
  let client: TurnClient | undefined;
  const credentials = createCredentials(SECRET, "fuzz", 600_000);
  const here: ClientLink = { ...link, send: (bytes) => client?.received(bytes) };
  client = new TurnClient(credentials, {
    timers: noTimers,
    random: randomBytes,
    isStream: false,
    received: () => undefined,
    send: (bytes) => {
      sent.push(bytes);
      server.received(here, CLIENT.ip, CLIENT.port, bytes);
    },
  });
  const peer = { family: "ipv4", ip: "93.184.216.34", port: 1 } as const;
  await client.binding();
  await client.allocate();
  await client.permit(peer);
  await client.bind(0x4000, peer);
  client.send(peer, Uint8Array.of(1, 2, 3));
  client.sendOver(0x4000, Uint8Array.of(1, 2, 3));
  await client.refresh(600);
  return sent;
}

const recorded = await recordedCall();

export const RELAY_DECODERS: readonly Decoder[] = [
  {
    name: "datagrams of strangers",
    seeds: recorded,
    // Each another one: who asks often is not answered.
    run: (bytes) => answersTo(bytes, `93.185.${(strangers++ >> 8) & 255}.${strangers & 255}`),
  },
  {
    name: "messages of a relay client",
    seeds: recorded,
    run: (bytes) => answersTo(bytes, CLIENT.ip),
  },
  {
    name: "streams of relay clients",
    seeds: [Uint8Array.from(recorded.flatMap((bytes) => [...bytes])), decodeHex("4000000301020300")],
    run: (bytes) => {
      const framing = new StreamFraming();
      try {
        const sizes = [1, 7, bytes.length].map(
          (size, i, all) => framing.push(bytes.subarray(i === 0 ? 0 : all[i - 1], size)).length,
        );
        return sizes.join();
      } catch (error) {
        if (error instanceof DecodeError) return error.message;
        throw error;
      }
    },
  },
];

function answersTo(bytes: Uint8Array, ip: string): string {
  answers = [];
  const { malformed, droppedWithoutPermission, unanswered } = server.counters;
  server.received(link, ip, CLIENT.port, bytes);
  const { counters } = server;
  const counted = [
    counters.malformed - malformed,
    counters.droppedWithoutPermission - droppedWithoutPermission,
    counters.unanswered - unanswered,
  ];
  return [...counted, ...answers].join();
}
