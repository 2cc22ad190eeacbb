// A connection to a relay, as a program that calls would make it.
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { DecodeError } from "@p2pcrypt/bytes";
import { StreamFraming, type TransportAddress, TurnClient } from "@p2pcrypt/turn";
import { systemRandom, systemTimers } from "../platform.ts";

const CONNECT_TIMEOUT_MS = 5_000;

export interface RelayUrl {
  readonly transport: "udp" | "tcp" | "tls";
  readonly host: string;
  readonly port: number;
}

export interface TurnConnection {
  readonly client: TurnClient;
  close(): void;
}

export interface TurnConnectionOptions {
  readonly credentials: { readonly username: string; readonly password: string };
  readonly received?: (data: Uint8Array, from: TransportAddress) => void;
}

/** `turn:HOST:PORT?transport=udp` and its kin. @returns undefined for anything else. */
export function parseRelayUrl(url: string): RelayUrl | undefined {
  const [, scheme, host = "", port, transport] =
    /^(turns?):(\[[0-9a-f:]+\]|[^:?[\]]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  const isTls = scheme === "turns";
  const plainHost = host.replace(/^\[|\]$/g, "");
  if (isTls && transport === "udp") return undefined; // DTLS: not spoken here
  const number = port === undefined ? (isTls ? 5349 : 3478) : Number(port);
  return { transport: isTls ? "tls" : transport === "tcp" ? "tcp" : "udp", host: plainHost, port: number };
}

/** @throws what connecting throws: an error with a `code`, ETIMEDOUT when nothing answers. */
export async function connectRelay(url: RelayUrl, options: TurnConnectionOptions): Promise<TurnConnection> {
  return url.transport === "udp" ? overUdp(url, options) : overStream(url, options);
}

async function overUdp({ host, port }: RelayUrl, { credentials, received = () => undefined }: TurnConnectionOptions) {
  const ip = isIP(host) === 0 ? (await lookup(host)).address : host;
  const socket = createSocket(isIP(ip) === 6 ? "udp6" : "udp4");
  const client = new TurnClient(credentials, {
    timers: systemTimers,
    random: systemRandom,
    isStream: false,
    received,
    send: (bytes) => socket.send(bytes),
  });
  socket.on("message", (bytes) => passOn(client, bytes));
  // A port that is closed says so once for each packet; the requests' own patience decides.
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => socket.connect(port, ip, () => resolve()));
  return { client, close: () => socket.close() };
}

async function overStream(url: RelayUrl, { credentials, received = () => undefined }: TurnConnectionOptions) {
  const socket = await opened(url);
  const framing = new StreamFraming();
  const client = new TurnClient(credentials, {
    timers: systemTimers,
    random: systemRandom,
    isStream: true,
    received,
    send: (bytes) => socket.write(bytes),
  });
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const message of framing.push(chunk)) passOn(client, message);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      socket.destroy(); // another protocol
    }
  });
  socket.on("error", () => socket.destroy());
  return { client, close: () => socket.destroy() };
}

async function opened({ transport, host, port }: RelayUrl): Promise<Socket> {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = transport === "tls" ? connectTls({ host, port, ...servername }) : connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
      socket.destroy();
    }, CONNECT_TIMEOUT_MS);
    socket.once(transport === "tls" ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once("error", (cause) => {
      clearTimeout(timer);
      reject(cause);
    });
  });
  return socket;
}

function passOn(client: TurnClient, bytes: Uint8Array): void {
  try {
    client.received(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error; // not from the relay
  }
}
