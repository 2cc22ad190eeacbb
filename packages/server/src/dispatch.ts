// One path for every operation and both bindings: limit, decode, handle, encode, and every failure as one of the table's codes.
import { ApiError, canonicalJson, type OperationName, operation, toWire } from "@p2pcrypt/api";
import { StorageError } from "@p2pcrypt/storage";
import type { Handler, Handlers, NodeContext, SocketCaller } from "./context.ts";
import { directoryHandlers } from "./handlers/directory.ts";
import { keyPackageHandlers } from "./handlers/key-packages.ts";
import { keyserverHandlers } from "./handlers/keyserver.ts";
import { relayHandlers } from "./handlers/relay.ts";
import { streamHandlers } from "./handlers/streams.ts";
import { subscriptionHandlers } from "./handlers/subscriptions.ts";
import { addressKey, takeOrRefuse } from "./rate-limits.ts";

const HANDLERS: Handlers = {
  ...directoryHandlers,
  ...keyPackageHandlers,
  ...keyserverHandlers,
  ...relayHandlers,
  ...streamHandlers,
  ...subscriptionHandlers,
};

export interface Call {
  readonly name: OperationName;
  /** The request as JSON value, not checked yet. */
  readonly wire: Readonly<Record<string, unknown>>;
  readonly capability: Uint8Array | undefined;
  readonly address: string;
  readonly socket: SocketCaller | undefined;
}

/** The answer as JSON value. @throws {ApiError} and nothing else. */
export async function dispatch(context: NodeContext, call: Call): Promise<unknown> {
  try {
    const answer = await answerTo(context, call);
    context.stats.add(`requests ${call.name} ok`);
    return answer;
  } catch (error) {
    const refusal = toApiError(context, call.name, error);
    context.stats.add(`requests ${call.name} ${refusal.code}`);
    throw refusal;
  }
}

async function answerTo(context: NodeContext, { name, wire, capability, address, socket }: Call): Promise<unknown> {
  const key = addressKey(address);
  takeOrRefuse(context.limiter, `address ${key}`, context.options.rateLimits.address);
  const decoded = operation(name).request.safeParse(wire);
  if (!decoded.success) throw new ApiError("badRequest", fieldOf(decoded.error));
  const signedBody = (): string => {
    const { proof: _, ...rest } = wire;
    return canonicalJson(rest);
  };
  // The table's types and the handlers' agree by construction of `Handlers`; by name they cannot be told apart here.
  const handler = HANDLERS[name] as Handler<OperationName>;
  const answer = await handler(context, decoded.data as never, { address: key, capability, signedBody, socket });
  return toWire(operation(name).response, answer);
}

function fieldOf(error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] }): { readonly field?: string } {
  const path = error.issues[0]?.path.filter((part) => typeof part !== "string" || /^\w{1,30}$/.test(part)).join(".") ?? "";
  return path === "" ? {} : { field: path.slice(0, 100) };
}

/** Every failure as one of the table's codes; what should not happen is reported. */
export function toApiError({ deps }: NodeContext, where: string, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StorageError) {
    if (error.code === "storage/full") return new ApiError("storageFull", {}, { cause: error });
    if (error.code === "storage/damaged") return new ApiError("damaged", {}, { cause: error });
    deps.report({ where, code: error.code, cause: error });
    return new ApiError("unavailable", {}, { cause: error });
  }
  deps.report({ where, code: "internal", cause: error });
  return new ApiError("internal", {}, { cause: error });
}
