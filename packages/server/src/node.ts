// A node: requests and sockets in, answers and pushes out. It opens nothing and owns nothing but what it is given.
import { ApiError, errorFrame, toOpenApi } from "@p2pcrypt/api";
import { type BlobRequest, type BlobResponse, handleBlob } from "./blob-http.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { NodeContext } from "./context.ts";
import { Expiry } from "./expiry.ts";
import { handleHttp, type NodeRequest, type NodeResponse } from "./http.ts";
import { Hub } from "./hub.ts";
import type { NodeDeps, NodeOptions } from "./node-options.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { MAX_RATE_KEYS } from "./rate-limits.ts";
import { type SocketPeer, SocketSession } from "./socket-session.ts";
import { Stats } from "./stats.ts";
import { Uploads } from "./uploads.ts";

export class Node {
  readonly #context: NodeContext;
  readonly #expiry: Expiry;
  readonly #uploads = new Uploads();
  readonly #sessions = new Set<SocketSession>();
  #working = 0;
  #isDraining = false;
  #drained: (() => void) | undefined;

  constructor(options: NodeOptions, deps: NodeDeps) {
    const stats = new Stats();
    const checkpoints = new Checkpoints(options, deps);
    const failed = (cause: unknown): void => deps.report({ where: "hub", code: "internal", cause });
    const hub = new Hub({ store: deps.store, checkpoints, stats, failed });
    const limiter = new RateLimiter(deps.clock, MAX_RATE_KEYS);
    this.#context = {
      options,
      deps,
      hub,
      checkpoints,
      stats,
      limiter,
      openApi: onceAsked(() => JSON.stringify(toOpenApi(options.version))),
    };
    this.#expiry = new Expiry(deps);
  }

  /** Begins to delete what is no longer kept. */
  start(): void {
    this.#expiry.start();
  }

  async handle(request: NodeRequest): Promise<NodeResponse> {
    if (this.#isDraining) {
      const { code, message } = new ApiError("unavailable");
      return {
        status: 503,
        headers: { "content-type": "application/json", "retry-after": "5" },
        body: JSON.stringify({ code, message }),
      };
    }
    return this.#tracked(() => handleHttp(this.#context, request));
  }

  /** What is asked below /v1/blobs: bytes as streams, both ways. */
  async handleBlob(request: BlobRequest): Promise<BlobResponse> {
    if (this.#isDraining) {
      const { code, message } = new ApiError("unavailable");
      const headers = { "content-type": "application/json", "retry-after": "5" };
      return { status: 503, headers, body: JSON.stringify({ code, message }) };
    }
    return this.#tracked(() => handleBlob(this.#context, this.#uploads, request));
  }

  /** For one WebSocket at /v1/socket. */
  socket(peer: SocketPeer): NodeSocket {
    const session = new SocketSession(this.#context, peer);
    this.#sessions.add(session);
    return {
      received: async (text) => {
        if (this.#isDraining) peer.send(errorFrame(null, new ApiError("unavailable")));
        else await this.#tracked(() => session.received(text));
      },
      closed: () => {
        session.closed();
        this.#sessions.delete(session);
      },
    };
  }

  get stats(): NodeStats {
    const { stats, hub, limiter } = this.#context;
    return {
      counts: stats.entries(),
      sockets: this.#sessions.size,
      subscriptions: hub.subscriptions,
      rateKeys: limiter.size,
      uploads: this.#uploads.size,
    };
  }

  /** Whether the store answers. */
  async isReady(): Promise<boolean> {
    if (this.#isDraining) return false;
    try {
      await this.#context.deps.store.usage();
      return true;
    } catch (cause) {
      this.#context.deps.report({ where: "readiness", code: "unavailable", cause });
      return false;
    }
  }

  /** Takes no more requests; resolves when those that began are answered. The store stays open. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#uploads.cutOff();
    await this.#expiry.stop();
    if (this.#working === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  async #tracked<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#working += 1;
    try {
      return await run();
    } finally {
      this.#working -= 1;
      if (this.#isDraining && this.#working === 0) this.#drained?.();
    }
  }
}

export interface NodeSocket {
  received(text: string): Promise<void>;
  closed(): void;
}

export interface NodeStats {
  readonly counts: readonly (readonly [name: string, count: number])[];
  readonly sockets: number;
  readonly subscriptions: number;
  readonly rateKeys: number;
  /** Blobs that are being written to. */
  readonly uploads: number;
}

function onceAsked<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export function createNode(options: NodeOptions, deps: NodeDeps): Node {
  return new Node(options, deps);
}
