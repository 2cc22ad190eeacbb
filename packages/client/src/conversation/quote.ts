// What is shown of a message that another one answers: what this device has of it, never what whoever answers says that it was.
import type { Entry } from "../entry-snapshots.ts";
import type { MessageRef, QuoteSnapshot } from "../message-snapshots.ts";
import type { MarkedEntry } from "../store/entry-rows.ts";
import { shown } from "./acts.ts";
import { type EntryReader, findEntry } from "./history.ts";

const MAX_EXCERPT = 160;

/** As it is shown, with what it answers. */
export async function told(reader: EntryReader, stored: MarkedEntry, beside: readonly Entry[] = []): Promise<Entry> {
  const entry = shown(stored);
  if (entry.kind !== "text" || entry.replyTo === undefined) return entry;
  const { id, author } = entry.replyTo;
  const near = beside.find((one) => "id" in one && one.id === id && one.author === author);
  const found = near ?? (await findEntry(reader, entry.conversationId, { id, author }));
  return { ...entry, replyTo: quoteOf({ id, author }, found) };
}

/** What an answer shows of the message that it names. */
export function quoteOf({ id, author }: MessageRef, entry: Entry | undefined): QuoteSnapshot {
  if (entry === undefined || entry.kind === "event" || entry.kind === "missing") return { id, author, what: "absent" };
  const { number, authorName, isOwn } = entry;
  const base = { id, author, authorName, isOwn, ...(number === undefined ? {} : { number }) };
  if (entry.kind === "text") return { ...base, what: "text", excerpt: excerptOf(entry.text) };
  return entry.kind === "file" ? { ...base, what: "file", excerpt: excerptOf(entry.file.name) } : { ...base, what: entry.kind };
}

function excerptOf(text: string): string {
  const cut = text.slice(0, MAX_EXCERPT);
  return cut.isWellFormed() ? cut : cut.slice(0, -1); // not through a character of two halves
}
