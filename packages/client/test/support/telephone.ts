// What a page does with calls, with connections that exist in this process only: they describe themselves, find candidates, and are
// connected once each has taken what the other described.
import type { CallOrder, CallRoutes, CallSnapshot } from "@p2pcrypt/client";
import { CallPeer, type MediaConnection, type MediaConnectionEvents } from "@p2pcrypt/client/call-peer";
import type { EpochKeys } from "@p2pcrypt/sframe";
import type { Person, World } from "./world.ts";

const ADDRESS = "203.0.113.9";

/** How this telephone's connections lie or fail. */
export interface Behaviour {
  /** Of the certificate, two hexadecimal digits. */
  fingerprint?: string;
  isDeaf?: boolean;
}

export class Telephone {
  readonly person: Person;
  readonly behaviour: Behaviour;
  readonly calls: CallSnapshot[] = [];
  readonly orders: CallOrder[] = [];
  readonly connections: FakeConnection[] = [];
  readonly keys: (EpochKeys | undefined)[] = [];
  /** Hears nothing more. */
  readonly stop: () => void;
  readonly #peers = new Map<string, CallPeer>();

  constructor(world: World, person: Person, behaviour: Behaviour = {}) {
    this.person = person;
    this.behaviour = behaviour;
    const { client } = person;
    this.stop = client.subscribe((event) => {
      if (event.kind === "call") {
        const isNew = !this.calls.some(({ id }) => id === event.call.id);
        this.calls.push(event.call);
        if (isNew) client.watchCallKeys?.(event.call.id, (keys) => this.keys.push(keys));
        if (event.call.state === "ended") this.#peers.get(event.call.id)?.close();
      }
      if (event.kind !== "callOrder") return;
      this.orders.push(event.order);
      const open = async (routes: CallRoutes, events: MediaConnectionEvents): Promise<MediaConnection> => {
        const connection = new FakeConnection(routes, events, behaviour);
        this.connections.push(connection);
        return connection;
      };
      const peer = this.#peers.get(event.callId) ?? new CallPeer(event.callId, { calls: client.calls, timers: world.time, open });
      this.#peers.set(event.callId, peer);
      peer.order(event.order);
    });
  }

  /** The newest of the call's states; of the newest call when no id is given. */
  call(id = this.calls.at(-1)?.id): CallSnapshot | undefined {
    return this.calls.findLast((call) => call.id === id);
  }

  get connection(): FakeConnection | undefined {
    return this.connections.at(-1);
  }
}

export class FakeConnection implements MediaConnection {
  readonly routes: CallRoutes[] = [];
  readonly candidates: string[] = [];
  taken: string | undefined;
  isClosed = false;
  readonly #events: MediaConnectionEvents;
  readonly #behaviour: Behaviour;
  #round = 0;

  constructor(routes: CallRoutes, events: MediaConnectionEvents, behaviour: Behaviour) {
    this.routes.push(routes);
    this.#events = events;
    this.#behaviour = behaviour;
  }

  async offer(routes: CallRoutes): Promise<void> {
    this.routes.push(routes);
    this.#round += 1;
  }

  async answer(sdp: string, routes: CallRoutes): Promise<void> {
    await this.offer(routes);
    this.#take(sdp);
  }

  async accept(sdp: string): Promise<void> {
    this.#take(sdp);
  }

  description(): string {
    const { fingerprint = "AB" } = this.#behaviour;
    return [
      "v=0",
      `o=- 1 ${this.#round} IN IP4 127.0.0.1`,
      `c=IN IP4 ${ADDRESS}`,
      `m=audio 54321 UDP/TLS/RTP/SAVPF 111`,
      `a=fingerprint:sha-256 ${new Array(32).fill(fingerprint).join(":")}`,
      `a=candidate:1 1 udp 2122260223 ${ADDRESS} 54321 typ host`,
      `a=candidate:2 1 udp 41885695 198.51.100.7 50000 typ relay raddr ${ADDRESS} rport 54321`,
      "",
    ].join("\r\n");
  }

  async gathered(): Promise<void> {}

  async add(candidate: string): Promise<void> {
    this.candidates.push(candidate);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The network does something. */
  becomes(state: "connected" | "disconnected" | "failed"): void {
    this.#events.state(state);
  }

  finds(candidate: string): void {
    this.#events.candidate(candidate, "0");
  }

  #take(sdp: string): void {
    this.taken = sdp;
    if (this.#behaviour.isDeaf !== true) this.#events.state("connected");
  }
}

export { ADDRESS as HOME_ADDRESS };
