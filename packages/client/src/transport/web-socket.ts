// JSON-RPC over one WebSocket (spec/protocol/api.md section 3).
import { answerFrame, limits, type OperationName, parseJson, type RequestOf, type ResponseOf } from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { ConnectionError, type NodeSocket, type SocketHandler } from "../ports.ts";
import { fromWireError, fromWireResponse, toWireRequest } from "./wire.ts";

/** The part of WebSocket that is used. Handlers are set before anything can happen. */
export interface WebSocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(): void;
}

type CallLarge = <Name extends OperationName>(
  name: Name,
  request: RequestOf<Name>,
  capability: Uint8Array | undefined,
) => Promise<ResponseOf<Name>>;

interface SocketDeps {
  readonly handler: SocketHandler;
  /** For requests that do not fit a frame. */
  readonly callLarge: CallLarge;
}

export function openSocket(connect: (url: string) => WebSocketLike, url: string, deps: SocketDeps): Promise<NodeSocket> {
  return new Promise((resolve, reject) => {
    let socket: WebSocketLike;
    try {
      socket = connect(url);
    } catch (cause) {
      reject(new ConnectionError("connection/unreachable", { cause }));
      return;
    }
    socket.onopen = () => resolve(new RpcSocket(socket, deps));
    socket.onerror = () => reject(new ConnectionError("connection/unreachable"));
    socket.onclose = () => reject(new ConnectionError("connection/unreachable"));
  });
}

interface Waiting {
  readonly answered: (result: unknown) => void;
  readonly failed: (error: Error) => void;
}

class RpcSocket implements NodeSocket {
  readonly #socket: WebSocketLike;
  readonly #deps: SocketDeps;
  readonly #waiting = new Map<string, Waiting>();
  #nextId = 1;
  #isClosed = false;

  constructor(socket: WebSocketLike, deps: SocketDeps) {
    this.#socket = socket;
    this.#deps = deps;
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = () => this.#lost();
    socket.onerror = () => this.#lost();
  }

  call<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
    capability: Uint8Array | undefined,
  ): Promise<ResponseOf<Name>> {
    if (this.#isClosed) return Promise.reject(new ConnectionError("connection/closed"));
    const id = String(this.#nextId);
    const params = {
      ...toWireRequest(name, request),
      ...(capability === undefined ? {} : { capability: encodeBase64Url(capability) }),
    };
    const frame = JSON.stringify({ jsonrpc: "2.0", id, method: name, params });
    if (frame.length > limits.MAX_SOCKET_FRAME_BYTES) return this.#deps.callLarge(name, request, capability);
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const answered = (result: unknown): void => {
        try {
          resolve(fromWireResponse(name, result));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.set(id, { answered, failed: reject });
      this.#socket.send(frame);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#end();
    this.#socket.close();
  }

  #received(data: unknown): void {
    const parsed = typeof data === "string" ? parseJson(data) : undefined;
    if (parsed === undefined) {
      this.#fail();
      return;
    }
    if (isPush(parsed.value)) {
      this.#deps.handler.pushed(parsed.value.method, parsed.value.params);
      return;
    }
    const answer = answerFrame.safeParse(parsed.value);
    if (!answer.success || answer.data.id === null) {
      this.#fail();
      return;
    }
    const waiting = this.#waiting.get(answer.data.id);
    this.#waiting.delete(answer.data.id);
    if ("error" in answer.data) waiting?.failed(fromWireError(answer.data.error.data));
    else waiting?.answered(answer.data.result);
  }

  /** The node speaks nonsense: the connection is of no use. */
  #fail(): void {
    this.#socket.close();
    this.#lost();
  }

  #lost(): void {
    if (this.#isClosed) return;
    this.#end();
    this.#deps.handler.closed();
  }

  #end(): void {
    this.#isClosed = true;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.onerror = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of waiting) failed(new ConnectionError("connection/closed"));
  }
}

function isPush(value: unknown): value is { readonly method: string; readonly params: unknown } {
  return (
    typeof value === "object" && value !== null && "method" in value && typeof value.method === "string" && "params" in value
  );
}
