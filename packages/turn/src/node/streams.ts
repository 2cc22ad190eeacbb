// Clients over TCP and TLS. Nobody holds a connection without an allocation for long.
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { DecodeError } from "@p2pcrypt/bytes";
import type { ClientLink } from "../ports.ts";
import { householdOf } from "../quotas.ts";
import { StreamFraming } from "../stream-framing.ts";

/** How long a connection may be without an allocation, and how often that is looked at. */
const IDLE_MS = 15_000;
const CHECK_INTERVAL_MS = 5_000;
const MAX_CONNECTIONS = 5_000;
const MAX_CONNECTIONS_OF_HOUSEHOLD = 256;
/** Media for a client that does not read fast enough is dropped, as UDP would. */
const MAX_QUEUED_BYTES = 512 * 1024;

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface TlsSource {
  current(): TlsFiles;
  /** Calls back with every pair that takes the place of the one before. */
  onChange(run: (files: TlsFiles) => void): void;
}

export interface StreamHandler {
  received(link: ClientLink, ip: string, port: number, bytes: Uint8Array): void;
  closed(link: ClientLink, ip: string, port: number): void;
  hasAllocation(link: ClientLink, ip: string, port: number): boolean;
}

export interface StreamListener {
  readonly port: number;
  close(): Promise<void>;
}

interface Connection {
  readonly socket: Socket;
  readonly link: ClientLink;
  readonly ip: string;
  readonly port: number;
  /** When it was last seen to have an allocation, or began. */
  usefulAtMs: number;
}

/** @throws what `listen` throws: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function listenForStreams(
  ip: string,
  port: number,
  handler: StreamHandler,
  tls?: TlsSource,
): Promise<StreamListener> {
  const connections = new Set<Connection>();
  let count = 0;
  const server = serverOf(tls, (socket) => {
    const connection = connectionOf(socket, `${tls === undefined ? "tcp" : "tls"} ${count++}`);
    const ofHousehold = [...connections].filter((other) => householdOf(other.ip) === householdOf(connection.ip)).length;
    if (connections.size >= MAX_CONNECTIONS || ofHousehold >= MAX_CONNECTIONS_OF_HOUSEHOLD) return socket.destroy();
    connections.add(connection);
    attach(connection, handler, () => connections.delete(connection));
    return socket;
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: ip, ipv6Only: true }, () => resolve());
  });
  server.removeAllListeners("error");
  server.on("error", () => undefined); // a connection that could not be accepted
  const check = setInterval(() => {
    const nowMs = performance.now();
    for (const connection of connections) {
      if (handler.hasAllocation(connection.link, connection.ip, connection.port)) connection.usefulAtMs = nowMs;
      else if (nowMs - connection.usefulAtMs > IDLE_MS) connection.socket.destroy();
    }
  }, CHECK_INTERVAL_MS);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: async () => {
      clearInterval(check);
      for (const { socket } of connections) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function serverOf(tls: TlsSource | undefined, connected: (socket: Socket) => void): Server | TlsServer {
  if (tls === undefined) return createServer({ noDelay: true }, connected);
  const server = createTlsServer({ ...tls.current(), noDelay: true, handshakeTimeout: IDLE_MS }, connected);
  server.on("tlsClientError", (_cause, socket) => socket.destroy());
  tls.onChange((files) => server.setSecureContext(files));
  return server;
}

function connectionOf(socket: Socket, id: string): Connection {
  const { remoteAddress = "", remotePort = 0 } = socket;
  const link: ClientLink = {
    id,
    isStream: true,
    send: (bytes) => {
      if (socket.writable && socket.writableLength <= MAX_QUEUED_BYTES) socket.write(bytes);
    },
    isOpen: () => !socket.destroyed,
  };
  return { socket, link, ip: remoteAddress, port: remotePort, usefulAtMs: performance.now() };
}

function attach({ socket, link, ip, port }: Connection, handler: StreamHandler, ended: () => void): void {
  const framing = new StreamFraming();
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const message of framing.push(chunk)) handler.received(link, ip, port, message);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      socket.destroy(); // some other protocol: there is no next message to find
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    ended();
    handler.closed(link, ip, port);
  });
}
