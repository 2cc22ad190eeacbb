// Our relay and Debian's coturn under the same load of turnutils_uclient in the same run: what a packet costs, how many pass, how long one
// takes, and what an allocation weighs. Where coturn is not installed there is nothing to compare with, and the suite says so.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createCredentials, type TransportAddress, TurnClient } from "@p2pcrypt/turn";
import { systemRandom, systemTimers } from "../../apps/cli/src/platform.ts";
import { HAS_COTURN, type Load, loadRelay, openEcho, PEER_IP, RELAY_SECRET, RelayProcess } from "../relay-process.ts";
import { percentile, type Result, rounded } from "../result.ts";

/** A voice or video packet. */
const BYTES = 400;
/** Busy, so that what a wake-up costs is shared by several packets, for both alike. */
const CPU_LOAD = { clients: 20, intervalMs: 2 };
const STEP_INTERVAL_MS = 5;
const SECONDS = 3;
const ALLOCATIONS = 1_000;
/** Before them, so that code is loaded. */
const WARM_ALLOCATIONS = 100;
const DELAY_PACKETS = 1_000;
const DELAY_INTERVAL_MS = 5;
/** Clients that send 200 packets/s each. */
const STEPS = [10, 20, 30, 40, 60];
const MAX_LOSS = 0.001;
const CHANNEL = 0x4000;

interface Measured {
  readonly cpuUs: number;
  readonly meetingCpuUs: number;
  readonly passed: number;
  readonly allocationKib: number;
  readonly delaysMs: readonly number[];
}

export async function run(): Promise<Result[]> {
  if (!HAS_COTURN) {
    console.error("coturn is not installed (Debian: apt install coturn): nothing to load a relay with");
    return [];
  }
  const ours = await measured(() => RelayProcess.ours());
  const theirs = await measured(() => RelayProcess.coturn());
  const direct = await directDelays();
  const added = (delays: readonly number[], percent: number): number => percentile(delays, percent) - percentile(direct, percent);
  const ratio = (a: number, b: number): number => rounded(a / b, 2);
  return [
    { name: "our relay: CPU for a packet to a peer", value: rounded(ours.cpuUs, 1), unit: "µs" },
    { name: "coturn: the same", value: rounded(theirs.cpuUs, 1), unit: "µs" },
    { name: "packets per core, ours to coturn's", value: ratio(theirs.cpuUs, ours.cpuUs), unit: "times", goal: { atLeast: 0.5 } },
    { name: "our relay: CPU for a packet between two of its clients", value: rounded(ours.meetingCpuUs, 1), unit: "µs" },
    { name: "coturn: the same", value: rounded(theirs.meetingCpuUs, 1), unit: "µs" },
    { name: "the same, ours to coturn's", value: ratio(theirs.meetingCpuUs, ours.meetingCpuUs), unit: "times" },
    {
      name: "our relay: highest rate with loss under 0.1 %",
      value: rounded(ours.passed),
      unit: "packets/s",
      note: "there and back",
    },
    { name: "coturn: the same", value: rounded(theirs.passed), unit: "packets/s" },
    { name: "our relay: memory of an allocation, at 1,000", value: rounded(ours.allocationKib, 1), unit: "KiB" },
    { name: "coturn: the same", value: rounded(theirs.allocationKib, 1), unit: "KiB" },
    { name: "our relay: added delay there and back, median", value: rounded(added(ours.delaysMs, 50), 2), unit: "ms" },
    { name: "our relay: added delay there and back, p99", value: rounded(added(ours.delaysMs, 99), 2), unit: "ms" },
    { name: "coturn: added delay there and back, median", value: rounded(added(theirs.delaysMs, 50), 2), unit: "ms" },
    { name: "coturn: added delay there and back, p99", value: rounded(added(theirs.delaysMs, 99), 2), unit: "ms" },
  ];
}

async function measured(start: () => Promise<RelayProcess>): Promise<Measured> {
  // One that nobody was at: clients that left without a word still have their allocations, and their ports.
  const fresh = await start();
  const kib = await allocationKib(fresh).finally(() => fresh.stop());
  const relay = await start();
  const echo = await openEcho();
  try {
    const load = (clients: number, intervalMs: number, peerPort: number | undefined): Load => ({
      clients,
      packets: (SECONDS * 1000) / intervalMs,
      intervalMs,
      bytes: BYTES,
      peerPort,
    });
    const busy = (peerPort: number | undefined): Load => load(CPU_LOAD.clients, CPU_LOAD.intervalMs, peerPort);
    const delaysMs = await relayedDelays(relay.port, echo.port);
    await loadRelay(relay.port, busy(echo.port)); // compiled, and its heap grown
    const cpuUs = await cpuOf(relay, busy(echo.port));
    const meetingCpuUs = await cpuOf(relay, busy(undefined));
    let passed = 0;
    for (const clients of STEPS) {
      const { sent, received } = await loadRelay(relay.port, load(clients, STEP_INTERVAL_MS, echo.port));
      if (1 - received / sent > MAX_LOSS) break;
      passed = clients * (1000 / STEP_INTERVAL_MS);
    }
    return { cpuUs, meetingCpuUs, passed, delaysMs, allocationKib: kib };
  } finally {
    echo.close();
    await relay.stop();
  }
}

/** Microseconds for each packet on one way, set-up included. */
async function cpuOf(relay: RelayProcess, load: Load): Promise<number> {
  const beforeMs = relay.cpuMs();
  const { sent, received } = await loadRelay(relay.port, load);
  // To an echo, a packet passes twice: there and back.
  const passages = load.peerPort === undefined ? sent : sent + received;
  return ((relay.cpuMs() - beforeMs) * 1000) / passages;
}

async function allocationKib(relay: RelayProcess): Promise<number> {
  const clients: OpenClient[] = [];
  for (let n = 0; n < WARM_ALLOCATIONS + ALLOCATIONS; n++) clients.push(await openClient(relay.port));
  for (const { client } of clients.slice(0, WARM_ALLOCATIONS)) await allocated(client);
  const beforeKib = relay.rssKib();
  for (const { client } of clients.slice(WARM_ALLOCATIONS)) await allocated(client);
  const kib = (relay.rssKib() - beforeKib) / ALLOCATIONS;
  for (const { client, socket } of clients) {
    await client.refresh(0);
    socket.close();
  }
  return kib;
}

interface OpenClient {
  readonly client: TurnClient;
  readonly socket: Socket;
}

async function openClient(port: number, received: (data: Uint8Array) => void = () => undefined): Promise<OpenClient> {
  const socket = createSocket("udp4");
  const client = new TurnClient(createCredentials(RELAY_SECRET, "bench", Date.now() + 3_600_000), {
    timers: systemTimers,
    random: systemRandom,
    isStream: false,
    received,
    send: (bytes) => socket.send(bytes),
  });
  socket.on("message", (bytes) => client.received(bytes));
  socket.on("error", () => undefined); // a packet that nobody took is asked for again
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return { client, socket };
}

async function allocated(client: TurnClient): Promise<TransportAddress> {
  const outcome = await client.allocate();
  if (outcome.kind === "error") throw new Error(`allocate: ${outcome.code}`);
  return outcome.relayed;
}

async function relayedDelays(port: number, echoPort: number): Promise<readonly number[]> {
  const pings = new Pings();
  const { client, socket } = await openClient(port, (data) => pings.heard(data));
  try {
    await allocated(client);
    const answer = await client.bind(CHANNEL, { family: "ipv4", ip: PEER_IP, port: echoPort });
    if (answer.kind === "error") throw new Error(`bind: ${answer.code}`);
    return await pings.send((data) => client.sendOver(CHANNEL, data));
  } finally {
    await client.refresh(0);
    socket.close();
  }
}

async function directDelays(): Promise<readonly number[]> {
  const pings = new Pings();
  const echo = await openEcho();
  const socket = createSocket("udp4", (data) => pings.heard(data));
  socket.connect(echo.port, PEER_IP);
  await once(socket, "connect");
  const delays = await pings.send((data) => socket.send(data));
  socket.close();
  echo.close();
  return delays;
}

/** Numbered packets, and how long each was away. */
class Pings {
  readonly #sentAtMs = new Map<number, number>();
  readonly #delaysMs: number[] = [];

  heard(data: Uint8Array): void {
    const number = new DataView(data.buffer, data.byteOffset).getUint32(0);
    const atMs = this.#sentAtMs.get(number);
    if (atMs !== undefined && this.#sentAtMs.delete(number)) this.#delaysMs.push(performance.now() - atMs);
  }

  async send(send: (data: Uint8Array) => void): Promise<readonly number[]> {
    for (let number = 0; number < DELAY_PACKETS; number++) {
      const data = new Uint8Array(BYTES);
      new DataView(data.buffer).setUint32(0, number);
      this.#sentAtMs.set(number, performance.now());
      send(data);
      await new Promise((resolve) => setTimeout(resolve, DELAY_INTERVAL_MS));
    }
    return this.#delaysMs;
  }
}
