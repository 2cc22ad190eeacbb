// The page's end of direct connections: an RTCPeerConnection with one channel, driven by the client worker over a port. Fetched with the
// first of them, and nothing is gathered before the worker asks for a description (K1).
import type { FromDirectDriver, ToDirectDriver } from "@p2pcrypt/client/direct-port";

/** Descriptions carry all candidates: nothing is said after them. */
const GATHERS_FOR_MS = 1_500;
const HIGH_WATER_BYTES = 8 * 1024 * 1024;
const LOW_WATER_BYTES = 1024 * 1024;
/** Known to both sides from the beginning: no message opens it. */
const CHANNEL = { negotiated: true, id: 0 } as const;

export function serveDirect(port: MessagePort, stunUrls: readonly string[]): void {
  const post = (message: FromDirectDriver, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  let connection: DataConnection | undefined;
  const failed = (): void => {
    connection?.close();
    post({ kind: "closed" });
  };
  try {
    connection = new DataConnection(stunUrls, post);
  } catch {
    failed(); // a browser without WebRTC, or one that was told to have none
    return;
  }
  const one = connection;
  port.onmessage = ({ data }: MessageEvent<ToDirectDriver>) => {
    if (data.kind === "close") {
      one.close();
      port.close();
    } else one.follow(data).catch(failed);
  };
}

class DataConnection {
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #post: (message: FromDirectDriver, transfer?: Transferable[]) => void;
  #isOver = false;

  constructor(stunUrls: readonly string[], post: (message: FromDirectDriver, transfer?: Transferable[]) => void) {
    this.#post = post;
    this.#connection = new RTCPeerConnection({ iceServers: stunUrls.map((urls) => ({ urls })) });
    const channel = this.#connection.createDataChannel("file", CHANNEL);
    this.#channel = channel;
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.addEventListener("open", () => post({ kind: "open" }));
    channel.addEventListener("close", () => this.#over());
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (!(data instanceof ArrayBuffer)) return this.#over(); // nothing here is text
      const bytes = new Uint8Array(data);
      post({ kind: "message", bytes }, [bytes.buffer]);
    });
    this.#connection.addEventListener("connectionstatechange", () => {
      const { connectionState: state } = this.#connection;
      // A way that is interrupted is not waited for: the node has the file.
      if (state === "disconnected" || state === "failed" || state === "closed") this.#over();
    });
  }

  async follow(order: Exclude<ToDirectDriver, { kind: "close" }>): Promise<void> {
    const connection = this.#connection;
    switch (order.kind) {
      case "offer":
        await connection.setLocalDescription(await connection.createOffer());
        return this.#describe();
      case "answer":
        await connection.setRemoteDescription({ type: "offer", sdp: order.sdp });
        await connection.setLocalDescription(await connection.createAnswer());
        return this.#describe();
      case "accept":
        return connection.setRemoteDescription({ type: "answer", sdp: order.sdp });
      case "send":
        if (this.#channel.bufferedAmount > HIGH_WATER_BYTES) await this.#low();
        this.#channel.send(order.bytes);
        this.#post({ kind: "sent" });
    }
  }

  close(): void {
    this.#isOver = true;
    this.#connection.close();
  }

  async #describe(): Promise<void> {
    const connection = this.#connection;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHERS_FOR_MS);
      const look = (): void => {
        if (connection.iceGatheringState !== "complete") return;
        clearTimeout(timer);
        resolve();
      };
      connection.addEventListener("icegatheringstatechange", look);
      look();
    });
    this.#post({ kind: "described", sdp: connection.localDescription?.sdp ?? "" });
  }

  #low(): Promise<void> {
    return new Promise((resolve) => {
      this.#channel.addEventListener("bufferedamountlow", () => resolve(), { once: true });
    });
  }

  #over(): void {
    if (this.#isOver) return;
    this.close();
    this.#post({ kind: "closed" });
  }
}
