// A direct connection as the client of this worker sees it: the page has it, at the other end of a port.
import type { DirectConnection, DirectEvents } from "@p2pcrypt/client";
import type { FromDirectPage, ToDirectPage } from "../../protocol/direct-protocol.ts";

/** Messages that are on their way to the page. */
const MAX_UNSENT = 16;

/** The part of a MessagePort that is used. */
export interface DirectPort {
  postMessage(message: ToDirectPage, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<FromDirectPage>) => void) | null;
  close(): void;
}

export class PageConnection implements DirectConnection {
  readonly #port: DirectPort;
  readonly #events: DirectEvents;
  #described: PromiseWithResolvers<string> | undefined;
  #unsent = 0;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(port: DirectPort, events: DirectEvents) {
    this.#port = port;
    this.#events = events;
    port.onmessage = ({ data }) => this.#heard(data);
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

  #describe(order: ToDirectPage): Promise<string> {
    const described = Promise.withResolvers<string>();
    this.#described = described;
    // A page that cannot says `closed`.
    if (this.#isClosed) described.reject(new RangeError("the connection is closed"));
    else this.#post(order);
    return described.promise;
  }

  #heard(message: FromDirectPage): void {
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

  #post(message: ToDirectPage, transfer: Transferable[] = []): void {
    if (!this.#isClosed) this.#port.postMessage(message, transfer);
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
