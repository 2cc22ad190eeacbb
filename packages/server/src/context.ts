// What every handler works with.
import type { OperationName, RequestOf, ResponseOf } from "@p2pcrypt/api";
import type { Checkpoints } from "./checkpoints.ts";
import type { Hub, Listener, Subscription } from "./hub.ts";
import type { NodeDeps, NodeOptions } from "./node-options.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { Stats } from "./stats.ts";

export interface NodeContext {
  readonly options: NodeOptions;
  readonly deps: NodeDeps;
  readonly hub: Hub;
  readonly checkpoints: Checkpoints;
  readonly limiter: RateLimiter;
  readonly stats: Stats;
  /** The HTTP binding as an OpenAPI document, made when somebody asks for the first time. */
  readonly openApi: () => string;
}

/** One request, as far as it is not part of the operation. */
export interface Caller {
  /** Key of the address in rate limits. */
  readonly address: string;
  /** Capability token, 32 bytes. */
  readonly capability: Uint8Array | undefined;
  /** The request as it was on the wire, without its proof: what a device signed. */
  readonly signedBody: () => string;
  /** Present over a socket. */
  readonly socket: SocketCaller | undefined;
}

export interface SocketCaller {
  readonly listener: Listener;
  readonly subscriptions: Map<string, Subscription>;
}

/** @throws {ApiError} */
export type Handler<Name extends OperationName> = (
  context: NodeContext,
  request: RequestOf<Name>,
  caller: Caller,
) => Promise<ResponseOf<Name>>;

export type Handlers = { readonly [Name in OperationName]: Handler<Name> };
