// Nodes over HTTP and WebSocket, from the two functions that browsers, workers and Node share. No retries here: the client decides.
import { type OperationName, operation, parseJson, type RequestOf, type ResponseOf, toHttpCall } from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { ConnectionError, type NodeSocket, type NodeTransport, type SocketHandler } from "../ports.ts";
import { openSocket, type WebSocketLike } from "./web-socket.ts";
import { fromWireError, fromWireResponse, toWireRequest } from "./wire.ts";

export interface WebTransportDeps {
  readonly fetch: FetchLike;
  /** `new WebSocket(url)`; may throw. */
  readonly connect: (url: string) => WebSocketLike;
}

export type FetchLike = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: "error";
    readonly credentials: "omit";
    readonly referrerPolicy: "no-referrer";
    readonly cache: "no-store";
  },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** Larger answers are cut off by refusing them: a page of records is at most this, and nothing else comes near. */
const MAX_ANSWER_CHARACTERS = 8 * 1024 * 1024;

export function webTransport(deps: WebTransportDeps): NodeTransport {
  const call: NodeTransport["call"] = (nodeUrl, name, request, capability) =>
    callOverHttp(deps, nodeUrl, { name, request, capability });
  return {
    call,
    open: (nodeUrl: string, handler: SocketHandler): Promise<NodeSocket> =>
      openSocket(deps.connect, socketUrl(nodeUrl), {
        handler,
        callLarge: (name, request, capability) => call(nodeUrl, name, request, capability),
      }),
  };
}

async function callOverHttp<Name extends OperationName>(
  { fetch }: WebTransportDeps,
  nodeUrl: string,
  what: { readonly name: Name; readonly request: RequestOf<Name>; readonly capability: Uint8Array | undefined },
): Promise<ResponseOf<Name>> {
  const { name, request, capability } = what;
  if (operation(name).isSocketOnly) throw new TypeError(`${name} goes over a socket only`);
  const { method, target, body } = toHttpCall(name, toWireRequest(name, request));
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (capability !== undefined) headers["authorization"] = `Bearer ${encodeBase64Url(capability)}`;
  const fixed = { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const;
  const init = { method, headers, ...fixed, ...(body === undefined ? {} : { body }) };
  const { status, text } = await answerOf(fetch, `${nodeUrl}${target}`, init);
  const parsed = text.length > MAX_ANSWER_CHARACTERS ? undefined : parseJson(text);
  if (parsed === undefined) throw new ConnectionError("connection/badAnswer");
  if (status < 200 || status > 299) throw fromWireError(parsed.value);
  return fromWireResponse(name, parsed.value);
}

async function answerOf(
  fetch: FetchLike,
  url: string,
  init: Parameters<FetchLike>[1],
): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, init);
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    throw new ConnectionError("connection/unreachable", { cause });
  }
}

function socketUrl(nodeUrl: string): string {
  return `${nodeUrl.replace(/^http/, "ws")}/v1/socket`;
}
