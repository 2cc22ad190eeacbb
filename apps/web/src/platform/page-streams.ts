// The page's half of protocol/kept-stream.ts: files that it gives out under an address of their own, to be saved or played.
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
  /** An end of a channel for a PieceReader. */
  readonly pieces: () => Promise<MessagePort>;
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
      if (data?.kind === "kept" && port !== undefined) void this.#asked(data.id, port);
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

  async #asked(id: string, port: MessagePort): Promise<void> {
    const served = this.#served.get(id);
    const answer = (message: KeptAnswer, ...ports: MessagePort[]): void => port.postMessage(message, ports);
    const pieces = await served?.pieces().catch(() => undefined); // nobody is there any more who could read it
    if (served === undefined || pieces === undefined) {
      answer({ kind: "unknown" });
      return;
    }
    const { bytes, type, name, ended } = served;
    port.onmessage = async ({ data }: MessageEvent<KeptRequest>) => {
      if (data.kind === "end") {
        port.close();
        ended();
        return;
      }
      (await this.#active())?.postMessage(KEPT_ALIVE);
    };
    answer({ kind: "facts", bytes, type, name, pieces }, pieces);
  }
}
