// Entries of a history that came from another own device, put where room was kept for them. What stands there already stays: a repeat
// changes nothing, and what was erased here meanwhile does not come back.
import { actedByAll } from "../conversation/acts.ts";
import { noteDisappearing } from "../conversation/disappearing.ts";
import { asLast, erased, historyOf, isOver, type StoredEntry } from "../conversation/history.ts";
import { putSeen, seenBy } from "../conversation/seen.ts";
import { addStar } from "../conversation/stars.ts";
import { withPin } from "../conversation/thread.ts";
import type { Core } from "../core.ts";
import { applyEarlyStar } from "../devices/own-threads.ts";
import { filesOf, SECRETS, secretName } from "../files/arrived.ts";
import { isMessage, isNews } from "../message-kinds.ts";
import { noteChanged } from "../search/changed.ts";
import type { MarkedEntry } from "../store/entry-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import type { GivenEntry, HistoryChunk } from "./piece.ts";
import { GAP_ENTRIES, isPlaceholder } from "./reserved.ts";

/** @param line names the chunk: its messages that disappear are in the order of their times, and those of another are not. */
export async function fillChunk(core: Core, tx: Tx, chunk: HistoryChunk, line: string): Promise<void> {
  const { threads } = core.tables;
  if (tx.get(threads, chunk.thread) === undefined) return;
  const placed =
    chunk.isGap === true
      ? await inGap(core, tx, chunk)
      : chunk.entries.map((entry) => ({ entry, file: chunk.files[entry.number] }));
  const filled: number[] = [];
  for (const { entry, file } of placed)
    if (await fillEntry(core, tx, chunk.thread, { entry, file, line })) filled.push(entry.number);
  if (filled.length === 0) return;
  await noteChanged(tx, chunk.thread, filled);
  tx.emit({ kind: "filled", conversationId: chunk.thread, numbers: filled });
}

interface Placed {
  readonly entry: GivenEntry;
  readonly file: HistoryChunk["files"][number] | undefined;
}

async function fillEntry(
  core: Core,
  tx: Tx,
  threadId: string,
  { entry: given, file, line }: Placed & { readonly line: string },
): Promise<boolean> {
  const { threads } = core.tables;
  const { number } = given;
  const thread = tx.get(threads, threadId);
  const there = await tx.entry<StoredEntry>(historyOf(threadId), number);
  if (thread === undefined || !isPlaceholder(there) || number <= (thread.clearedUpTo ?? 0)) return false;
  if (isOver(given, core.nowMs)) {
    tx.replace(historyOf(threadId), number, erased(given));
    return false;
  }
  let entry: MarkedEntry & { readonly number: number } = given;
  if (isMessage(given)) {
    const { id, author } = given;
    const seen = await seenBy(tx, threadId, id);
    const known = seen.find((one) => one.author === author);
    if (known !== undefined && known.number > 0) return false;
    putSeen(tx, threadId, id, [...seen.filter((one) => one !== known), { author, number }]);
    // What was done with it while it was not here.
    entry = { ...actedByAll(given, known?.acts ?? []), number };
  }
  tx.replace(historyOf(threadId), number, entry);
  if (isMessage(entry)) {
    if (entry.marks?.isStarred === true) await addStar(tx, { threadId, number });
    await applyEarlyStar(core, tx, threadId, entry);
  }
  if (entry.kind === "file" && file !== undefined) {
    tx.putValue(SECRETS, secretName(threadId, entry.author, entry.id), file.secret);
    if (isPlaceholder(await tx.entry<StoredEntry>(filesOf(threadId), file.place)))
      tx.replace(filesOf(threadId), file.place, entry);
  }
  const pinned = withPin(thread.pinned, entry);
  const isLast = number > (thread.last?.number ?? 0);
  const row: ThreadRow = { ...thread, ...(isLast ? { last: asLast(entry) } : {}), ...(pinned === undefined ? {} : { pinned }) };
  tx.put(threads, threadId, noteDisappearing(tx, row, entry, line));
  return true;
}

/**
 * What was said between the linking and the moment in which this device was taken in: what it heard itself is left out, and the rest
 * stands between the two, the newest of it if there is no room for more.
 */
async function inGap(core: Core, tx: Tx, chunk: HistoryChunk): Promise<readonly Placed[]> {
  const { threads } = core.tables;
  const history = historyOf(chunk.thread);
  const thread = tx.get(threads, chunk.thread);
  if (thread?.gap === undefined) return [];
  const { gap, ...closed } = thread;
  const { from } = gap;
  // What this device heard itself begins here.
  const first = await tx.entry<StoredEntry>(history, from + GAP_ENTRIES);
  const news: GivenEntry[] = [];
  for (const entry of chunk.entries) if (!(await isHere(tx, chunk.thread, entry, first?.atMs))) news.push(entry);
  const room = news.length > GAP_ENTRIES ? news.slice(1 - GAP_ENTRIES) : news;
  const lost = news.length - room.length;
  const missing: GivenEntry = {
    ...{ kind: "missing", reason: "skipped", count: lost, conversationId: chunk.thread },
    ...{ atMs: room[0]?.atMs ?? 1, number: from },
  };
  if (lost > 0) tx.replace(history, from, missing);
  const begin = lost > 0 ? from + 1 : from;
  let filePlace = gap.file;
  const unread = room.filter((entry) => isNews(entry) && entry.number > (chunk.readUpTo ?? 0)).length;
  tx.put(threads, chunk.thread, { ...closed, unread: thread.unread + unread });
  return room.map((entry, at): Placed => {
    const known = chunk.files[entry.number];
    const file = known === undefined ? undefined : { secret: known.secret, place: filePlace };
    if (known !== undefined) filePlace += 1;
    return { entry: { ...entry, number: begin + at }, file };
  });
}

async function isHere(tx: Tx, threadId: string, entry: GivenEntry, sinceMs: number | undefined): Promise<boolean> {
  if (!isMessage(entry)) return sinceMs !== undefined && entry.atMs >= sinceMs;
  const seen = await seenBy(tx, threadId, entry.id);
  return seen.some(({ author, number }) => author === entry.author && number > 0);
}
