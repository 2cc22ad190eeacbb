// Where the bytes of a download come from: directly from whoever sent it as long as that goes and is not the slower way, and from there on
// from the node.
import { ApiError } from "@p2pcrypt/api";
import { SEGMENT_BYTES, sealedLayout } from "@p2pcrypt/files";
import type { Core } from "../core.ts";
import type { AskDirectly } from "../direct/later-direct.ts";
import { ConnectionError } from "../ports.ts";
import type { DownloadRow } from "../store/file-rows.ts";
import type { FileDeps } from "./file-ports.ts";
import { Stop } from "./stop.ts";
import type { Told } from "./transfers.ts";

const MIB = 1024 * 1024;
/** By then a connection has found its speed. The second half is what counts. */
const TRIED_AFTER_BYTES = 8 * MIB;
/** With less to come, a look at the node would cost more than it could save. */
const WORTH_BYTES = 16 * MIB;
/** Of these, too, the second half counts. */
const SAMPLE_BYTES = 2 * MIB;
/** How much faster the node has to be: its line is everybody's. */
const NODE_FACTOR = 1.5;
const MIN_SAMPLE_MS = 2_000;

/** Where the bytes of an attempt come from. */
export interface Way {
  isDirect: boolean;
  /** Some of them came directly, now or in an earlier attempt. */
  hasTaken: boolean;
}

export interface FetchingDeps {
  readonly core: Core;
  readonly files: FileDeps;
  readonly askDirectly: AskDirectly;
  readonly way: Way;
  readonly row: DownloadRow;
  readonly stop: Stop;
  readonly told: Told;
}

/** From a segment on, of whose file `bytes` are there. */
export async function* sealedPieces(
  deps: FetchingDeps,
  { segment, bytes: doneBytes }: { readonly segment: number; readonly bytes: number },
): AsyncGenerator<Uint8Array> {
  const { core, askDirectly, row, stop, told, way } = deps;
  const { sealedBytes } = sealedLayout({ trueBytes: row.secret.bytes, type: row.secret.type });
  const from = segment * SEGMENT_BYTES;
  let at = from;
  const isAsked = row.direct === undefined || row.direct === "taken";
  const direct = isAsked ? await askDirectly(row, segment, stop) : undefined;
  let sample: Sample | undefined;
  try {
    if (direct !== undefined) {
      way.isDirect = true;
      told(doneBytes, true);
      const pace = new Pace(core);
      /** Came from the node meanwhile. */
      let skipped = 0;
      for await (const piece of direct) {
        const rest = piece.subarray(skipped);
        skipped -= piece.length - rest.length;
        const { length } = rest;
        if (length > 0) {
          way.hasTaken = true;
          at += length;
          yield rest;
        }
        deps.files.giveBack?.(piece);
        // How fast the rest comes is nobody's question any more.
        if (length === 0 || sample !== undefined) continue;
        pace.take(length);
        if (pace.bytes < TRIED_AFTER_BYTES || sealedBytes - at < WORTH_BYTES) continue;
        sample = await sampled(deps, at, pace.msPerByte);
        for (let one = sample.pieces.shift(); one !== undefined; one = sample.pieces.shift()) {
          at += one.length;
          skipped += one.length;
          yield one;
          deps.files.giveBack?.(one);
        }
        if (sample.rest !== undefined) break;
      }
      way.isDirect = false;
    }
    if (at >= sealedBytes || stop.isStopped) return;
    for await (const piece of sample?.rest ?? fromNode(deps, at, stop)) {
      yield piece;
      deps.files.giveBack?.(piece);
    }
  } finally {
    sample?.end();
  }
}

function fromNode({ files, row }: FetchingDeps, at: number, stop: Stop): AsyncIterable<Uint8Array> {
  const { nodeUrl, blob, readToken } = row.secret;
  return files.blobs.read({ nodeUrl, blob, token: readToken }, at, stop);
}

interface Sample {
  /** What the node gave, in order. Whoever takes one out has it alone. */
  readonly pieces: Uint8Array[];
  /** What it would give next; undefined when it is not the faster one, or gives nothing. */
  readonly rest: AsyncIterable<Uint8Array> | undefined;
  end(): void;
}

/** Looks how fast the node is, from `at` on. It costs the direct way a moment: what was wanted there comes meanwhile. */
async function sampled(deps: FetchingDeps, at: number, directMsPerByte: number): Promise<Sample> {
  const { core, stop } = deps;
  const sampling = new Stop();
  const unhook = stop.onStop(() => sampling.stop());
  const limitMs = Math.max(MIN_SAMPLE_MS, SAMPLE_BYTES * directMsPerByte);
  const cancel = core.deps.timers.after(limitMs, () => sampling.stop());
  const pieces: Uint8Array[] = [];
  const iterator = fromNode(deps, at, sampling)[Symbol.asyncIterator]();
  const pace = new Pace(core);
  try {
    while (pace.bytes < SAMPLE_BYTES) {
      const next = await iterator.next();
      if (next.done === true) break;
      pieces.push(next.value);
      pace.take(next.value.length);
    }
  } catch (error) {
    // The node does not have it, does not answer, or was too slow: all of these are told when it is needed.
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error;
  } finally {
    cancel();
  }
  const end = (): void => {
    unhook();
    sampling.stop();
  };
  const isFaster = pace.bytes >= SAMPLE_BYTES && pace.msPerByte * NODE_FACTOR < directMsPerByte;
  if (isFaster && !sampling.isStopped) return { pieces, rest: { [Symbol.asyncIterator]: () => iterator }, end };
  end();
  return { pieces, rest: undefined, end };
}

/** How fast bytes come, without those that came first. */
class Pace {
  bytes = 0;
  readonly #core: Core;
  readonly #marks: { readonly bytes: number; readonly atMs: number }[] = [];

  constructor(core: Core) {
    this.#core = core;
    this.#marks.push({ bytes: 0, atMs: core.nowMs });
  }

  take(bytes: number): void {
    this.bytes += bytes;
    this.#marks.push({ bytes: this.bytes, atMs: this.#core.nowMs });
  }

  get msPerByte(): number {
    const half = this.#marks.find((mark) => mark.bytes >= this.bytes / 2);
    const last = this.#marks.at(-1);
    if (half === undefined || last === undefined || last.bytes === half.bytes) return 0;
    return (last.atMs - half.atMs) / (last.bytes - half.bytes);
  }
}
