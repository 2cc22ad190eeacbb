// The page's half of protocol/kept-stream.ts: files that it gives out under an address of their own, to be saved or played.
import { giveBack } from "@p2pcrypt/bytes";
import {
  KEPT_ALIVE,
  KEPT_GREETING,
  KEPT_PATH,
  type KeptAnswer,
  type KeptQuestion,
  type KeptRequest,
} from "../protocol/kept-stream.ts";

export interface StreamedFile {
  /** As it is to be saved. */
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Undefined when it is not here any more. */
  readonly read: (at: number, size: number) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}

interface Served extends StreamedFile {
  /** The browser has all of it, or does not want it any more. */
  readonly ended: () => void;
}

const GREETING_MS = 3_000;

export class PageStreams {
  readonly #container: ServiceWorkerContainer | undefined;
  readonly #after: (delayMs: number, run: () => void) => () => void;
  readonly #served = new Map<string, Served>();

  constructor(container: ServiceWorkerContainer | undefined, after: (delayMs: number, run: () => void) => () => void) {
    this.#container = container;
    this.#after = after;
    container?.addEventListener("message", ({ data, ports: [port] }: MessageEvent<KeptQuestion>) => {
      if (data?.kind === "kept" && port !== undefined) this.#asked(data.id, port);
    });
    container?.startMessages();
  }

  /** Elements of this page reach the service worker only when it has been there since the page was loaded. */
  get canPlay(): boolean {
    return (this.#container?.controller ?? null) !== null;
  }

  /** Whether an address can be opened without leaving the page: a service worker of another build would not answer it. */
  async canSave(): Promise<boolean> {
    const active = await this.#active();
    if (active === undefined) return false;
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      const stop = this.#after(GREETING_MS, () => resolve(false));
      port1.onmessage = () => {
        stop();
        resolve(true);
      };
      active.postMessage(KEPT_GREETING, [port2]);
    });
  }

  /** @returns its address, and how to take it back. */
  serve(file: StreamedFile, ended: () => void = () => undefined): { readonly url: string; readonly end: () => void } {
    const id = crypto.randomUUID();
    this.#served.set(id, { ...file, ended });
    return { url: `${KEPT_PATH}${id}`, end: () => this.#served.delete(id) };
  }

  async #active(): Promise<ServiceWorker | undefined> {
    return (await this.#container?.getRegistration("/"))?.active ?? undefined;
  }

  #asked(id: string, port: MessagePort): void {
    const served = this.#served.get(id);
    const answer = (message: KeptAnswer): void => port.postMessage(message);
    if (served === undefined) {
      answer({ kind: "unknown" });
      return;
    }
    const { bytes, type, name, read, ended } = served;
    port.onmessage = async ({ data }: MessageEvent<KeptRequest>) => {
      if (data.kind === "end") {
        port.close();
        ended();
        return;
      }
      const found = await read(data.at, data.size).catch(() => undefined); // the browser is told that it is not here
      answer({ kind: "bytes", bytes: found });
      if (found !== undefined) giveBack(found); // the answer has a copy
      (await this.#active())?.postMessage(KEPT_ALIVE);
    };
    answer({ kind: "facts", bytes, type, name });
  }
}
