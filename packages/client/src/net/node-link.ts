// One node as this client sees it: connected by a socket, or trying, or waiting to try. Resuming what was subscribed belongs to
// whoever listens to `connected`; nothing is queued here.
import type { OperationName, RequestOf, ResponseOf } from "@p2pcrypt/api";
import type { Cancel, Clock, RandomBytes, Timers } from "@p2pcrypt/bytes";
import { ConnectionError, type NodeSocket, type NodeTransport } from "../ports.ts";
import { backoffMs } from "../run/backoff.ts";
import { Gate } from "../run/gate.ts";
import { within } from "../run/within.ts";
import type { NodeState } from "../snapshots.ts";
import type { NodeFacts } from "./node-facts.ts";

export interface NodeLinkDeps {
  readonly transport: NodeTransport;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomBytes;
  /** Who answers there. Rejects with ConnectionError when the answer does not hold. */
  readonly identify: (description: ResponseOf<"node.describe">) => Promise<NodeFacts>;
  readonly stateChanged: (link: NodeLink) => void;
}

/** A push of `stream.record`, `stream.ephemeral` or `stream.ended`, with unchecked params. */
export type StreamPush = (method: string, params: unknown) => void;

const OPEN_TIMEOUT_MS = 20_000;
const CALL_TIMEOUT_MS = 30_000;
const HEARTBEAT_MS = 45_000;
const RETRY = { firstMs: 500, lastMs: 60_000 } as const;
/** Below the node's 64, so that nothing of ours is refused for being one too many. */
const MAX_CALLS_IN_FLIGHT = 32;

export class NodeLink {
  readonly url: string;
  readonly #deps: NodeLinkDeps;
  readonly #gate = new Gate(MAX_CALLS_IN_FLIGHT);
  readonly #connected = new Set<() => void>();
  readonly #pushes = new Map<string, StreamPush>();
  #state: NodeState = { kind: "connecting" };
  #socket: NodeSocket | undefined;
  #facts: NodeFacts | undefined;
  #cancelTimer: Cancel | undefined;
  #attempts = 0;
  /** Counts connections, so that what belongs to an earlier one is recognised and ignored. */
  #generation = 0;
  #isStarted = false;
  #isClosed = false;
  #heardAnything = false;

  constructor(url: string, deps: NodeLinkDeps) {
    this.url = url;
    this.#deps = deps;
  }

  get state(): NodeState {
    return this.#state;
  }

  /** Who answered last time; kept while disconnected. */
  get facts(): NodeFacts | undefined {
    return this.#facts;
  }

  get isConnected(): boolean {
    return this.#state.kind === "connected" && !this.#isClosed;
  }

  /** Grows with every connection: what was subscribed under another number is gone. */
  get generation(): number {
    return this.#generation;
  }

  start(): void {
    if (this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    this.#connect();
  }

  retryNow(): void {
    if (this.#state.kind !== "waiting" || this.#isClosed) return;
    this.#attempts = 0;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#socket?.close();
    this.#socket = undefined;
    this.#generation += 1;
    this.#connected.clear();
    this.#pushes.clear();
  }

  /** Calls back at every new connection, and soon if there is one now. */
  onConnected(run: () => void): () => void {
    this.#connected.add(run);
    return () => this.#connected.delete(run);
  }

  /** Routes a stream's pushes; a second call replaces the first. */
  route(stream: string, push: StreamPush): () => void {
    this.#pushes.set(stream, push);
    return () => {
      if (this.#pushes.get(stream) === push) this.#pushes.delete(stream);
    };
  }

  /** @throws {ApiError} the node's answer. @throws {ConnectionError} at once when not connected, else when no answer came. */
  async call<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
    options: { readonly capability?: Uint8Array | undefined; readonly isLarge?: boolean } = {},
  ): Promise<ResponseOf<Name>> {
    return this.#gate.run(async () => {
      const socket = this.#socket;
      if (socket === undefined) throw new ConnectionError("connection/unreachable");
      const generation = this.#generation;
      const answer = options.isLarge
        ? this.#deps.transport.call(this.url, name, request, options.capability)
        : socket.call(name, request, options.capability);
      try {
        const result = await within(answer, CALL_TIMEOUT_MS, this.#deps.timers, () => new ConnectionError("connection/timeout"));
        this.#heardAnything = true;
        return result;
      } catch (error) {
        if (error instanceof ConnectionError) this.#lost(generation);
        throw error;
      }
    });
  }

  #connect(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#generation += 1;
    const generation = this.#generation;
    this.#become({ kind: "connecting" });
    this.#open(generation).catch((error: unknown) => {
      this.#lost(generation);
      if (!(error instanceof ConnectionError)) throw error;
    });
  }

  async #open(generation: number): Promise<void> {
    const isCurrent = (): boolean => this.#generation === generation && !this.#isClosed;
    const opening = this.#deps.transport.open(this.url, {
      pushed: (method, params) => {
        if (isCurrent()) this.#pushed(method, params);
      },
      closed: () => this.#lost(generation),
    });
    opening.then(
      (socket) => {
        if (!isCurrent()) socket.close(); // answered after the time was over
      },
      () => undefined,
    );
    const timeout = (): Error => new ConnectionError("connection/timeout");
    const socket = await within(opening, OPEN_TIMEOUT_MS, this.#deps.timers, timeout);
    if (!isCurrent()) return;
    this.#socket = socket;
    const description = await within(socket.call("node.describe", {}, undefined), OPEN_TIMEOUT_MS, this.#deps.timers, timeout);
    const facts = await this.#deps.identify(description);
    if (!isCurrent()) return;
    this.#facts = facts;
    this.#attempts = 0;
    this.#become({ kind: "connected" });
    this.#watch(generation);
    for (const run of [...this.#connected]) run();
  }

  #pushed(method: string, params: unknown): void {
    this.#heardAnything = true;
    if (typeof params !== "object" || params === null || !("stream" in params) || typeof params.stream !== "string") return;
    this.#pushes.get(params.stream)?.(method, params);
  }

  /** A connection that is silent in both directions may be dead without knowing. */
  #watch(generation: number): void {
    this.#heardAnything = false;
    this.#cancelTimer = this.#deps.timers.after(HEARTBEAT_MS, () => {
      if (this.#generation !== generation || this.#isClosed) return;
      if (!this.#heardAnything) this.call("node.describe", {}).catch(() => undefined); // `call` itself drops a dead connection
      this.#watch(generation);
    });
  }

  #lost(generation: number): void {
    if (this.#generation !== generation || this.#isClosed) return;
    this.#generation += 1;
    this.#cancelTimer?.();
    this.#socket?.close();
    this.#socket = undefined;
    this.#attempts += 1;
    const delayMs = backoffMs(this.#attempts, RETRY, this.#deps.random);
    this.#cancelTimer = this.#deps.timers.after(delayMs, () => this.#connect());
    this.#become({ kind: "waiting", retryAtMs: this.#deps.clock.nowMs() + delayMs });
  }

  #become(state: NodeState): void {
    this.#state = state;
    this.#deps.stateChanged(this);
  }
}
