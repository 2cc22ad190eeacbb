// Blobs over HTTP (spec/protocol/blob.md), from the `fetch` that browsers, workers and Node share. No retries here.
import {
  ApiError,
  encodeUploadMetadata,
  parseErrorBody,
  parseJson,
  parseWhole,
  TUS_VERSION,
  UPLOAD_CONTENT_TYPE,
} from "@p2pcrypt/api";
import { concatBytes, encodeBase64Url, type Timers } from "@p2pcrypt/bytes";
import type { BlobPlace, BlobProgress, BlobTransport } from "../files/file-ports.ts";
import type { Stop } from "../files/stop.ts";
import { ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";

/** `fetch`, as far as it is used. `Signal` and `Body` are the platform's own. */
export type BlobFetch<Signal, Body = Uint8Array<ArrayBuffer>> = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: Body;
    readonly signal: Signal;
    readonly redirect: "error";
    readonly credentials: "omit";
    readonly referrerPolicy: "no-referrer";
    readonly cache: "no-store";
  },
) => Promise<BlobAnswer>;

interface BlobAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): PieceReader } | null;
  text(): Promise<string>;
}

interface PieceReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

interface WebBlobsDeps<Signal, Body> {
  readonly fetch: BlobFetch<Signal, Body>;
  /** `new AbortController()` */
  readonly abortController: () => { readonly signal: Signal; abort(): void };
  readonly timers: Timers;
}

/** Of what leaves in one request, in order. */
type BodyOf<Body> = (pieces: readonly Uint8Array[]) => Body;

/** A part may take long on a slow line; what came of it is kept when it is given up. */
const WRITE_TIMEOUT_MS = 120_000;
const ANSWER_TIMEOUT_MS = 30_000;
/** Between two pieces. */
const PIECE_TIMEOUT_MS = 60_000;
const FIXED = { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const;

interface Asked<Body> {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: Body;
  readonly timeoutMs: number;
}

/** `bodyOf`: for a platform that sends pieces without joining them. */
export function webBlobs<Signal>(deps: WebBlobsDeps<Signal, Uint8Array<ArrayBuffer>>): BlobTransport;
export function webBlobs<Signal, Body>(deps: WebBlobsDeps<Signal, Body>, bodyOf: BodyOf<Body>): BlobTransport;
export function webBlobs<Signal, Body>(
  deps: WebBlobsDeps<Signal, Body | Uint8Array<ArrayBuffer>>,
  bodyOf: BodyOf<Body | Uint8Array<ArrayBuffer>> = (pieces) => concatBytes(...pieces) as Uint8Array<ArrayBuffer>,
): BlobTransport {
  return {
    create: async (place, { bytes, readTokenHash }, stop) => {
      const headers = {
        ...tus(place),
        "upload-length": String(bytes),
        "upload-metadata": encodeUploadMetadata({ blob: place.blob, readTokenHash }),
      };
      return call(
        deps,
        { method: "POST", url: `${place.nodeUrl}/v1/blobs`, headers, timeoutMs: ANSWER_TIMEOUT_MS },
        stop,
        progressOf,
      );
    },
    write: async (place, offset, pieces, stop) => {
      const headers = { ...tus(place), "upload-offset": String(offset), "content-type": UPLOAD_CONTENT_TYPE };
      const body = bodyOf(pieces);
      return call(deps, { method: "PATCH", url: urlOf(place), headers, body, timeoutMs: WRITE_TIMEOUT_MS }, stop, progressOf);
    },
    read: (place, from, stop) => reading(deps, place, from, stop),
    delete: async (place, stop) => {
      await call(
        deps,
        { method: "DELETE", url: urlOf(place), headers: tus(place), timeoutMs: ANSWER_TIMEOUT_MS },
        stop,
        () => undefined,
      );
    },
  };
}

async function* reading<Signal, Body>(
  deps: WebBlobsDeps<Signal, Body>,
  place: BlobPlace,
  from: number,
  stop: Stop,
): AsyncGenerator<Uint8Array> {
  const aborter = deps.abortController();
  const forget = stop.onStop(() => aborter.abort());
  const headers = { ...by(place), range: `bytes=${from}-` };
  const asked = { method: "GET", url: urlOf(place), headers, timeoutMs: ANSWER_TIMEOUT_MS };
  let reader: PieceReader | undefined;
  try {
    const answer = await answered(deps, asked, aborter);
    reader = answer.body?.getReader();
    if (answer.status !== 206 || reader === undefined) throw new ConnectionError("connection/badAnswer");
    for (;;) {
      const next = await within(reader.read(), PIECE_TIMEOUT_MS, deps.timers, () => new ConnectionError("connection/timeout"));
      if (next.done || next.value === undefined) return;
      yield next.value;
    }
  } catch (cause) {
    throw isTold(cause) ? cause : new ConnectionError("connection/closed", { cause });
  } finally {
    forget();
    aborter.abort();
    reader?.cancel().catch(() => undefined); // aborted already
  }
}

async function call<Signal, Body, Answer>(
  deps: WebBlobsDeps<Signal, Body>,
  asked: Asked<Body>,
  stop: Stop,
  read: (headers: BlobAnswer["headers"]) => Answer,
): Promise<Answer> {
  const aborter = deps.abortController();
  const forget = stop.onStop(() => aborter.abort());
  try {
    return read((await answered(deps, asked, aborter)).headers);
  } finally {
    forget();
  }
}

/** @throws {ApiError} the node's answer. @throws {ConnectionError} */
async function answered<Signal, Body>(
  { fetch, timers }: WebBlobsDeps<Signal, Body>,
  { method, url, headers, body, timeoutMs }: Asked<Body>,
  aborter: { readonly signal: Signal; abort(): void },
): Promise<BlobAnswer> {
  const timeout = (): Error => {
    aborter.abort();
    return new ConnectionError("connection/timeout");
  };
  const init = { method, headers, signal: aborter.signal, ...FIXED, ...(body === undefined ? {} : { body }) };
  try {
    const answer = await within(fetch(url, init), timeoutMs, timers, timeout);
    if (answer.status >= 200 && answer.status <= 299) return answer;
    const refusal = parseErrorBody(parseJson(await within(answer.text(), timeoutMs, timers, timeout))?.value);
    throw refusal ?? new ConnectionError("connection/badAnswer");
  } catch (cause) {
    throw isTold(cause) ? cause : new ConnectionError("connection/unreachable", { cause });
  }
}

/** Whether an error has one of the two forms already. */
function isTold(cause: unknown): boolean {
  return cause instanceof ConnectionError || cause instanceof ApiError;
}

function progressOf(headers: BlobAnswer["headers"]): BlobProgress {
  const offset = parseWhole(headers.get("upload-offset") ?? undefined);
  const expiresMs = Date.parse(headers.get("upload-expires") ?? "");
  if (offset === undefined || Number.isNaN(expiresMs)) throw new ConnectionError("connection/badAnswer");
  return { offset, expiresMs };
}

function urlOf({ nodeUrl, blob }: BlobPlace): string {
  return `${nodeUrl}/v1/blobs/${blob}`;
}

function by({ token }: BlobPlace): Record<string, string> {
  return { authorization: `Bearer ${encodeBase64Url(token)}` };
}

function tus(place: BlobPlace): Record<string, string> {
  return { ...by(place), "tus-resumable": TUS_VERSION };
}
