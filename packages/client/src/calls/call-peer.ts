// The media side of a call: follows its orders with one connection, which is a port, so that it runs in a page, in Node and on virtual
// time alike. Offers are made by who called, so both never offer at once.
import type { Timers } from "@p2pcrypt/bytes";
import { MAX_CANDIDATES } from "@p2pcrypt/content";
import type { CallOrder, CallRoutes } from "../call-snapshots.ts";
import type { Calls } from "../call-surface.ts";
import { Lane } from "../run/lane.ts";
import { fingerprintOf, relayedCandidate, withoutAddresses } from "./session-description.ts";

/** An offer or an answer goes out with the candidates that were found by then, soon after the first one; the others follow. */
const GATHERS_FOR_MS = 800;
const GATHERS_ON_MS = 40;
const CANDIDATES_WAIT_MS = 50;

/** A connection that carries media, as RTCPeerConnection does. Every method may reject; then the call fails. */
export interface MediaConnection {
  /** Describes itself anew, and looks for ways along `routes`. */
  offer(routes: CallRoutes): Promise<void>;
  /** Takes their offer and describes itself in answer. */
  answer(sdp: string, routes: CallRoutes): Promise<void>;
  accept(sdp: string): Promise<void>;
  /** The own description with the candidates found so far. */
  description(): string;
  /** Resolves when nothing more is looked for. */
  gathered(): Promise<void>;
  add(candidate: string, section: string): Promise<void>;
  close(): void;
}

export interface MediaConnectionEvents {
  candidate(candidate: string, section: string): void;
  state(state: "connected" | "disconnected" | "failed"): void;
}

export interface CallPeerDeps {
  readonly calls: Pick<Calls, "routes" | "describe" | "offerCandidates" | "report">;
  readonly timers: Timers;
  readonly open: (routes: CallRoutes, events: MediaConnectionEvents) => Promise<MediaConnection>;
}

export class CallPeer {
  readonly #callId: string;
  readonly #deps: CallPeerDeps;
  readonly #lane = new Lane();
  readonly #candidates: string[] = [];
  #connection: MediaConnection | undefined;
  #number = 0;
  #isDescribed = false;
  #firstRoutes: Promise<CallRoutes> | undefined;
  #firstFound: (() => void) | undefined;
  #isRelayOnly = true;
  #isClosed = false;
  /** Of their certificate, which stays the same for the whole call (K2). */
  #fingerprint: string | undefined;

  constructor(callId: string, deps: CallPeerDeps) {
    this.#callId = callId;
    this.#deps = deps;
    // Asked for now: they are there when the first order comes.
    this.#firstRoutes = deps.calls.routes(callId);
    this.#firstRoutes.catch(() => undefined); // whoever waits for them is told
  }

  /** Follows an order once those before it are done. */
  order(order: CallOrder): void {
    this.#lane.run(() => this.#follow(order)).catch(() => this.#fail());
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }

  async #follow(order: CallOrder): Promise<void> {
    if (this.#isClosed) return;
    switch (order.kind) {
      case "offer":
        return this.#describe(order.number, (connection, routes) => connection.offer(routes));
      case "remoteOffer":
        if (!this.#isTheirs(order.sdp)) return this.#fail();
        return this.#describe(order.number, (connection, routes) => connection.answer(order.sdp, routes));
      case "remoteAnswer":
        if (!this.#isTheirs(order.sdp)) return this.#fail();
        return order.number === this.#number ? this.#connection?.accept(order.sdp) : undefined;
      case "candidates":
        for (const one of order.number === this.#number ? order.candidates : []) await this.#add(one);
    }
  }

  async #describe(number: number, run: (connection: MediaConnection, routes: CallRoutes) => Promise<void>): Promise<void> {
    const { calls, timers } = this.#deps;
    const routes = await (this.#firstRoutes ?? calls.routes(this.#callId));
    this.#firstRoutes = undefined;
    if (this.#isClosed) return;
    this.#isRelayOnly = routes.isRelayOnly;
    this.#number = number;
    this.#isDescribed = false;
    this.#candidates.length = 0;
    const connection = this.#connection ?? (await this.#open(routes));
    await run(connection, routes);
    await new Promise<void>((resolve, reject) => {
      let cancel = timers.after(GATHERS_FOR_MS, resolve);
      const within = (ms: number): void => {
        cancel();
        cancel = timers.after(ms, resolve);
      };
      if (this.#candidates.length > 0) within(GATHERS_ON_MS);
      this.#firstFound = () => within(GATHERS_ON_MS);
      connection.gathered().then(() => within(0), reject);
    });
    this.#firstFound = undefined;
    if (this.#isClosed) return;
    const sdp = connection.description();
    this.#candidates.length = 0; // they are in it
    this.#isDescribed = true;
    await calls.describe(this.#callId, { number, sdp: this.#isRelayOnly ? withoutAddresses(sdp) : sdp });
  }

  async #open(routes: CallRoutes): Promise<MediaConnection> {
    const connection = await this.#deps.open(routes, {
      candidate: (candidate, section) => this.#found(candidate, section),
      state: (state) => {
        if (!this.#isClosed) this.#deps.calls.report(this.#callId, state).catch(() => undefined); // the client has ended
      },
    });
    this.#connection = connection;
    if (this.#isClosed) connection.close();
    return connection;
  }

  #found(candidate: string, section: string): void {
    const told = this.#isRelayOnly ? relayedCandidate(candidate) : candidate;
    if (told === undefined || this.#isClosed) return;
    this.#candidates.push(`${section} ${told}`);
    if (this.#candidates.length === 1) this.#firstFound?.();
    if (this.#candidates.length === 1) this.#deps.timers.after(CANDIDATES_WAIT_MS, () => this.#offerCandidates());
  }

  #offerCandidates(): void {
    if (!this.#isDescribed || this.#isClosed) return;
    for (let all = this.#candidates.splice(0); all.length > 0; all = all.slice(MAX_CANDIDATES)) {
      const candidates = all.slice(0, MAX_CANDIDATES);
      this.#deps.calls.offerCandidates(this.#callId, { number: this.#number, candidates }).catch(() => undefined); // it is over
    }
  }

  async #add(text: string): Promise<void> {
    const [section = "", ...rest] = text.split(" ");
    const candidate = rest.join(" ");
    if (candidate.startsWith("candidate:")) await this.#connection?.add(candidate, section);
  }

  #isTheirs(sdp: string): boolean {
    const fingerprint = fingerprintOf(sdp);
    if (fingerprint === undefined || (this.#fingerprint !== undefined && this.#fingerprint !== fingerprint)) return false;
    this.#fingerprint = fingerprint;
    return true;
  }

  #fail(): void {
    if (this.#isClosed) return;
    this.close();
    this.#deps.calls.report(this.#callId, "refused").catch(() => undefined); // the client has ended
  }
}
