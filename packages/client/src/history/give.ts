// The old device's side of a history on its way: seals the next piece, puts it to the home node, and says where it lies. What is sealed is
// noted together with the letter: a process that ends in between seals that piece again, under another key.
import type { Core } from "../core.ts";
import type { BlobDeps } from "../files/file-ports.ts";
import { outcomeOf } from "../files/outcome.ts";
import { Stop } from "../files/stop.ts";
import { createUploadSecret } from "../files/upload.ts";
import type { Step } from "../run/pump.ts";
import type { UploadSecretRow } from "../store/file-rows.ts";
import type { GivenHistoryRow, GivenThreadRow } from "../store/history-rows.ts";
import { encodeStored } from "../store/stored-json.ts";
import { freeBlob, putBlob } from "./blob.ts";
import { tellHistory } from "./letters.ts";
import { type HistoryPiece, nextPiece } from "./piece.ts";

const RETRY_MS = 5_000;
const LOOK_AGAIN_MS = 60_000;

export async function giveStep(core: Core, files: BlobDeps, row: GivenHistoryRow): Promise<Step> {
  if (row.isToldEnd === true || row.failure !== undefined) return { kind: "idle" };
  const next = await nextPiece(core, row);
  switch (next.kind) {
    case "waiting":
      return { kind: "wait", delayMs: LOOK_AGAIN_MS };
    case "end":
      await change(core, row.run, (tx, given) => {
        tellHistory(core, tx, given, { what: "end", run: row.run, pieces: given.pieces });
        return { ...given, isToldEnd: true };
      });
      return { kind: "idle" };
    case "piece":
      break;
  }
  const number = row.pieces + 1;
  const { chunks, threads } = next;
  if (chunks.length === 0) {
    await change(core, row.run, (_, given) => ({ ...given, threads }));
    return { kind: "again" };
  }
  return put(core, files, row, { run: row.run, number, chunks }, threads);
}

async function put(
  core: Core,
  files: BlobDeps,
  row: GivenHistoryRow,
  piece: HistoryPiece,
  threads: readonly GivenThreadRow[],
): Promise<Step> {
  if (row.pending !== undefined && !(await freeBlob(files, row.pending))) return { kind: "wait", delayMs: RETRY_MS };
  const secret = createUploadSecret(core, core.account.homeNodeUrl);
  await note(core, row.run, secret);
  const entries = piece.chunks.reduce((sum, { count }) => sum + count, 0);
  try {
    const placed = await putBlob(files, secret, encodeStored(piece));
    await change(core, row.run, (tx, { pending: _, ...given }) => {
      tellHistory(core, tx, given, { what: "piece", run: row.run, piece: { ...placed, number: piece.number, entries } });
      return { ...given, threads, pieces: piece.number, sent: given.sent + entries };
    });
    return { kind: "again" };
  } catch (error) {
    const outcome = outcomeOf(error, new Stop());
    if (outcome.kind === "failed") {
      const failure = outcome.failure.reason ?? outcome.failure.code;
      await change(core, row.run, (_, given) => ({ ...given, failure }));
      return { kind: "idle" };
    }
    return { kind: "wait", delayMs: (outcome.kind === "later" ? outcome.delayMs : undefined) ?? RETRY_MS };
  }
}

function note(core: Core, run: string, pending: UploadSecretRow): Promise<void> {
  return change(core, run, (_, given) => ({ ...given, pending }));
}

type Tx = Parameters<Parameters<Core["ledger"]["transact"]>[0]>[0];

async function change(core: Core, run: string, to: (tx: Tx, given: GivenHistoryRow) => GivenHistoryRow): Promise<void> {
  const { histories } = core.tables;
  await core.ledger.transact(async (tx) => {
    const row = tx.get(histories, run);
    if (row?.kind === "given") tx.put(histories, run, to(tx, row));
  });
}
