// Answers with bytes of files that a page keeps (protocol/kept-stream.ts). Always as a download: nothing that somebody sent is opened as a
// page of this origin (B6). Elements that play it do not mind.
import { KEPT_PATH, type KeptAnswer, type KeptQuestion, type KeptRequest } from "../protocol/kept-stream.ts";
import { PieceReader } from "../protocol/pieces.ts";

/** The part of a window's client that is used. */
export interface AskedPage {
  postMessage(question: KeptQuestion, ports: MessagePort[]): void;
}

export interface KeptStreamsDeps {
  readonly pages: () => Promise<readonly AskedPage[]>;
  /** @returns how to take it back. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

export interface KeptAsked {
  readonly url: string;
  readonly range: string | null;
}

type Facts = Extract<KeptAnswer, { readonly kind: "facts" }>;

interface Source {
  readonly port: MessagePort;
  readonly facts: Facts;
}

const STEP_BYTES = 2 * 2 ** 20;
const ANSWER_MS = 5_000;

export class KeptStreams {
  readonly #deps: KeptStreamsDeps;

  constructor(deps: KeptStreamsDeps) {
    this.#deps = deps;
  }

  isOurs(url: string, origin: string): boolean {
    const asked = new URL(url);
    return asked.origin === origin && asked.pathname.startsWith(KEPT_PATH);
  }

  async answer({ url, range }: KeptAsked): Promise<Response> {
    const source = await this.#source(new URL(url).pathname.slice(KEPT_PATH.length));
    if (source === undefined) return new Response(null, { status: 404 });
    const { port, facts } = source;
    const part = range === null ? { from: 0, until: facts.bytes } : rangeOf(range, facts.bytes);
    if (part === undefined) {
      facts.pieces.close();
      say(port, { kind: "end" });
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${facts.bytes}` } });
    }
    const headers = new Headers(fixedHeaders(facts));
    headers.set("content-length", String(part.until - part.from));
    if (range !== null) headers.set("content-range", `bytes ${part.from}-${part.until - 1}/${facts.bytes}`);
    return new Response(streamed({ port, facts }, part), { status: range === null ? 200 : 206, headers });
  }

  /** The first page that knows it. */
  async #source(id: string): Promise<Source | undefined> {
    const pages = await this.#deps.pages();
    return new Promise((resolve) => {
      let silent = pages.length;
      const stop = this.#deps.after(ANSWER_MS, () => resolve(undefined));
      const none = (): void => {
        silent -= 1;
        if (silent > 0) return;
        stop();
        resolve(undefined);
      };
      if (pages.length === 0) none();
      for (const page of pages) {
        const { port1: port, port2 } = new MessageChannel();
        port.onmessage = ({ data }: MessageEvent<KeptAnswer>) => {
          if (data.kind === "facts") {
            stop();
            resolve({ port, facts: data });
          } else none();
        };
        page.postMessage({ kind: "kept", id }, [port2]);
      }
    });
  }
}

/** @returns undefined for what is no single range within the file. */
function rangeOf(range: string, bytes: number): { readonly from: number; readonly until: number } | undefined {
  const [, first, last = ""] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (first === undefined) return undefined;
  const from = Number(first);
  const until = last === "" ? bytes : Math.min(bytes, Number(last) + 1);
  return from < until ? { from, until } : undefined;
}

function streamed({ port, facts }: Source, { from, until }: { readonly from: number; readonly until: number }) {
  const pieces = new PieceReader(facts.pieces, Math.min(STEP_BYTES, until - from));
  let at = from;
  const end = (): void => {
    pieces.end();
    say(port, { kind: "end" });
  };
  // Nothing is asked for before all of the last piece has been taken: its buffer is filled again.
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        say(port, { kind: "alive" });
        const bytes = await pieces.read(at);
        // A download that ends early is shown as failed by the browser, and never as the file.
        if (bytes === undefined || bytes.length === 0) {
          end();
          throw new TypeError("the page does not have it any more");
        }
        const part = bytes.subarray(0, until - at);
        at += part.length;
        controller.enqueue(part);
        if (at < until) return;
        controller.close();
        end();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function say(port: MessagePort, request: KeptRequest): void {
  port.postMessage(request);
  if (request.kind === "end") port.close();
}

function fixedHeaders({ type, name }: Facts): Record<string, string> {
  return {
    "accept-ranges": "bytes",
    "cache-control": "no-store",
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, escaped)}`,
    "content-security-policy": "default-src 'none'; sandbox",
    "content-type": type,
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}

function escaped(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}
