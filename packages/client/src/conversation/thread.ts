// The history of one conversation: entries in the order of the log, what was read, what others said they have. Pure steps on a
// ThreadRow inside a transaction.
import type { ReceiptContent } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import { arranged, isMuted, mayCall } from "../arrangement.ts";
import type { Entry, MessageState } from "../entry-snapshots.ts";
import { isMessage, isNews } from "../message-kinds.ts";
import type { PinnedMessage } from "../message-snapshots.ts";
import type { MarkedEntry } from "../store/entry-rows.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Table } from "../store/table.ts";
import type { Tx } from "../store/tx.ts";
import { actedByAll } from "./acts.ts";
import { noteDisappearing } from "./disappearing.ts";
import { asLast, historyOf } from "./history.ts";
import { callsForSelf, withMention } from "./mentions.ts";
import { told } from "./quote.ts";
import { putSeen, seenBy } from "./seen.ts";

type WithoutNumber<Any> = Any extends Entry ? Omit<Any, "number" | "conversationId" | "state"> : never;
export type NewEntry = WithoutNumber<Entry>;

const MAX_UNSETTLED = 500;
const MAX_PINNED = 32;

/** Adds the next entry. A message of an author's already known id changes nothing: the first one counts. */
export async function appendEntry(tx: Tx, threads: Table<ThreadRow>, threadId: string, entry: NewEntry): Promise<void> {
  await addEntry(tx, threads, threadId, entry);
}

/** The same. @returns what was added: with what was done with it before it came. */
export async function addEntry(tx: Tx, threads: Table<ThreadRow>, threadId: string, entry: NewEntry): Promise<Entry | undefined> {
  const thread = tx.get(threads, threadId);
  if (thread === undefined) return undefined;
  const number = thread.entries + 1;
  let stored: MarkedEntry = { ...entry, conversationId: threadId, number };
  if (isMessage(stored)) {
    const { id, author } = stored;
    const seen = await seenBy(tx, threadId, id);
    const early = seen.find((one) => one.author === author);
    if (early !== undefined && early.number > 0) return undefined;
    putSeen(tx, threadId, id, [...seen.filter((one) => one !== early), { author, number }]);
    stored = actedByAll(stored, early?.acts ?? []);
  }
  tx.append(historyOf(threadId), stored);
  const row = counted({ ...thread, entries: number, last: asLast(stored) }, stored);
  tx.put(threads, threadId, noteDisappearing(tx, row, stored));
  const said = await told(tx, stored);
  const isOwn = (said.kind === "text" || said.kind === "file") && said.isOwn;
  tx.emit({ kind: "entry", entry: isOwn ? { ...said, state: "atNode" } : said });
  return said;
}

function counted(thread: ThreadRow, entry: MarkedEntry): ThreadRow {
  if (!isMessage(entry)) return thread;
  const number = entry.number ?? 0;
  const pinned = withPin(thread.pinned, entry);
  const seen = pinned === undefined ? thread : { ...thread, pinned };
  if (!entry.isOwn)
    return {
      ...unarchived(seen, entry),
      ...withMention(seen, entry),
      unread: thread.unread + (isNews(entry) ? 1 : 0),
      arrived: { id: entry.id, number },
    };
  return { ...seen, unsettled: [...thread.unsettled, { id: entry.id, number }].slice(-MAX_UNSETTLED) };
}

/** The pinned messages of a conversation, the latest pinned first, after a message became another. */
export function withPin(pinned: readonly PinnedMessage[] | undefined, after: MarkedEntry): readonly PinnedMessage[] | undefined {
  const isPinned = isMessage(after) && (after.marks?.pins ?? []).length > 0;
  const others = pinned?.filter(({ number }) => number !== after.number) ?? [];
  if (!isPinned) return others.length === (pinned ?? []).length ? pinned : others;
  if (others.length < (pinned ?? []).length) return pinned; // it stays where it is
  const { id, author, number = 0 } = after;
  return [{ id, author, number }, ...others].slice(0, MAX_PINNED);
}

/** What somebody says there brings a conversation back into the list; of a muted one, what names this person. */
function unarchived(thread: ThreadRow, entry: MarkedEntry): ThreadRow {
  const { arrangement = {} } = thread;
  const isHeard = !isMuted(arrangement, entry.atMs) || (callsForSelf(entry) && mayCall(arrangement));
  if (arrangement.isArchived !== true || !isHeard) return thread;
  return { ...thread, arrangement: arranged(arrangement, { isArchived: null }) };
}

/** Cumulative, so nothing ever goes back; ids that are not in the history say nothing. */
export async function applyReceipt(
  tx: Tx,
  threads: Table<ThreadRow>,
  threadId: string,
  receipt: { readonly from: IdentityId; readonly content: ReceiptContent; readonly others: readonly IdentityId[] },
): Promise<void> {
  const thread = tx.get(threads, threadId);
  if (thread === undefined) return;
  const { from, content, others } = receipt;
  const numberOf = async (id: string | undefined): Promise<number> => {
    if (id === undefined) return 0;
    return (await seenBy(tx, threadId, id))[0]?.number ?? 0;
  };
  const before = thread.marks[from] ?? { delivered: 0, read: 0 };
  const read = Math.max(before.read, await numberOf(content.read));
  const delivered = Math.max(before.delivered, read, await numberOf(content.delivered));
  if (read === before.read && delivered === before.delivered) return;
  const marked: ThreadRow = { ...thread, marks: { ...thread.marks, [from]: { delivered, read } } };
  for (const { id, number } of thread.unsettled) {
    const state = stateOf(marked, number, others);
    if (state !== stateOf(thread, number, others)) tx.emit({ kind: "messageState", conversationId: threadId, id, state });
  }
  tx.put(threads, threadId, {
    ...marked,
    unsettled: marked.unsettled.filter(({ number }) => stateOf(marked, number, others) !== "read"),
  });
}

/** Whom a message of one's own is for. */
export function othersIn(
  { contactId }: ThreadRow,
  group: Pick<GroupRow, "roster"> | undefined,
  self: IdentityId,
): readonly IdentityId[] {
  if (contactId !== undefined) return [contactId];
  return [...new Set((group?.roster ?? []).map(({ identityId }) => identityId))].filter((id) => id !== self);
}

/** Who came later is not waited for: what was said before is not theirs to read. */
export function markNewcomer(
  tx: Tx,
  threads: Table<ThreadRow>,
  threadId: string,
  { identityId }: { readonly identityId: IdentityId },
): void {
  const thread = tx.get(threads, threadId);
  if (thread === undefined) return;
  const { delivered, read } = thread.marks[identityId] ?? { delivered: 0, read: 0 };
  const mark = { delivered: Math.max(delivered, thread.entries), read: Math.max(read, thread.entries) };
  tx.put(threads, threadId, { ...thread, marks: { ...thread.marks, [identityId]: mark } });
}

/** Of an own message in the log: what every other member says of it. */
export function stateOf(thread: ThreadRow, number: number, others: readonly IdentityId[]): MessageState {
  const marks = others.map((identityId) => thread.marks[identityId] ?? { delivered: 0, read: 0 });
  if (marks.length === 0) return "atNode";
  if (marks.every(({ read }) => read >= number)) return "read";
  return marks.every(({ delivered }) => delivered >= number) ? "delivered" : "atNode";
}

/** The person saw everything up to an entry. */
export function markRead(
  tx: Tx,
  threads: Table<ThreadRow>,
  threadId: string,
  upTo: { readonly number: number; readonly id: string },
): void {
  const thread = tx.get(threads, threadId);
  if (thread === undefined || upTo.number <= (thread.read?.number ?? 0)) return;
  const mentions = thread.mentions?.filter((number) => number > upTo.number);
  tx.put(threads, threadId, { ...thread, read: upTo, ...(mentions === undefined ? {} : { mentions }) });
}

/** What others should be told by a receipt now, if anything. */
export function receiptDue(thread: ThreadRow): { readonly arrived: number; readonly read: number } | undefined {
  const arrived = thread.arrived?.number ?? 0;
  const read = thread.read?.number ?? 0;
  return arrived > thread.toldArrived || read > thread.toldRead ? { arrived, read } : undefined;
}
