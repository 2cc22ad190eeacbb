// Messages that are erased a while after they were sent. How long is agreed in the group's state; when a message goes is fixed when it
// comes into the history, by the node's time and what was agreed at its place in the log, so that every device lets go of the same ones.
import type { Entry } from "../entry-snapshots.ts";
import { isMessage } from "../message-kinds.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { DisappearingRow, ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";

/** What an entry says of its end. */
export function disappears(
  { disappearAfterS = 0 }: Pick<GroupRow, "disappearAfterS">,
  atMs: number,
): { readonly disappearsAtMs?: number } {
  return disappearAfterS === 0 ? {} : { disappearsAtMs: atMs + disappearAfterS * 1_000 };
}

export interface Due {
  readonly number: number;
  readonly untilMs: number;
}

/** One line for each thread and each time that was ever agreed there: in each of them what came first goes first. */
export function queueOf(threadId: string, { afterS, line }: Pick<DisappearingRow, "afterS" | "line">): string {
  return line === undefined ? `disappearing/${threadId}/${afterS}` : `disappearing/${threadId}/${afterS}/${line}`;
}

export function isSameQueue(
  one: Pick<DisappearingRow, "afterS" | "line">,
  other: Pick<DisappearingRow, "afterS" | "line">,
): boolean {
  return one.afterS === other.afterS && one.line === other.line;
}

/** Notes when a new entry of the thread goes. */
export function noteDisappearing(tx: Tx, thread: ThreadRow, entry: Entry, line?: string): ThreadRow {
  if (!isMessage(entry) || entry.disappearsAtMs === undefined || entry.number === undefined) return thread;
  const { number, disappearsAtMs: untilMs, atMs } = entry;
  const afterS = Math.round((untilMs - atMs) / 1_000);
  const { disappearing = [] } = thread;
  const named = { afterS, ...(line === undefined ? {} : { line }) };
  const queue = disappearing.find((one) => isSameQueue(one, named)) ?? { ...named, count: 0, done: 0, nextMs: untilMs };
  tx.append(queueOf(thread.id, named), { number, untilMs } satisfies Due);
  const next = { ...queue, count: queue.count + 1, nextMs: queue.count === queue.done ? untilMs : queue.nextMs };
  return { ...thread, disappearing: [...disappearing.filter((one) => !isSameQueue(one, named)), next] };
}
