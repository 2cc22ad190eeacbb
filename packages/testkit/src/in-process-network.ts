// Nodes and clients in one process: the transport calls a node's functions, and between them lies a network that loses, delays,
// doubles and reorders. Every message crosses as the JSON text that a real connection would carry.
import {
  answerFrame,
  isOperationName,
  type OperationName,
  operation,
  parseErrorBody,
  type RequestOf,
  type ResponseOf,
  toHttpCall,
  toWire,
} from "@p2pcrypt/api";
import { encodeBase64Url, encodeUtf8, type RandomBytes, type Timers } from "@p2pcrypt/bytes";
import { type NodeSocket as ClientSocket, ConnectionError, type NodeTransport, type SocketHandler } from "@p2pcrypt/client";
import type { Node } from "@p2pcrypt/server";

/** What can happen to one message on its way, decided by the network's own randomness. */
export interface Weather {
  /** Of 256: how often a message is lost together with its connection. */
  readonly loss: number;
  /** Longest delay of one message. Requests outside of sockets overtake each other by it. */
  readonly delayMs: number;
  /** Of 256: how often a request reaches a node twice (the second time later, its answer unheard), and a push its reader. */
  readonly doubled?: number;
  /** Of 256: how often a push is overtaken by those behind it. */
  readonly overtaken?: number;
}

export const FAIR_WEATHER: Weather = { loss: 0, delayMs: 0 };

/** What the network needs of a node: an honest one, or one that is not. */
export type AttachedNode = Pick<Node, "handle" | "socket">;

interface Attached {
  readonly node: AttachedNode;
  /** Rejects when the node is gone. */
  readonly gone: Promise<never>;
  readonly end: () => void;
}

export class InProcessNetwork {
  readonly #nodes = new Map<string, Attached>();
  readonly #timers: Timers;
  readonly #random: RandomBytes;
  readonly #connections = new Set<Connection>();
  weather: Weather = FAIR_WEATHER;
  /** Sees everything that travels, as text. */
  tap: (text: string) => void = () => undefined;

  constructor(timers: Timers, random: RandomBytes) {
    this.#timers = timers;
    this.#random = random;
  }

  attach(url: string, node: AttachedNode): void {
    let end = (): void => undefined;
    const gone = new Promise<never>((_, reject) => {
      end = () => reject(new ConnectionError("connection/closed"));
    });
    gone.catch(() => undefined); // nobody may be waiting
    this.#nodes.set(url, { node, gone, end });
  }

  /** The node is gone: nothing answers, every connection to it ends. */
  detach(url: string): void {
    this.#nodes.get(url)?.end();
    this.#nodes.delete(url);
    for (const connection of [...this.#connections]) if (connection.url === url) connection.cut();
  }

  /** All that one client sees of the network. */
  transport(address: string): NodeTransport & { readonly cut: () => void } {
    return {
      cut: () => {
        for (const connection of [...this.#connections]) if (connection.address === address) connection.cut();
      },
      open: async (url, handler) => {
        await this.carry();
        const attached = this.#nodes.get(url);
        if (attached === undefined) throw new ConnectionError("connection/unreachable");
        return this.#connect(url, attached.node, address, handler);
      },
      call: async <Name extends OperationName>(
        url: string,
        name: Name,
        request: RequestOf<Name>,
        capability: Uint8Array | undefined,
      ): Promise<ResponseOf<Name>> => {
        await this.carry();
        const attached = this.#nodes.get(url);
        if (attached === undefined) throw new ConnectionError("connection/unreachable");
        const { node, gone } = attached;
        const { method, target, body } = toHttpCall(name, wireOf(name, request));
        const bytes = encodeUtf8(body ?? "");
        this.tap(`${target} ${body ?? ""}`);
        const wire = {
          method,
          target,
          address,
          authorization: capability === undefined ? undefined : `Bearer ${encodeBase64Url(capability)}`,
          contentType: body === undefined ? undefined : "application/json",
          readBody: async (maxBytes: number) => (bytes.length > maxBytes ? undefined : bytes),
        };
        if (this.happens(this.weather.doubled))
          this.later(() => {
            if (this.#nodes.get(url) === attached) node.handle(wire).catch(() => undefined);
          });
        const { status, body: text } = await Promise.race([node.handle(wire), gone]);
        this.tap(text);
        await this.carry();
        return responseOf(name, status, JSON.parse(text));
      },
    };
  }

  #connect(url: string, node: AttachedNode, address: string, handler: SocketHandler): ClientSocket {
    const connection = new Connection(this, url, address, handler);
    this.#connections.add(connection);
    connection.attach(node.socket({ address, send: (text) => connection.fromNode(text) }), () =>
      this.#connections.delete(connection),
    );
    return connection;
  }

  /** Whether something that happens so often of 256 happens now. Asks for no randomness when it never does. */
  happens(often = 0): boolean {
    return often > 0 && (this.#random(1)[0] ?? 0) < often;
  }

  /** Some time after now, as the weather is. */
  later(run: () => void): void {
    const [wait = 0] = this.#random(1);
    this.#timers.after((wait * (this.weather.delayMs + 1_000)) / 256, run);
  }

  /** One message's way. @throws {ConnectionError} when it is lost. */
  async carry(): Promise<void> {
    const { loss, delayMs } = this.weather;
    const [dice = 0, wait = 0] = loss + delayMs > 0 ? this.#random(2) : [];
    if (delayMs > 0) await new Promise<void>((resolve) => this.#timers.after((wait * delayMs) / 256, resolve));
    if (dice < loss) throw new ConnectionError("connection/closed");
  }
}

class Connection implements ClientSocket {
  readonly url: string;
  readonly address: string;
  readonly #network: InProcessNetwork;
  readonly #handler: SocketHandler;
  readonly #waiting = new Map<string, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #node: ReturnType<Node["socket"]> | undefined;
  #detach: (() => void) | undefined;
  #isOpen = true;
  #nextId = 0;
  /** Each direction keeps its order, as a TCP connection does. */
  #toNode: Promise<void> = Promise.resolve();
  #toClient: Promise<void> = Promise.resolve();

  constructor(network: InProcessNetwork, url: string, address: string, handler: SocketHandler) {
    this.#network = network;
    this.url = url;
    this.address = address;
    this.#handler = handler;
  }

  attach(node: ReturnType<Node["socket"]>, detach: () => void): void {
    this.#node = node;
    this.#detach = detach;
  }

  async call<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
    capability: Uint8Array | undefined,
  ): Promise<ResponseOf<Name>> {
    if (!this.#isOpen) throw new ConnectionError("connection/closed");
    this.#nextId += 1;
    const id = String(this.#nextId);
    const params = { ...wireOf(name, request), ...(capability === undefined ? {} : { capability: encodeBase64Url(capability) }) };
    const text = JSON.stringify({ jsonrpc: "2.0", id, method: name, params });
    this.#network.tap(text);
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#toNode = this.#toNode.then(async () => {
      await this.#way();
      // The node answers when it can; what follows on this connection does not wait for that.
      if (this.#isOpen) this.#node?.received(text).catch(() => this.cut());
    });
    const decoded = operation(name).response.safeParse(await answer);
    if (!decoded.success) throw new ConnectionError("connection/badAnswer");
    return decoded.data as ResponseOf<Name>;
  }

  close(): void {
    this.#end();
  }

  /** The connection is lost; both sides notice. */
  cut(): void {
    if (!this.#isOpen) return;
    this.#end();
    this.#handler.closed();
  }

  fromNode(text: string): void {
    this.#network.tap(text);
    this.#toClient = this.#toClient.then(async () => {
      await this.#way();
      if (this.#isOpen) this.#received(JSON.parse(text));
    });
  }

  #received(frame: unknown): void {
    if (typeof frame === "object" && frame !== null && "method" in frame && "params" in frame) {
      const { method, params } = frame;
      const push = (): void => {
        if (this.#isOpen) this.#handler.pushed(String(method), params);
      };
      const { doubled, overtaken } = this.#network.weather;
      const isOvertaken = this.#network.happens(overtaken);
      if (isOvertaken || this.#network.happens(doubled)) this.#network.later(push);
      if (!isOvertaken) push();
      return;
    }
    const answer = answerFrame.parse(frame);
    const waiting = this.#waiting.get(answer.id ?? "");
    this.#waiting.delete(answer.id ?? "");
    if ("error" in answer) waiting?.reject(parseErrorBody(answer.error.data) ?? new ConnectionError("connection/badAnswer"));
    else waiting?.resolve(answer.result);
  }

  async #way(): Promise<void> {
    try {
      await this.#network.carry();
    } catch {
      this.cut(); // a lost segment of a stream is a lost stream
    }
  }

  #end(): void {
    this.#isOpen = false;
    this.#node?.closed();
    this.#detach?.();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new ConnectionError("connection/closed"));
  }
}

function wireOf<Name extends OperationName>(name: Name, request: RequestOf<Name>): Record<string, unknown> {
  const encoded = toWire(operation(name).request, request);
  return Object.fromEntries(Object.entries(encoded ?? {}));
}

function responseOf<Name extends OperationName>(name: Name, status: number, value: unknown): ResponseOf<Name> {
  if (status !== 200) throw parseErrorBody(value) ?? new ConnectionError("connection/badAnswer");
  if (!isOperationName(name)) throw new TypeError(name);
  const decoded = operation(name).response.safeParse(value);
  if (!decoded.success) throw new ConnectionError("connection/badAnswer", { cause: decoded.error });
  return decoded.data as ResponseOf<Name>;
}
