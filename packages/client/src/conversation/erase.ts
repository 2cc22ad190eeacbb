// Entries that are to be nowhere any more.
import type { Core } from "../core.ts";
import type { Entry, FileEntry } from "../entry-snapshots.ts";
import { filesOf, SECRETS, secretName } from "../files/arrived.ts";
import { isMessage } from "../message-kinds.ts";
import { noteChanged } from "../search/changed.ts";
import { decodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";
import { asLast, erased, historyOf, readStored, type StoredEntry } from "./history.ts";
import { without } from "./mentions.ts";
import { dropStars } from "./stars.ts";

/** How far back the newest entry that is left is looked for. */
const LOOKED_BACK = 256;

/** Takes entries out of the history, with what belongs to them: pictures and keys of files, what was fetched of them, the search index. */
export async function eraseEntries(core: Core, tx: Tx, threadId: string, numbers: readonly number[]): Promise<void> {
  const { threads } = core.tables;
  const gone: StoredEntry[] = [];
  for (const number of numbers) {
    const entry = await readStored(core, threadId, number);
    if (entry === undefined || entry.kind === "erased") continue;
    gone.push(entry);
    tx.replace(historyOf(threadId), number, erased(entry));
    if (entry.kind === "file") await eraseFile(core, tx, entry);
  }
  const thread = tx.get(threads, threadId);
  if (thread === undefined || gone.length === 0) return;
  const unread = gone.filter((entry) => isTheirs(entry) && entry.number > (thread.read?.number ?? 0)).length;
  const isLastGone = thread.last?.number !== undefined && numbers.includes(thread.last.number);
  const { last: _, ...rest } = thread;
  const pinned = thread.pinned?.filter(({ number }) => !numbers.includes(number));
  const last = isLastGone ? await lastBefore(core, threadId, new Set(numbers)) : thread.last;
  tx.put(threads, threadId, {
    ...rest,
    ...(last === undefined ? {} : { last }),
    unread: Math.max(0, thread.unread - unread),
    ...(pinned === undefined ? {} : { pinned }),
    ...(thread.mentions === undefined ? {} : { mentions: without(thread.mentions, numbers) }),
  });
  await dropStars(tx, threadId, numbers);
  await noteChanged(tx, threadId, numbers);
  tx.emit({ kind: "erased", conversationId: threadId, numbers });
}

function isTheirs(entry: StoredEntry): boolean {
  return entry.kind !== "erased" && isMessage(entry) && !entry.isOwn;
}

/** Of a file nothing stays that opens it, and its author's node is told to let it go. */
export async function eraseFile(core: Core, tx: Tx, entry: FileEntry): Promise<void> {
  const { conversationId: threadId, author, id, number = 0 } = entry;
  const { uploads, downloads } = core.tables;
  tx.putValue(SECRETS, secretName(threadId, author, id), undefined);
  const at = await placeInFiles(tx, threadId, number);
  if (at !== undefined) tx.replace(filesOf(threadId), at, erased(entry));
  for (const row of downloads.all()) {
    if (row.threadId !== threadId || row.messageId !== id || row.author !== author) continue;
    tx.delete(downloads, row.id);
    // What is whole is the person's own copy.
    if (row.state !== "done") tx.afterwards(() => void discard(core, row.ref));
  }
  for (const row of uploads.all()) {
    if (row.threadId !== threadId || row.messageId !== id || !entry.isOwn) continue;
    const { thumbnail: _, part: __, ...kept } = row;
    const secret = { ...row.secret, key: new Uint8Array(0), header: new Uint8Array(0) };
    tx.put(uploads, row.id, { ...kept, name: "", ref: "", secret, isEnding: true });
  }
}

/** The list of files has the same order as the history. */
export async function placeInFiles(
  tx: Pick<Tx, "count" | "entry">,
  threadId: string,
  number: number,
): Promise<number | undefined> {
  const collection = filesOf(threadId);
  let [low, high] = [1, await tx.count(collection)];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = (await tx.entry<StoredEntry>(collection, middle))?.number ?? 0;
    if (there === number) return middle;
    if (there < number) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

async function discard({ files }: Core, ref: string): Promise<void> {
  const sink = await files?.openSink(ref).catch(() => undefined); // nothing of it is here
  await sink?.discard();
  await sink?.close();
}

async function lastBefore(core: Core, threadId: string, gone: ReadonlySet<number>): Promise<Entry | undefined> {
  const page = await core.deps.vault.readPage(historyOf(threadId), { limit: LOOKED_BACK });
  for (const { bytes } of page) {
    const entry = decodeStored<StoredEntry>(bytes);
    if (entry.kind !== "erased" && !gone.has(entry.number ?? 0)) return asLast(entry);
  }
  return undefined;
}
