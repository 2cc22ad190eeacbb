import type { WebSocketLike } from "./web-socket.ts";

/** What a browser, a worker and Node.js call WebSocket. */
export interface StandardWebSocket {
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  send(text: string): void;
  close(): void;
}

/** For `webTransport`: `connect: (url) => toWebSocketLike(new WebSocket(url))`. */
export function toWebSocketLike(socket: StandardWebSocket): WebSocketLike {
  const like: WebSocketLike = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
  socket.addEventListener("open", () => like.onopen?.());
  socket.addEventListener("message", (event) => like.onmessage?.(event));
  socket.addEventListener("close", () => like.onclose?.());
  socket.addEventListener("error", () => like.onerror?.());
  return like;
}
