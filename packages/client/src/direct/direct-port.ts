// A direct connection that somebody else drives: the page of a browser, or a thread that may end by what it is sent. What both sides say
// to each other, and the client's end. Bytes are handed over without being copied.
import type { DirectConnection, DirectEvents } from "../files/file-ports.ts";

export type ToDirectDriver =
  | { readonly kind: "offer" }
  | { readonly kind: "answer"; readonly sdp: string }
  | { readonly kind: "accept"; readonly sdp: string }
  | { readonly kind: "send"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "close" };

export type FromDirectDriver =
  | { readonly kind: "described"; readonly sdp: string }
  | { readonly kind: "open" }
  | { readonly kind: "message"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** One `send` has been handed on, and there is room for more. */
  | { readonly kind: "sent" }
  /** Nothing comes any more. */
  | { readonly kind: "closed" };

/** Messages that are on their way to the driver. */
const MAX_UNSENT = 16;

export interface DirectPort {
  post(message: ToDirectDriver, transfer: ArrayBuffer[]): void;
  close(): void;
}

interface Described {
  readonly resolve: (sdp: string) => void;
  readonly reject: (reason: RangeError) => void;
}

export class PortConnection implements DirectConnection {
  readonly #port: DirectPort;
  readonly #events: DirectEvents;
  #described: Described | undefined;
  #unsent = 0;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  /** `heard` is to be called with whatever comes by the port. */
  constructor(port: DirectPort, events: DirectEvents) {
    this.#port = port;
    this.#events = events;
  }

  offer(): Promise<string> {
    return this.#describe({ kind: "offer" });
  }

  answer(sdp: string): Promise<string> {
    return this.#describe({ kind: "answer", sdp });
  }

  async accept(sdp: string): Promise<void> {
    this.#post({ kind: "accept", sdp });
  }

  async send(bytes: Uint8Array): Promise<void> {
    while (this.#unsent >= MAX_UNSENT && !this.#isClosed)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    // What is part of a larger piece of memory is copied: with it, all of that would be gone from here.
    const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
    const own = whole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
    this.#unsent += 1;
    this.#post({ kind: "send", bytes: own }, [own.buffer]);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#post({ kind: "close" });
    this.#over();
  }

  heard(message: FromDirectDriver): void {
    if (this.#isClosed) return;
    switch (message.kind) {
      case "described":
        this.#described?.resolve(message.sdp);
        break;
      case "open":
        this.#events.open();
        break;
      case "message":
        this.#events.message(message.bytes);
        break;
      case "sent":
        this.#unsent -= 1;
        this.#wake();
        break;
      case "closed":
        this.#over();
        this.#events.closed();
    }
  }

  #describe(order: ToDirectDriver): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#described = { resolve, reject };
      // A driver that cannot say `closed`.
      if (this.#isClosed) reject(new RangeError("the connection is closed"));
      else this.#post(order);
    });
  }

  #post(message: ToDirectDriver, transfer: ArrayBuffer[] = []): void {
    if (!this.#isClosed) this.#port.post(message, transfer);
  }

  #over(): void {
    this.#isClosed = true;
    this.#described?.reject(new RangeError("the connection is closed"));
    this.#port.close();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
