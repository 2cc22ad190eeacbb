// A direct connection as the client of this worker sees it: the page has it, at the other end of a port. Only pages have RTCPeerConnection.
import type { DirectConnection, DirectEvents } from "@p2pcrypt/client";
import { type FromDirectDriver, PortConnection } from "@p2pcrypt/client/direct-port";

export function pageConnection(port: MessagePort, events: DirectEvents): DirectConnection {
  const connection = new PortConnection(
    { post: (message, transfer) => port.postMessage(message, transfer), close: () => port.close() },
    events,
  );
  port.onmessage = ({ data }: MessageEvent<FromDirectDriver>) => connection.heard(data);
  return connection;
}
