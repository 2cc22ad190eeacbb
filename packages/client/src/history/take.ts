// The new device's side of a history on its way: fetches the next piece, checks it, and puts its entries where room was kept for them, one
// conversation of it in each transaction. A process that ends in between fetches the piece again; what stands already stays as it is.
import { ApiError } from "@p2pcrypt/api";
import { FilesError } from "@p2pcrypt/files";
import type { Core } from "../core.ts";
import type { BlobDeps } from "../files/file-ports.ts";
import { outcomeOf } from "../files/outcome.ts";
import { Stop } from "../files/stop.ts";
import type { Step } from "../run/pump.ts";
import type { HistoryPieceRow, TakenHistoryRow } from "../store/history-rows.ts";
import { decodeStored } from "../store/stored-json.ts";
import { freeBlob, takeBlob } from "./blob.ts";
import { fillChunk } from "./fill.ts";
import { tellHistory } from "./letters.ts";
import type { HistoryPiece } from "./piece.ts";

const RETRY_MS = 5_000;

export async function takeStep(core: Core, files: BlobDeps, row: TakenHistoryRow): Promise<Step> {
  const piece = [...row.waiting].sort((a, b) => a.number - b.number)[0];
  if (piece === undefined) {
    if (row.pieces !== undefined && row.seen.length >= row.pieces) await end(core, row.run);
    return { kind: "idle" };
  }
  const opened = await fetched(files, row, piece);
  if (opened.kind === "later") return { kind: "wait", delayMs: opened.delayMs ?? RETRY_MS };
  if (opened.kind === "piece")
    for (const [at, chunk] of opened.piece.chunks.entries())
      await core.ledger.transact((tx) => fillChunk(core, tx, chunk, `${row.run}/${piece.number}/${at}`));
  const isLost = opened.kind === "lost";
  if (isLost) core.emit({ kind: "fault", where: "history", code: opened.code });
  await settle(core, row.run, piece, isLost);
  if (!isLost) await freeBlob(files, piece);
  return { kind: "again" };
}

type Fetched =
  | { readonly kind: "piece"; readonly piece: HistoryPiece }
  | { readonly kind: "later"; readonly delayMs: number | undefined }
  /** Its time at the node is over, or what is there is not what was put there. */
  | { readonly kind: "lost"; readonly code: string };

async function fetched(files: BlobDeps, { run }: TakenHistoryRow, { number, ...placed }: HistoryPieceRow): Promise<Fetched> {
  try {
    const piece = decodeStored<HistoryPiece>(await takeBlob(files, placed));
    return piece.run === run && piece.number === number ? { kind: "piece", piece } : { kind: "lost", code: "otherPiece" };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof FilesError || (error instanceof ApiError && !error.isRetriable))
      return { kind: "lost", code: "code" in error ? error.code : "malformed" };
    const outcome = outcomeOf(error, new Stop());
    return { kind: "later", delayMs: outcome.kind === "later" ? outcome.delayMs : undefined };
  }
}

async function settle(core: Core, run: string, { number, entries }: HistoryPieceRow, isLost: boolean): Promise<void> {
  const { histories } = core.tables;
  await core.ledger.transact(async (tx) => {
    const row = tx.get(histories, run);
    if (row?.kind !== "taken") return;
    const done = Math.min(row.entries, row.done + (isLost ? 0 : entries));
    const missing = row.missing + (isLost ? entries : 0);
    const waiting = row.waiting.filter((one) => one.number !== number);
    const taken = { ...row, done, missing, waiting, seen: [...row.seen, number] };
    tx.put(histories, run, taken);
    tellHistory(core, tx, taken, { what: "stored", run, entries: done, isAll: false });
  });
}

async function end(core: Core, run: string): Promise<void> {
  const { histories } = core.tables;
  await core.ledger.transact(async (tx) => {
    const row = tx.get(histories, run);
    if (row?.kind !== "taken" || row.endedMs !== undefined) return;
    tx.put(histories, run, { ...row, endedMs: core.nowMs });
    tellHistory(core, tx, row, { what: "stored", run, entries: row.done, isAll: true });
  });
}
