// The thread's end of direct connections: werift's, with one channel. It has a thread of its own because it reads what others send:
// whatever makes it fail or takes its memory ends this connection, and not the command (spec/protocol/direct-file.md section 3).
import { networkInterfaces } from "node:os";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { FromDirectDriver, ToDirectDriver } from "@p2pcrypt/client/direct-port";
import type { RTCDataChannel } from "werift";
import { NO_STUN_SERVER, withoutNames } from "../numeric-candidates.ts";

/** Descriptions carry all candidates: nothing is said after them. */
const GATHERS_FOR_MS = 1_500;
const STUN_WAIT_S = 0.5;
/** What werift has to be told of again and again while it waits: little, so that this costs little. */
const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = 256 * 1024;
/** Of packets without a message that became whole: more is no disorder of a network. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** Known to both sides from the beginning: no message opens it. */
const CHANNEL = { negotiated: true, id: 0 };

const port: MessagePort | null = parentPort;
if (port === null) throw new Error("runs as a worker only");
const post = (message: FromDirectDriver, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const { RTCPeerConnection } = await import("werift");
const { stunUrls } = workerData as { readonly stunUrls: readonly string[] };
const connection = new RTCPeerConnection({
  iceServers: (stunUrls.length === 0 ? [NO_STUN_SERVER] : stunUrls).map((urls) => ({ urls })),
  iceStunGatherTimeout: STUN_WAIT_S,
  ...(isAlone() ? { iceAdditionalHostAddresses: ["127.0.0.1"] } : {}),
});
const channel = connection.createDataChannel("file", CHANNEL);
channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
/** One after the other: one that waits for room is not overtaken. */
let sending: Promise<void> = Promise.resolve();
let unreadBytes = 0;
let isOver = false;

channel.stateChanged.subscribe((state) => {
  if (state === "open") post({ kind: "open" });
  if (state === "closed") over();
});
channel.onMessage.subscribe((message: string | Buffer) => {
  unreadBytes = 0;
  if (typeof message === "string") return over(); // nothing here is text
  const bytes = new Uint8Array(message);
  post({ kind: "message", bytes }, [bytes.buffer]);
});
connection.connectionStateChange.subscribe((state) => {
  // A way that is interrupted is not waited for: the node has the file.
  if (state === "disconnected" || state === "failed" || state === "closed") over();
});
port.on("message", (order: ToDirectDriver) => {
  if (order.kind === "close") close();
  else follow(order).catch(over);
});

async function follow(order: Exclude<ToDirectDriver, { kind: "close" }>): Promise<void> {
  switch (order.kind) {
    case "offer":
      return describe(async () => connection.setLocalDescription(await connection.createOffer()));
    case "answer":
      await connection.setRemoteDescription({ type: "offer", sdp: withoutNames(order.sdp) });
      return describe(async () => connection.setLocalDescription(await connection.createAnswer()));
    case "accept":
      return connection.setRemoteDescription({ type: "answer", sdp: withoutNames(order.sdp) });
    case "send":
      sending = sending.then(() => send(order.bytes));
      return sending;
  }
}

async function send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (channel.bufferedAmount > HIGH_WATER_BYTES) await low(channel);
  channel.send(Buffer.from(bytes.buffer));
  post({ kind: "sent" });
}

/** `setLocal` lasts as long as candidates are looked for; what was found by then is what there is. */
async function describe(setLocal: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GATHERS_FOR_MS);
  });
  await Promise.race([setLocal(), late]);
  clearTimeout(timer);
  bound();
  post({ kind: "described", sdp: connection.localDescription?.sdp ?? "" });
}

/** werift keeps the parts of a message until it is whole, however many are sent. */
function bound(): void {
  const dtls = connection.sctpTransport?.dtlsTransport;
  if (dtls === undefined) return;
  const receive = dtls.dataReceiver;
  dtls.dataReceiver = (packet) => {
    unreadBytes += packet.length;
    if (unreadBytes > MAX_UNREAD_BYTES) over();
    else receive(packet);
  };
}

function low({ bufferedAmountLow }: RTCDataChannel): Promise<unknown> {
  return bufferedAmountLow.asPromise();
}

function over(): void {
  if (isOver) return;
  post({ kind: "closed" });
  close();
}

/** The other side is told, and this thread ends. */
function close(): void {
  if (isOver) return;
  isOver = true;
  connection.close().then(
    () => process.exit(),
    () => process.exit(),
  );
}

/** A machine without a network has a node on itself, or none. */
function isAlone(): boolean {
  return Object.values(networkInterfaces()).every((all) => all?.every(({ internal }) => internal) ?? true);
}
