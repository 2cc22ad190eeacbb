// Entries as a person reads them: days, an unread line, and what one person said in a row.
import { type Entry, isMessage } from "@p2pcrypt/client";

/** `key` stays the same from the moment of writing until the message is in the log, so that nothing jumps. */
export interface ShownEntry {
  readonly key: string;
  readonly entry: Entry;
  /** Handed over and not stored yet. */
  readonly isSending: boolean;
}

export type TimelineItem =
  | { readonly kind: "day"; readonly key: string; readonly atMs: number }
  | { readonly kind: "unread"; readonly key: string }
  | {
      readonly kind: "said";
      readonly key: string;
      readonly isOwn: boolean;
      readonly author: string;
      readonly entries: readonly ShownEntry[];
    }
  | { readonly kind: "note"; readonly key: string; readonly shown: ShownEntry };

const GROUP_MS = 60_000;

/** @param entries oldest first. @param unreadFrom number of the first entry that was unread when the conversation was opened. */
export function timelineOf(
  entries: readonly ShownEntry[],
  unreadFrom: number | undefined,
  dayOf: (atMs: number) => string,
): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  let day: string | undefined;
  let isMarked = false;
  let group: { readonly item: TimelineItem & { readonly kind: "said" }; readonly entries: ShownEntry[] } | undefined;
  for (const shown of entries) {
    const { entry } = shown;
    const today = dayOf(entry.atMs);
    if (today !== day) {
      items.push({ kind: "day", key: `day ${today}`, atMs: entry.atMs });
      [day, group] = [today, undefined];
    }
    if (!isMarked && unreadFrom !== undefined && entry.number !== undefined && entry.number >= unreadFrom) {
      items.push({ kind: "unread", key: "unread" });
      [isMarked, group] = [true, undefined];
    }
    if (!isMessage(entry)) {
      items.push({ kind: "note", key: shown.key, shown });
      group = undefined;
      continue;
    }
    const last = group?.entries.at(-1)?.entry;
    const isSame =
      group !== undefined && last !== undefined && group.item.author === entry.author && entry.atMs - last.atMs < GROUP_MS;
    if (isSame && group !== undefined) group.entries.push(shown);
    else {
      const grouped = [shown];
      const item = {
        kind: "said",
        key: `said ${shown.key}`,
        isOwn: entry.isOwn,
        author: entry.author,
        entries: grouped,
      } as const;
      group = { item, entries: grouped };
      items.push(item);
    }
  }
  return items;
}

/** A day of this machine's calendar. */
export function localDay(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
