// An act, applied to the entry it is about, wherever that is in the history, and to what else knows of the message.
import type { Core } from "../core.ts";
import { isMessage, isNews } from "../message-kinds.ts";
import { noteChanged } from "../search/changed.ts";
import type { MarkedEntry, MarkedMessage } from "../store/entry-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { withState } from "../views.ts";
import { type Act, acted, targetOf } from "./acts.ts";
import { eraseFile } from "./erase.ts";
import { asLast, findEntry, historyOf, numberOf } from "./history.ts";
import { withMention } from "./mentions.ts";
import { told } from "./quote.ts";
import { keepEarlyAct } from "./seen.ts";
import { dropStars } from "./stars.ts";
import { appendEntry, withPin } from "./thread.ts";
import { withWaitingActs } from "./waiting-acts.ts";

/** Acts on what is not there wait; acts on what was taken away change nothing. */
export async function applyAct(core: Core, tx: Tx, threadId: string, act: Act): Promise<void> {
  const target = targetOf(act);
  const number = await numberOf(tx, threadId, target);
  if (number === undefined) return keepEarlyAct(tx, threadId, target, act);
  const stored = await findEntry(tx, threadId, target);
  if (stored === undefined || !isMessage(stored)) return;
  const changed = acted(stored, act);
  if (changed === stored) return;
  await replaceEntry(core, tx, stored, changed);
  const isFirstPin = act.content.kind === "pin" && (stored.marks?.pins ?? []).length === 0;
  if (!isFirstPin) return;
  const event = { what: "pinned", by: act.authorName, byId: act.author, number } as const;
  await appendEntry(tx, core.tables.threads, threadId, { kind: "event", event, atMs: act.atMs });
}

/** Puts another entry in place of a message, and brings what was derived from it up to date. */
export async function replaceEntry(core: Core, tx: Tx, before: MarkedMessage, after: MarkedEntry): Promise<void> {
  const { threads } = core.tables;
  const { conversationId: threadId, number = 0 } = before;
  tx.replace(historyOf(threadId), number, after);
  await noteChanged(tx, threadId, [number]);
  const thread = tx.get(threads, threadId);
  if (thread === undefined) return;
  tx.put(threads, threadId, followed(thread, before, after));
  const entry = withState(core, thread, await told(tx, withWaitingActs(core, thread, after)));
  tx.emit({ kind: "entryChanged", entry });
  if (isMessage(after)) return;
  if (before.kind === "file") await eraseFile(core, tx, before);
  if (before.marks?.isStarred === true) await dropStars(tx, threadId, [number]);
}

function followed(thread: ThreadRow, before: MarkedMessage, after: MarkedEntry): ThreadRow {
  const { number = 0 } = before;
  const last = thread.last?.number === number ? { last: asLast(after) } : {};
  const pinned = withPin(thread.pinned, after);
  const isUnread = isNews(before) && number > (thread.read?.number ?? 0);
  const unread = isUnread && !isMessage(after) ? Math.max(0, thread.unread - 1) : thread.unread;
  return { ...thread, ...last, unread, ...withMention(thread, after), ...(pinned === undefined ? {} : { pinned }) };
}
