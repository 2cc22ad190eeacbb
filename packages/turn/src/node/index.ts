// The relay on this machine's sockets.
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { Clock } from "@p2pcrypt/bytes";
import type { TurnCounters } from "../counters.ts";
import { formatIp, parseIp } from "../ip-address.ts";
import { PeerPolicy, type Subnet } from "../peer-policy.ts";
import type { TurnOptions } from "../ports.ts";
import { TurnServer } from "../turn-server.ts";
import { type DatagramListener, listenForDatagrams, openRelaySocket } from "./datagrams.ts";
import { listenForStreams, type StreamListener, type TlsSource } from "./streams.ts";

export type { TlsFiles, TlsSource } from "./streams.ts";

export interface TurnListenOptions extends TurnOptions {
  /** Addresses of this machine that clients are listened to on, `0.0.0.0` and `::` for all. */
  readonly hosts: readonly string[];
  /** UDP and TCP. 0: any that is free, the same for both. */
  readonly port: number;
  /** TLS over TCP, when there is a certificate. */
  readonly tls?: { readonly port: number; readonly source: TlsSource } | undefined;
  /** Addresses of this machine that relayed packets leave from: others than `relayIps` behind a NAT. */
  readonly relayHosts: TurnOptions["relayIps"];
  /** Special-purpose addresses that relays may talk to all the same. */
  readonly allowedPeers: readonly Subnet[];
}

export interface RunningTurn {
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly allocations: number;
  readonly counters: TurnCounters;
  close(): Promise<void>;
}

const ANY_PORT_ATTEMPTS = 20;
const OWN_ADDRESSES_MS = 5_000;

/** @throws what opening a socket throws: EADDRINUSE, EACCES, EADDRNOTAVAIL, with the port. */
export async function listenTurn(options: TurnListenOptions): Promise<RunningTurn> {
  const { hosts, tls, relayHosts, allowedPeers } = options;
  const ticks: Clock = { nowMs: () => performance.now() };
  const server = new TurnServer(options, {
    clock: { nowMs: () => Date.now() },
    ticks,
    timers: {
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    random: (length) => new Uint8Array(randomBytes(length)),
    policy: new PeerPolicy(ownIps(options, ticks), allowedPeers),
    openRelay: (family, port) => openRelaySocket(relayHosts[family] ?? "", port),
  });
  const received = server.received.bind(server);
  const open: (DatagramListener | StreamListener)[] = [];
  const close = async (): Promise<void> => {
    server.close();
    await Promise.all(open.map((listener) => listener.close()));
  };
  try {
    const port = await listenOnOnePort(options.port, async (wanted) => {
      const opened: (DatagramListener | StreamListener)[] = [];
      let port = wanted;
      try {
        for (const host of hosts) {
          const datagrams = await listenForDatagrams(host, port, received);
          opened.push(datagrams);
          port = datagrams.port;
          opened.push(await listenForStreams(host, port, server));
        }
      } catch (cause) {
        await Promise.all(opened.map((listener) => listener.close()));
        throw cause;
      }
      open.push(...opened);
      return port;
    });
    let tlsPort = tls?.port;
    for (const host of tls === undefined ? [] : hosts) {
      const listener = await listenForStreams(host, tlsPort ?? 0, server, tls?.source);
      open.push(listener);
      tlsPort = listener.port;
    }
    return {
      port,
      tlsPort,
      get allocations() {
        return server.allocations;
      },
      counters: server.counters,
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** A port that the system chose for UDP may be taken for TCP. */
async function listenOnOnePort(port: number, listen: (port: number) => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen(port);
    } catch (cause) {
      if (port !== 0 || attempt === ANY_PORT_ATTEMPTS) throw cause;
    }
  }
}

/** Every address of this machine, and those it is known by outside. Interfaces come and go. */
function ownIps({ hosts, relayIps, relayHosts }: TurnListenOptions, ticks: Clock): () => readonly string[] {
  const fixed = [...hosts, ...Object.values(relayIps), ...Object.values(relayHosts)].filter((ip) => ip !== undefined);
  let known: readonly string[] = [];
  let untilMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (ticks.nowMs() < untilMs) return known;
    untilMs = ticks.nowMs() + OWN_ADDRESSES_MS;
    const now = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []);
    known = [...fixed, ...now].map(canonical);
    return known;
  };
}

function canonical(ip: string): string {
  const bytes = parseIp(ip);
  return bytes === undefined ? ip : formatIp(bytes);
}
