// The stored history of a conversation: entries, and what is left of those that were erased.
import type { Core } from "../core.ts";
import type { Entry } from "../entry-snapshots.ts";
import type { MessageRef } from "../message-snapshots.ts";
import type { MarkedEntry } from "../store/entry-rows.ts";
import { decodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";
import { seenBy, type Values } from "./seen.ts";

/** Keeps the numbers of the others. Shown to nobody. */
export interface ErasedEntry {
  readonly kind: "erased";
  readonly number: number;
  readonly atMs: number;
}

export type StoredEntry = (MarkedEntry & { readonly number: number }) | ErasedEntry;

export type EntryReader = Pick<Tx, "value" | "entry">;

export function historyOf(threadId: string): string {
  return `history/${threadId}`;
}

export function erased({ number = 0, atMs }: Entry): ErasedEntry {
  return { kind: "erased", number, atMs };
}

export async function readStored({ deps }: Core, threadId: string, number: number): Promise<StoredEntry | undefined> {
  const [found] = await deps.vault.readPage(historyOf(threadId), { before: number + 1, limit: 1 });
  return found?.number === number ? decodeStored<StoredEntry>(found.bytes) : undefined;
}

/** What is there to be shown of a collection of entries, newest first: neither what was erased nor what is due to be. */
export async function readEntries<Any extends Entry>(
  { deps, nowMs }: Core,
  collection: string,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
): Promise<readonly Any[]> {
  const entries: Any[] = [];
  for (let from = before; entries.length < limit; ) {
    const wanted = limit - entries.length;
    const page = await deps.vault.readPage(collection, { limit: wanted, ...(from === undefined ? {} : { before: from }) });
    for (const { bytes } of page) {
      const entry = decodeStored<Any | ErasedEntry>(bytes);
      if (entry.kind !== "erased" && !isOver(entry as Any, nowMs)) entries.push(entry as Any);
    }
    from = page.at(-1)?.number;
    if (page.length < wanted) break;
  }
  return entries;
}

export function isOver({ disappearsAtMs = Number.POSITIVE_INFINITY }: Pick<Entry, "disappearsAtMs">, nowMs: number): boolean {
  return disappearsAtMs <= nowMs;
}

/** Number of a message in the history; undefined when it is not there. */
export async function numberOf(values: Values, threadId: string, { id, author }: MessageRef): Promise<number | undefined> {
  const seen = await seenBy(values, threadId, id);
  const number = seen.find((one) => one.author === author)?.number ?? 0;
  return number === 0 ? undefined : number;
}

export async function findEntry(reader: EntryReader, threadId: string, message: MessageRef): Promise<MarkedEntry | undefined> {
  const number = await numberOf(reader, threadId, message);
  const found = number === undefined ? undefined : await reader.entry<StoredEntry>(historyOf(threadId), number);
  return found?.kind === "erased" ? undefined : found;
}

/** A conversation's row is written with every change: of its last entry it carries what a list shows. */
export function asLast(stored: MarkedEntry): Entry {
  const { marks: _, ...entry } = stored;
  if (entry.kind !== "file") return entry;
  const { thumbnail: __, ...file } = entry.file;
  return { ...entry, file };
}
