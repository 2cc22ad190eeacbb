// What the two devices tell each other of a history on its way: where a piece lies, that there are no more, how much is stored. Entries
// of the letters that own devices write to each other, for one device alone, and in whatever order they come.
import { equalBytes } from "@p2pcrypt/bytes";
import type { Core } from "../core.ts";
import type { HistoryPieceRow, HistoryRow } from "../store/history-rows.ts";
import { encodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";

export type HistoryNews =
  | { readonly what: "piece"; readonly run: string; readonly piece: HistoryPieceRow }
  | { readonly what: "end"; readonly run: string; readonly pieces: number }
  | { readonly what: "stored"; readonly run: string; readonly entries: number; readonly isAll: boolean };

export function tellHistory(core: Core, tx: Tx, { inbox }: Pick<HistoryRow, "inbox">, history: HistoryNews): void {
  const { account, nowMs } = core;
  const { device, identityId: to } = account;
  const id = core.newId();
  const entries = encodeStored([{ key: `history/${history.run}`, atMs: nowMs, value: { history } }]);
  const body = { kind: "ownState", deviceCertificate: device.certificate, entries } as const;
  const letter = { kind: "answer", body, replyInbox: inbox } as const;
  tx.put(core.tables.mail, id, { id, to, createdMs: nowMs, attempts: 0, letter });
}

/** From the other device of the run, whose signature holds: nobody else has a say. */
export function applyHistoryNews(core: Core, tx: Tx, from: Uint8Array, news: HistoryNews): void {
  const { histories } = core.tables;
  const row = tx.get(histories, news.run);
  if (row === undefined || !equalBytes(row.deviceId, from)) return;
  if (news.what === "stored") {
    if (row.kind !== "given" || row.endedMs !== undefined) return;
    const stored = Math.max(row.stored, Math.min(news.entries, row.entries));
    tx.put(histories, row.run, { ...row, stored, ...(news.isAll ? { endedMs: core.nowMs } : {}) });
    return;
  }
  if (row.kind !== "taken" || row.endedMs !== undefined) return;
  if (news.what === "end") {
    tx.put(histories, row.run, { ...row, pieces: news.pieces });
    return;
  }
  const { piece } = news;
  const isKnown = row.seen.includes(piece.number) || row.waiting.some(({ number }) => number === piece.number);
  if (!isKnown) tx.put(histories, row.run, { ...row, waiting: [...row.waiting, piece] });
}
