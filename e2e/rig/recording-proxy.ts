// Everything that one browser sends goes through here: it is written down, and can be cut off. WebSockets come as tunnels, so their
// target is known and their content is not.
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";

export interface Recorded {
  /** `CONNECT` for a tunnel. */
  readonly method: string;
  readonly host: string;
  /** Path and query; empty for a tunnel. */
  readonly path: string;
  readonly referrer: string | undefined;
  /** Part of what is read. */
  readonly range?: string;
}

/** Where it looks for newer parts of itself. No page of ours knows that name. */
const BROWSERS_OWN = "redirector.gvt1.com:443";

export class RecordingProxy {
  readonly recorded: Recorded[] = [];
  /** Where a host with its port really is: names that only this browser knows. */
  readonly names = new Map<string, string>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor() {
    this.#server = createServer((incoming, response) => this.#forward(incoming, response));
    this.#server.on("connection", (socket) => this.#keep(socket));
    this.#server.on("connect", (incoming: IncomingMessage, socket: Socket) => this.#tunnel(incoming, socket));
  }

  static async open(): Promise<RecordingProxy> {
    const proxy = new RecordingProxy();
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** Hosts with ports, each once, but for what Chromium asks by itself in spite of every flag. */
  hosts(): string[] {
    return [...new Set(this.recorded.map(({ host }) => host))].filter((host) => host !== BROWSERS_OWN).sort();
  }

  /** Ends what is open and refuses what comes, as when the cable is pulled. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #keep(socket: Socket): void {
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    // A connection to the node serves many requests.
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = "GET", headers } = incoming;
    const target = new URL(incoming.url ?? "/", "http://unknown.invalid");
    const path = `${target.pathname}${target.search}`;
    const range = headers.range === undefined ? {} : { range: headers.range };
    this.recorded.push({ method, host: target.host, path, referrer: headers.referer, ...range });
    const onward = request(this.#placeOf(target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("socket", (socket) => this.#keep(socket));
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  #placeOf(target: URL): URL {
    const known = this.names.get(target.host);
    return known === undefined ? target : new URL(`http://${known}${target.pathname}${target.search}`);
  }

  #tunnel(incoming: IncomingMessage, socket: Socket): void {
    const host = incoming.url ?? "";
    this.recorded.push({ method: "CONNECT", host, path: "", referrer: undefined });
    const target = this.#placeOf(new URL(`http://${host}`));
    const onward = connect(Number(target.port === "" ? 80 : target.port), target.hostname, () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    this.#keep(onward);
    onward.on("error", () => socket.destroy());
    onward.on("close", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  }
}
