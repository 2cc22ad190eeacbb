// Sockets for a node: HTTP and WebSocket on one port, handed to the node's functions. Nothing is decided here but sizes and addresses.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type BlockList, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { limits } from "@p2pcrypt/api";
import { giveBack } from "@p2pcrypt/bytes";
import type { Node } from "@p2pcrypt/server";
import { StorageError } from "@p2pcrypt/storage";
import { type WebSocket, WebSocketServer } from "ws";
import type { Certificates } from "./certificates.ts";
import { nodePage } from "./page.ts";
import { sendPieces } from "./send-pieces.ts";
import type { WebAnswer, WebFiles } from "./web-files.ts";

const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
/** Who does not read holds twice this: at the first look Node sees that the system's buffers took something, and waits once more. */
const IDLE_MS = 7_000;
/** How often it is looked who is late with heads and bodies. */
const CHECK_INTERVAL_MS = 2_000;
/** A body that takes longer than this has to come at this rate, so that single bytes hold nothing (A4). */
const BODY_GRACE_MS = 10_000;
const BODY_BYTES_PER_S = 4 * 1024;
const CLOSE_UNSUPPORTED = 1003;
const CLOSE_GOING_AWAY = 1001;

export interface ListenerOptions {
  readonly port: number;
  readonly host: string;
  /** Served over TLS with these, or in the clear without. */
  readonly certificates: Certificates | undefined;
  readonly trustedProxies: BlockList | undefined;
  readonly page: { readonly name: string; readonly nodeId: string };
  /** The browser client and its headers; without it the plain page is shown. */
  readonly web: { readonly files: WebFiles; readonly headers: Readonly<Record<string, string>> } | undefined;
  readonly failed: (cause: unknown) => void;
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(node: Node, options: ListenerOptions): Promise<Listener> {
  const server = serverOf(options);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.MAX_SOCKET_FRAME_BYTES, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  server.on("request", (request, response) => {
    answer(node, options, request, response).catch((cause: unknown) => {
      // Whoever leaves in the middle of a request, or is cut off there, is no fault of the node's.
      if (request.complete) options.failed(cause);
      response.destroy();
    });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (request.url !== "/v1/socket") return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      attach(node, addressOf(request, options.trustedProxies), webSocket, alive, options),
    );
  });
  // Nobody holds a connection by being slow (A4): heads are whole soon, and who neither sends nor reads is cut off.
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  server.timeout = IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => resolve());
  });
  const heartbeat = setInterval(() => {
    for (const webSocket of sockets.clients) {
      if (!alive.delete(webSocket)) webSocket.terminate();
      else webSocket.ping();
    }
  }, limits.SOCKET_PING_INTERVAL_MS);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: async () => {
      clearInterval(heartbeat);
      for (const webSocket of sockets.clients) webSocket.close(CLOSE_GOING_AWAY);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cutOff = setTimeout(() => {
        for (const webSocket of sockets.clients) webSocket.terminate();
        server.closeAllConnections();
      }, 2_000);
      await closed;
      clearTimeout(cutOff);
    },
  };
}

function serverOf({ certificates, failed }: ListenerOptions) {
  const timing = { connectionsCheckingInterval: CHECK_INTERVAL_MS };
  if (certificates === undefined) return createServer(timing);
  const server = createTlsServer({ ...timing, ...certificates.current() });
  certificates.onChange((pair) => {
    try {
      server.setSecureContext(pair);
    } catch (cause) {
      failed(cause);
    }
  });
  return server;
}

function attach(node: Node, address: string, webSocket: WebSocket, alive: WeakSet<WebSocket>, options: ListenerOptions): void {
  alive.add(webSocket);
  const session = node.socket({
    address,
    send: (text) => {
      // Whoever does not read is not waited for.
      if (webSocket.bufferedAmount > MAX_BUFFERED_BYTES) webSocket.terminate();
      else webSocket.send(text);
    },
  });
  webSocket.on("pong", () => alive.add(webSocket));
  webSocket.on("message", (data: Buffer, isBinary: boolean) => {
    alive.add(webSocket);
    if (isBinary) return webSocket.close(CLOSE_UNSUPPORTED);
    session.received(data.toString("utf8")).catch(options.failed);
  });
  webSocket.on("close", () => session.closed());
  webSocket.on("error", () => webSocket.terminate());
}

async function answer(node: Node, options: ListenerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url = "/" } = request;
  if (method === "GET" && url === "/healthz") return send(response, 200, { "content-type": "text/plain" }, "ok\n");
  if (method === "GET" && url === "/readyz") {
    const isReady = await node.isReady();
    return send(response, isReady ? 200 : 503, { "content-type": "text/plain" }, isReady ? "ready\n" : "not ready\n");
  }
  const page = method === "GET" || method === "HEAD" ? webAnswer(options, url, request) : undefined;
  if (page !== undefined) return sendFile(response, page, method);
  if (method === "GET" && url === "/") {
    const { headers, body } = nodePage(options.page);
    return send(response, 200, headers, body);
  }
  if (/^\/v1\/blobs(?:[/?]|$)/.test(url)) return answerBlob(node, options, request, response);
  const answered = await node.handle({
    method,
    target: url,
    authorization: request.headers.authorization,
    contentType: request.headers["content-type"],
    address: addressOf(request, options.trustedProxies),
    readBody: (maxBytes) => readBody(request, maxBytes),
  });
  // What was not read is not waited for either.
  if (!request.complete && method !== "GET") response.setHeader("connection", "close");
  send(response, answered.status, answered.headers, answered.body);
}

async function answerBlob(
  node: Node,
  options: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "GET", url = "/" } = request;
  let received = 0;
  const body = async function* (): AsyncGenerator<Uint8Array> {
    const pace = keepPace(request, () => received);
    try {
      // What is refused in the middle still gets its answer: the connection is not torn down by who stops reading.
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        received += chunk.length;
        yield chunk;
        giveBack(chunk);
      }
    } finally {
      clearInterval(pace);
    }
  };
  const answered = await node.handleBlob({
    method,
    target: url,
    header: (name) => headerOf(request, name),
    address: addressOf(request, options.trustedProxies),
    body: body(),
  });
  if (!request.complete && method !== "GET" && method !== "HEAD") response.setHeader("connection", "close");
  if (answered.body === undefined || typeof answered.body === "string") {
    const size =
      answered.body === undefined || method === "HEAD" ? {} : { "content-length": String(Buffer.byteLength(answered.body)) };
    response.writeHead(answered.status, { ...answered.headers, ...size });
    response.end(method === "HEAD" ? undefined : answered.body);
    return;
  }
  response.writeHead(answered.status, answered.headers);
  await sendPieces(response, answered.body).catch((cause: unknown) => {
    // Whoever leaves in the middle of a download is no fault of the node's; a disk that does not answer is.
    if (cause instanceof StorageError) throw cause;
    response.destroy();
  });
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}

function webAnswer({ web }: ListenerOptions, url: string, { headers }: IncomingMessage): WebAnswer | undefined {
  const [path = ""] = url.split("?");
  const encodings = headers["accept-encoding"];
  const acceptEncoding = Array.isArray(encodings) ? encodings.join(",") : (encodings ?? "");
  return web?.files.answer({ path, acceptEncoding, ifNoneMatch: headers["if-none-match"] }, web.headers);
}

function sendFile(response: ServerResponse, { status, headers, body }: WebAnswer, method: string): void {
  response.writeHead(status, { ...headers, ...(body === undefined ? {} : { "content-length": String(body.length) }) });
  response.end(method === "HEAD" ? undefined : body);
}

/** @returns undefined as soon as there is more than allowed. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  const pace = keepPace(request, () => size);
  try {
    for await (const chunk of request) {
      if (!(chunk instanceof Buffer)) return undefined;
      size += chunk.length;
      if (size > maxBytes) return undefined;
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  } finally {
    clearInterval(pace);
  }
}

function keepPace(request: IncomingMessage, size: () => number): NodeJS.Timeout {
  const startedMs = performance.now();
  return setInterval(() => {
    const allowedMs = BODY_GRACE_MS + (size() * 1_000) / BODY_BYTES_PER_S;
    if (performance.now() - startedMs > allowedMs) request.destroy();
  }, CHECK_INTERVAL_MS);
}

/** Behind a trusted proxy, the last address it was told of; else the peer's own. */
function addressOf(request: IncomingMessage, trusted: BlockList | undefined): string {
  const peer = request.socket.remoteAddress ?? "";
  const plain = peer.replace(/^::ffff:/, "");
  if (trusted === undefined || !trusted.check(plain, isIPv6(plain) ? "ipv6" : "ipv4")) return peer;
  const forwarded = request.headers["x-forwarded-for"];
  const last = (Array.isArray(forwarded) ? forwarded.at(-1) : forwarded)?.split(",").at(-1)?.trim();
  return last === undefined || last === "" ? peer : last;
}
