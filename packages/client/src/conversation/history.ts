// The stored history of a conversation: entries, and what is left of those that were erased.
import type { Core } from "../core.ts";
import type { Entry } from "../entry-snapshots.ts";
import { decodeStored } from "../store/stored-json.ts";

/** Keeps the numbers of the others. Shown to nobody. */
export interface ErasedEntry {
  readonly kind: "erased";
  readonly number: number;
  readonly atMs: number;
}

export type StoredEntry = (Entry & { readonly number: number }) | ErasedEntry;

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

/** A conversation's row is written with every change: it does not carry thumbnails. */
export function withoutPicture(entry: Entry): Entry {
  if (entry.kind !== "file") return entry;
  const { thumbnail: _, ...file } = entry.file;
  return { ...entry, file };
}
