// Histories of a backup, put into a new device's vault.

import { noteDisappearing } from "../conversation/disappearing.ts";
import { newThread } from "../conversation/found.ts";
import { asLast, erased, historyOf, isOver, type StoredEntry } from "../conversation/history.ts";
import { putSeen, seenBy } from "../conversation/seen.ts";
import { addStar } from "../conversation/stars.ts";
import { withPin } from "../conversation/thread.ts";
import type { Core } from "../core.ts";
import { filesOf, SECRETS, secretName } from "../files/arrived.ts";
import { isMessage } from "../message-kinds.ts";
import type { MarkedEntry } from "../store/entry-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import type { BackupThread, HistoryPiece, OpenedBackup, ToldProgress } from "./full-backup.ts";

/** In a vault that has the contacts of the backup already. */
export async function restoreHistories(core: Core, backup: OpenedBackup, told: ToldProgress): Promise<void> {
  const total = backup.threads.reduce((sum, { entries }) => sum + entries, 0);
  await core.ledger.transact(async (tx) => {
    for (const thread of backup.threads) tx.put(core.tables.threads, thread.id, rowOf(core, thread));
  });
  let done = 0;
  for await (const piece of backup.pieces()) {
    await core.ledger.transact((tx) => restorePiece(core, tx, piece));
    done += piece.entries.length;
    told(done, total);
  }
}

function rowOf(core: Core, thread: BackupThread): ThreadRow {
  const { id, kind, contactId, groupId, name, read, clearedUpTo, arrangement, draft, createdMs, unread } = thread;
  const about =
    kind === "direct" && contactId !== undefined
      ? ({ kind, contactId } as const)
      : ({ kind: kind === "self" ? kind : "group" } as const);
  return {
    ...newThread(core, id, about),
    createdMs,
    unread,
    toldRead: read?.number ?? 0,
    // A conversation of two goes on in a new group; a group is found again by its id, once somebody has taken this device in.
    ...(groupId === undefined || kind !== "group" ? {} : { formerGroup: { groupId, name: name ?? "" } }),
    ...(read === undefined ? {} : { read }),
    ...(clearedUpTo === undefined ? {} : { clearedUpTo }),
    ...(arrangement === undefined ? {} : { arrangement }),
    ...(draft === undefined ? {} : { draft }),
  };
}

async function restorePiece(core: Core, tx: Tx, { thread: threadId, entries, files }: HistoryPiece): Promise<void> {
  const { threads } = core.tables;
  for (const given of entries) {
    const thread = tx.get(threads, threadId);
    if (thread === undefined) return;
    const number = thread.entries + 1;
    const isGone = given.kind !== "erased" && isOver(given, core.nowMs);
    const entry: StoredEntry = isGone ? erased({ ...given, number }) : { ...given, number };
    tx.append(historyOf(threadId), entry);
    if (entry.kind === "erased") {
      tx.put(threads, threadId, { ...thread, entries: number });
      continue;
    }
    await keep(tx, threadId, entry, files[given.number]);
    const pinned = withPin(thread.pinned, entry);
    const row: ThreadRow = { ...thread, entries: number, last: asLast(entry), ...(pinned === undefined ? {} : { pinned }) };
    tx.put(threads, threadId, noteDisappearing(tx, row, entry));
  }
}

async function keep(
  tx: Tx,
  threadId: string,
  entry: MarkedEntry & { readonly number: number },
  secret: Uint8Array | undefined,
): Promise<void> {
  if (isMessage(entry)) {
    const { id, author, number } = entry;
    putSeen(tx, threadId, id, [...(await seenBy(tx, threadId, id)), { author, number }]);
    if (entry.marks?.isStarred === true) await addStar(tx, { threadId, number });
  }
  if (entry.kind !== "file") return;
  tx.append(filesOf(threadId), entry);
  if (secret !== undefined) tx.putValue(SECRETS, secretName(threadId, entry.author, entry.id), secret);
}
