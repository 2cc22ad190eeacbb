// A relay on virtual time: clients and peers are functions, ports are taken from a set, and everything that leaves is written down.
import type { Timers } from "@p2pcrypt/bytes";
import {
  type ClientLink,
  createCredentials,
  DEFAULT_TURN_QUOTAS,
  type IpFamily,
  PeerPolicy,
  type RelaySocket,
  type Subnet,
  type TransportAddress,
  TurnClient,
  type TurnQuotas,
  TurnServer,
} from "../../src/index.ts";

export const SECRET = "a secret that node and relay share";
export const RELAY_IPS = { ipv4: "198.51.100.1", ipv6: "2001:db8::1" };
/** Of the node, but no relay's: its other programs listen there. */
export const OTHER_OWN_IP = "93.184.216.10";
/** Peers of the public Internet. */
export const PEER: TransportAddress = { family: "ipv4", ip: "93.184.216.34", port: 40_000 };
export const PEER6: TransportAddress = { family: "ipv6", ip: "2606:2800:220:1::1", port: 40_000 };

export interface Sent {
  readonly fromPort: number;
  readonly family: IpFamily;
  readonly data: Uint8Array;
  readonly ip: string;
  readonly port: number;
}

interface Port {
  readonly socket: RelaySocket;
  receiver: (data: Uint8Array, ip: string, port: number) => void;
}

export interface WorldOptions {
  readonly quotas?: Partial<TurnQuotas>;
  readonly relayIps?: { readonly ipv4?: string; readonly ipv6?: string };
  readonly ports?: { readonly first: number; readonly last: number };
  readonly allowedPeers?: readonly Subnet[];
}

export class TurnWorld {
  readonly server: TurnServer;
  /** What left towards peers. */
  readonly sent: Sent[] = [];
  /** Bytes of answers to each client address. */
  readonly answered = new Map<string, number>();
  /** Wall and ticks at once, unless a test sets the wall. */
  nowMs = Date.UTC(2026, 10, 25, 12);
  wallOffsetMs = 0;
  /** Ports of other programs. */
  readonly taken = new Set<number>();
  readonly #open = new Map<string, Port>();
  readonly #timers: { atMs: number; run: () => void }[] = [];
  readonly #clients = new Map<string, (bytes: Uint8Array) => void>();
  #random = 1;

  constructor({ quotas, relayIps = RELAY_IPS, ports = { first: 50_000, last: 59_999 }, allowedPeers = [] }: WorldOptions = {}) {
    this.server = new TurnServer(
      { realm: "p2pcrypt", secret: SECRET, relayIps, ports, quotas: { ...DEFAULT_TURN_QUOTAS, ...quotas } },
      {
        clock: { nowMs: () => this.nowMs + this.wallOffsetMs },
        ticks: { nowMs: () => this.nowMs },
        timers: this.timers,
        random: (length) => this.random(length),
        policy: new PeerPolicy(() => [...Object.values(RELAY_IPS), OTHER_OWN_IP], allowedPeers),
        openRelay: async (family, port) => this.#openRelay(family, port),
      },
    );
  }

  readonly timers: Timers = {
    after: (delayMs, run) => {
      const timer = { atMs: this.nowMs + delayMs, run };
      this.#timers.push(timer);
      return () => {
        const at = this.#timers.indexOf(timer);
        if (at >= 0) this.#timers.splice(at, 1);
      };
    },
  };

  /** Everybody talks over one UDP socket. */
  readonly udp: ClientLink = {
    id: "udp",
    isStream: false,
    isOpen: () => true,
    send: (bytes, ip, port) => this.toClient(`${ip} ${port}`, bytes),
  };

  /** Open relayed ports, reserved ones included. */
  get openPorts(): readonly number[] {
    return [...this.#open.values()].map(({ socket }) => socket.port);
  }

  /** Ends every wait that is due on the way. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.splice(this.#timers.indexOf(due), 1);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
      await Promise.resolve();
    }
    this.nowMs = untilMs;
  }

  random(length: number): Uint8Array {
    // A linear congruence: repeatable, and all that is needed here.
    return Uint8Array.from({ length }, () => {
      this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
      return this.#random >>> 24;
    });
  }

  client(options: { ip?: string; port?: number; lease?: string; link?: ClientLink; expiresAtMs?: number } = {}): TestClient {
    const { ip = "93.184.216.99", port = 30_000 + this.#clients.size, lease = "lease-a", link = this.udp } = options;
    const credentials = createCredentials(SECRET, lease, options.expiresAtMs ?? this.nowMs + 600_000);
    return new TestClient(this, credentials, { ip, port, link });
  }

  listen(client: string, receive: (bytes: Uint8Array) => void): void {
    this.#clients.set(client, receive);
  }

  toClient(client: string, bytes: Uint8Array): void {
    this.answered.set(client, (this.answered.get(client) ?? 0) + bytes.length);
    this.#clients.get(client)?.(bytes);
  }

  /** A packet of a peer arrives at a relayed port. */
  fromPeer(relayed: TransportAddress, data: Uint8Array, from: TransportAddress): void {
    this.#open.get(`${relayed.family} ${relayed.port}`)?.receiver(data, from.ip, from.port);
  }

  #openRelay(family: IpFamily, port: number): RelaySocket | undefined {
    const name = `${family} ${port}`;
    if (this.#open.has(name) || this.taken.has(port)) return undefined;
    const socket: RelaySocket = {
      port,
      send: (data, ip, toPort) => this.sent.push({ fromPort: port, family, data: data.slice(), ip, port: toPort }),
      receive: (receiver) => {
        opened.receiver = receiver;
      },
      close: () => this.#open.delete(name),
    };
    const opened: Port = { socket, receiver: () => undefined };
    this.#open.set(name, opened);
    return socket;
  }
}

export class TestClient extends TurnClient {
  readonly inbox: readonly { readonly data: Uint8Array; readonly from: TransportAddress }[];
  readonly ip: string;
  readonly port: number;
  readonly link: ClientLink;
  readonly #world: TurnWorld;

  constructor(
    world: TurnWorld,
    credentials: { readonly username: string; readonly password: string },
    { ip, port, link }: { readonly ip: string; readonly port: number; readonly link: ClientLink },
  ) {
    const inbox: { readonly data: Uint8Array; readonly from: TransportAddress }[] = [];
    super(credentials, {
      timers: world.timers,
      random: (length) => world.random(length),
      isStream: link.isStream,
      send: (bytes) => world.server.received(link, ip, port, bytes),
      received: (data, from) => inbox.push({ data: data.slice(), from }),
    });
    this.inbox = inbox;
    this.ip = ip;
    this.port = port;
    this.link = link;
    this.#world = world;
    world.listen(`${ip} ${port}`, (bytes) => this.received(bytes));
  }

  /** Bytes as they are, past the client. */
  raw(bytes: Uint8Array): void {
    this.#world.server.received(this.link, this.ip, this.port, bytes);
  }

  async allocated(): Promise<TransportAddress> {
    const outcome = await this.allocate();
    if (outcome.kind === "error") throw new Error(`allocate: ${outcome.code}`);
    return outcome.relayed;
  }
}

export function codeOf(answer: { readonly kind: string; readonly code?: number }): number {
  return answer.kind === "error" ? (answer.code ?? 0) : 200;
}
