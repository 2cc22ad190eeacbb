// One attempt at a download, from where the sink is to the last byte. What was stored is on the disk before the vault counts it.
import { concatBytes } from "@p2pcrypt/bytes";
import { FileOpener, FilesError, HASH_BYTES, HEADER_BYTES, type OpeningPlace } from "@p2pcrypt/files";
import type { Core } from "../core.ts";
import { ConnectionError } from "../ports.ts";
import type { DownloadRow } from "../store/file-rows.ts";
import type { FileSink } from "./file-ports.ts";
import { outcomeOf, type TransferOutcome } from "./outcome.ts";
import { type FetchingDeps, sealedPieces, type Way } from "./sealed-pieces.ts";
import type { Stop } from "./stop.ts";
import type { Told } from "./transfers.ts";

/** Between two looks at the disk: segments at least, so that a slow line loses little, and a time, so that a quick one waits little. */
const FLUSH_SEGMENTS = 8;
const FLUSH_MS = 250;

type Place = NonNullable<DownloadRow["place"]>;

/** `told`: bytes of the file that are stored. */
export async function runDownload(
  deps: Pick<FetchingDeps, "core" | "files" | "askDirectly">,
  id: string,
  stop: Stop,
  told: Told,
): Promise<TransferOutcome> {
  const { core, files } = deps;
  const row = core.tables.downloads.get(id);
  if (row === undefined) return { kind: "stopped" };
  let sink: FileSink | undefined;
  const way: Way = { isDirect: false, hasTaken: row.direct === "taken" };
  try {
    sink = await files.openSink(row.ref);
    const storedAs = await fetched({ ...deps, row, sink, stop, told, way });
    if (storedAs === undefined) return { kind: "stopped" };
    await change(core, id, (one) => ({ ...one, state: "done", storedAs }));
    return { kind: "done" };
  } catch (error) {
    // Whoever gave it directly wasted bytes. What opened stays, unless it is the whole that is not right.
    const isSegment = error instanceof FilesError && error.code === "files/badSegment";
    if (error instanceof FilesError && !stop.isStopped && (way.hasTaken || (row.direct === "mixed" && !isSegment))) {
      if (!isSegment) await sink?.discard();
      await change(core, id, ({ place, ...one }) => ({
        ...one,
        ...(isSegment ? { direct: "mixed", ...(place === undefined ? {} : { place }) } : { direct: "refused" }),
      }));
      return { kind: "later", delayMs: 0 };
    }
    // What is there is not the sender's file, or not this one: the next attempt begins anew.
    if (error instanceof FilesError && !stop.isStopped) {
      await sink?.discard();
      await change(core, id, ({ place: _, ...one }) => one);
    }
    return outcomeOf(error, stop);
  } finally {
    await sink?.close();
  }
}

interface Fetching extends FetchingDeps {
  readonly sink: FileSink;
}

/** @returns where it is, or undefined when it was stopped. */
async function fetched(fetching: Fetching): Promise<string | undefined> {
  const { core, files, row, sink, stop, told, way } = fetching;
  const { secret } = row;
  // What the vault counts was flushed; whoever took it away meanwhile makes it begin anew.
  const before = row.place !== undefined && row.place.bytes <= sink.bytes ? row.place : undefined;
  const pieces = sealedPieces(fetching, { segment: before?.segment ?? 0, bytes: before?.bytes ?? 0 });
  const { header, rest } = before === undefined ? await withHeader(pieces) : { header: before.header, rest: pieces };
  const opener = await FileOpener.create(files.subtle, { ...secret, trueBytes: secret.bytes }, header);
  const start: OpeningPlace = before ?? { segment: 0, chain: new Uint8Array(HASH_BYTES) };
  let place: Place = { header, bytes: before?.bytes ?? 0, ...start };
  let unflushed = 0;
  let flushedMs = core.nowMs;
  let isSettling = false;
  let settling: Promise<void> = Promise.resolve();
  const settled = async (at: Place): Promise<void> => {
    await sink.flush();
    await change(core, row.id, (one) => ({ ...one, place: at, ...(way.hasTaken && { direct: one.direct ?? "taken" }) }));
  };
  /** What comes meanwhile is written beside it. */
  const beginToSettle = (): void => {
    unflushed = 0;
    isSettling = true;
    settling = settled(place).finally(() => {
      isSettling = false;
      flushedMs = core.nowMs;
    });
    settling.catch(() => undefined); // whoever waits for it is told
  };
  const settle = async (): Promise<void> => {
    await settling;
    if (unflushed > 0) beginToSettle();
    await settling;
  };
  told(place.bytes);
  try {
    for await (const { index, bytes, chain } of opener.segments(rest, start)) {
      await sink.write(place.bytes, bytes);
      place = { header, segment: index + 1, chain, bytes: place.bytes + bytes.length };
      unflushed += 1;
      told(place.bytes, way.isDirect);
      files.giveBack?.(bytes);
      if (unflushed >= FLUSH_SEGMENTS && !isSettling && core.nowMs - flushedMs >= FLUSH_MS) {
        await settling; // it failed, if it did
        beginToSettle();
      }
      if (stop.isStopped) return undefined;
    }
  } catch (error) {
    // An authentic beginning stays; what does not open throws it away.
    const isShort = error instanceof FilesError && error.code === "files/truncated" && place.bytes > (before?.bytes ?? 0);
    if (isShort || way.hasTaken || !(error instanceof FilesError)) await settle();
    if (isShort) throw new ConnectionError("connection/closed", { cause: error });
    throw error;
  } finally {
    if (stop.isStopped) await settle();
    await settling.catch(() => undefined); // told above, or below
  }
  await settling;
  await sink.flush();
  return sink.finish();
}

/** The first 40 bytes, and all of it again. */
async function withHeader(
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly header: Uint8Array; readonly rest: AsyncIterable<Uint8Array> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let begin: Uint8Array = new Uint8Array(0);
  while (begin.length < HEADER_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    begin = concatBytes(begin, next.value);
  }
  return { header: begin.slice(0, HEADER_BYTES), rest: again(begin, iterator) };
}

async function* again(begin: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield begin;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

async function change(core: Core, id: string, to: (row: DownloadRow) => DownloadRow): Promise<void> {
  await core.ledger.transact(async (tx) => {
    const row = tx.get(core.tables.downloads, id);
    if (row !== undefined) tx.put(core.tables.downloads, id, to(row));
  });
}
