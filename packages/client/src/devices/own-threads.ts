// What own devices tell each other of a conversation: how it is arranged, and what is being written in it. A conversation has another id
// on each device, and is named by whom it is with, or by its group.
import type { Arrangement } from "../arrangement.ts";
import { replaceEntry } from "../conversation/apply-act.ts";
import { findEntry } from "../conversation/history.ts";
import { addStar, dropStars, starsOf } from "../conversation/stars.ts";
import type { Core } from "../core.ts";
import { isMessage } from "../message-kinds.ts";
import type { MessageRef } from "../message-snapshots.ts";
import type { MarkedMessage } from "../store/entry-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";

export const MAX_STARS = 500;

export function threadName(thread: ThreadRow | undefined): string | undefined {
  if (thread?.kind === "self") return "s/self";
  if (thread?.contactId !== undefined) return `c/${thread.contactId}`;
  const groupId = thread?.groupId ?? thread?.formerGroup?.groupId;
  return groupId === undefined ? undefined : `g/${groupId}`;
}

export function threadNamed({ tables }: Core, tx: Tx, name: string): ThreadRow | undefined {
  const id = tx.ids(tables.threads).find((one) => threadName(tx.get(tables.threads, one)) === name);
  return id === undefined ? undefined : tx.get(tables.threads, id);
}

export function applyArranged({ tables }: Core, tx: Tx, thread: ThreadRow, arrangement: Arrangement): void {
  tx.put(tables.threads, thread.id, { ...thread, arrangement });
}

export function applyDraft({ tables }: Core, tx: Tx, { draft: _, ...thread }: ThreadRow, draft: string): void {
  tx.put(tables.threads, thread.id, draft === "" ? thread : { ...thread, draft });
}

/** @returns whether there was anything to change. */
export async function setStar(
  core: Core,
  tx: Tx,
  stored: MarkedMessage & { readonly number: number },
  isStarred: boolean,
): Promise<boolean> {
  if ((stored.marks?.isStarred === true) === isStarred) return false;
  const { conversationId: threadId, number } = stored;
  const { isStarred: _, ...marks } = stored.marks ?? {};
  await replaceEntry(core, tx, stored, { ...stored, marks: isStarred ? { ...marks, isStarred } : marks });
  if (isStarred) await addStar(tx, { threadId, number });
  else await dropStars(tx, threadId, [number]);
  return true;
}

/** A message that is not here gets it when it comes; where there are too many, nothing comes of it. */
export async function applyStar(core: Core, tx: Tx, thread: ThreadRow, message: MessageRef, isStarred: boolean): Promise<void> {
  const stored = await findEntry(tx, thread.id, message);
  if (stored?.number === undefined || !isMessage(stored)) return;
  if (isStarred && (await starsOf(tx)).length >= MAX_STARS) return;
  await setStar(core, tx, { ...stored, number: stored.number }, isStarred);
}

/** What was said of a message that came just now, before it came. */
export async function applyEarlyStar(core: Core, tx: Tx, threadId: string, message: MessageRef): Promise<void> {
  const thread = tx.get(core.tables.threads, threadId);
  const name = threadName(thread);
  const hash = name === undefined ? undefined : tx.get(core.tables.ownStates, starKey(name, message))?.hash;
  const isKnown = hash === starHash(true) || hash === starHash(false);
  if (thread !== undefined && isKnown) await applyStar(core, tx, thread, message, hash === starHash(true));
}

export function starKey(conversation: string, { author, id }: MessageRef): string {
  return `star/${conversation}/${author}/${id}`;
}

/** In the place of a hash. */
export function starHash(isStarred: boolean): string {
  return isStarred ? "starred" : "plain";
}
