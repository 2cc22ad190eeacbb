// Room for entries that come later: placeholders under their numbers, so that what arrives meanwhile stands behind them. A placeholder is
// an erased entry without a time: shown to nobody.
import { type ErasedEntry, historyOf } from "../conversation/history.ts";
import { filesOf } from "../files/arrived.ts";
import type { HandedThread } from "../store/history-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";

/** For what is said between the linking and the moment in which the new device is taken in, entries and files. */
export const GAP_ENTRIES = 32;

/** In place of what is to come. */
function reserve(tx: Tx, { id, entries, files }: Pick<HandedThread, "id" | "entries" | "files">): number {
  if (entries === 0) return 0;
  const all = entries + GAP_ENTRIES;
  for (let number = 1; number <= all; number++) tx.append(historyOf(id), placeholder(number));
  // Files are looked for by their numbers: those to come are below all others, and those of the gap above them.
  for (let file = 1; file <= files; file++) tx.append(filesOf(id), placeholder(0));
  for (let file = 1; file <= GAP_ENTRIES; file++) tx.append(filesOf(id), placeholder(all));
  return all;
}

function placeholder(number: number): ErasedEntry {
  return { kind: "erased", number, atMs: 0 };
}

export function isPlaceholder(stored: { readonly kind: string; readonly atMs: number } | undefined): boolean {
  return stored?.kind === "erased" && stored.atMs === 0;
}

/** The conversation as the new device begins it: everything that is known of it, and room for its history. */
export function handedThread(tx: Tx, handed: HandedThread): ThreadRow {
  const { id, kind, contactId, groupId, name, isOpen, createdMs, unread, marks, unsettled } = handed;
  const { arrived, read, pinned, mentions, clearedUpTo, arrangement, draft } = handed;
  const isGroup = kind === "group" && groupId !== undefined;
  return {
    ...{ id, kind, createdMs, unread, marks, unsettled },
    ...(contactId === undefined ? {} : { contactId }),
    // Found again by its id, once somebody has taken this device in.
    ...(isGroup ? { formerGroup: { groupId, name: name ?? "", ...(isOpen ? { isAwaited: true } : {}) } } : {}),
    entries: reserve(tx, handed),
    ...(handed.entries === 0 ? {} : { gap: { from: handed.entries + 1, file: handed.files + 1 } }),
    outbox: [],
    toldArrived: arrived?.number ?? 0,
    toldRead: read?.number ?? 0,
    ...(arrived === undefined ? {} : { arrived }),
    ...(read === undefined ? {} : { read }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(mentions === undefined ? {} : { mentions }),
    ...(clearedUpTo === undefined ? {} : { clearedUpTo }),
    ...(arrangement === undefined ? {} : { arrangement }),
    ...(draft === undefined ? {} : { draft }),
  };
}
