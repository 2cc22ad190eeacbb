// UDP sockets of this machine: the one that clients write to, and one for each relayed address.
import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import { familyOf, type IpFamily } from "../ip-address.ts";
import type { ClientLink, RelaySocket } from "../ports.ts";

/** What a busy moment may bring before the thread looks again. The system may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** What the system does not take at once waits here; media that waits longer is worth nothing. */
const MAX_QUEUED_BYTES = 1024 * 1024;

export async function openRelaySocket(ip: string, port: number): Promise<RelaySocket | undefined> {
  const socket = await bind(ip, port).catch(() => undefined);
  if (socket === undefined) return undefined;
  let isOpen = true;
  return {
    port: socket.address().port,
    send: (data, to, toPort) => {
      if (isOpen) sendNow(socket, data, to, toPort);
    },
    receive: (receiver) => {
      socket.removeAllListeners("message");
      socket.on("message", (data, from) => receiver(data, from.address, from.port));
    },
    close: () => {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };
}

export interface DatagramListener {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws what `bind` throws: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
export async function listenForDatagrams(
  ip: string,
  port: number,
  received: (link: ClientLink, ip: string, port: number, bytes: Uint8Array) => void,
): Promise<DatagramListener> {
  const socket = await bind(ip, port, RECEIVE_BUFFER_BYTES);
  let isOpen = true;
  const link: ClientLink = {
    id: `udp ${ip}`,
    isStream: false,
    send: (bytes, to, toPort) => {
      if (isOpen) sendNow(socket, bytes, to, toPort);
    },
    isOpen: () => isOpen,
  };
  socket.on("message", (bytes, from) => received(link, from.address, from.port, bytes));
  return {
    port: socket.address().port,
    close: async () => {
      isOpen = false;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

async function bind(ip: string, port: number, recvBufferSize?: number): Promise<Socket> {
  const socket = createSocket({
    // One family each: an IPv4 peer never appears as a mapped IPv6 address.
    ...TYPES[familyOf(ip)],
    // Only addresses are sent to, so nothing is ever looked up, and a packet leaves in the same turn.
    lookup: (address, _options, callback) => callback(null, address, address.includes(":") ? 6 : 4),
    ...(recvBufferSize === undefined ? {} : { recvBufferSize }),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (cause) => {
      socket.close();
      reject(cause);
    });
    socket.bind({ port, address: ip, exclusive: true }, () => resolve());
  });
  socket.removeAllListeners("error");
  // A peer that cannot be reached, or a datagram too large, is that packet's loss.
  socket.on("error", () => undefined);
  return socket;
}

const TYPES: Record<IpFamily, SocketOptions> = { ipv4: { type: "udp4" }, ipv6: { type: "udp6", ipv6Only: true } };

function sendNow(socket: Socket, bytes: Uint8Array, ip: string, port: number): void {
  if (socket.getSendQueueSize() <= MAX_QUEUED_BYTES) socket.send(bytes, 0, bytes.length, port, ip);
}
