// Time, randomness and network of a worker.
import type { Clock, RandomBytes, Timers } from "@p2pcrypt/bytes";
import type { WebSocketLike } from "@p2pcrypt/client";

const MAX_DELAY_MS = 2 ** 31 - 1;
/** What one call of getRandomValues gives. */
const MAX_RANDOM_BYTES = 65_536;

export const workerClock: Clock = { nowMs: () => Date.now() };

export const workerTimers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
};

export const workerRandom: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += MAX_RANDOM_BYTES) crypto.getRandomValues(bytes.subarray(at, at + MAX_RANDOM_BYTES));
  return bytes;
};

export function connectWebSocket(url: string): WebSocketLike {
  const socket = new WebSocket(url);
  const like: WebSocketLike = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
  socket.onopen = () => like.onopen?.();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => like.onmessage?.({ data });
  socket.onclose = () => like.onclose?.();
  socket.onerror = () => like.onerror?.();
  return like;
}
