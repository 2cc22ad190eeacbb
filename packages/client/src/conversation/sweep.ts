// Erases messages whose time is over (disappearing.ts), as long as a client runs and whenever one is opened.
import type { Core } from "../core.ts";
import { forget } from "../files/forget.ts";
import type { Step } from "../run/pump.ts";
import type { DisappearingRow } from "../store/rows.ts";
import { decodeStored } from "../store/stored-json.ts";
import type { Tx } from "../store/tx.ts";
import { type Due, isSameQueue, queueOf } from "./disappearing.ts";
import { eraseEntries } from "./erase.ts";

/** Erased in one transaction. */
const MOST_AT_ONCE = 128;
const MAX_WAIT_MS = 86_400_000;
const NODE_RETRY_MS = 600_000;

/** Erases what is due, and frees what nodes hold of files that are gone. */
export async function disappearStep(core: Core): Promise<Step> {
  await eraseAllDue(core);
  const waits = [...(await freeBlobs(core)), ...waiting(core).map(({ nextMs }) => nextMs - core.nowMs)];
  return waits.length === 0 ? { kind: "idle" } : { kind: "wait", delayMs: Math.max(0, Math.min(...waits, MAX_WAIT_MS)) };
}

/** Also what became due while nothing ran: before anything is shown. */
export async function eraseAllDue(core: Core): Promise<void> {
  for (const thread of core.tables.threads.all())
    for (const queue of thread.disappearing ?? [])
      while (isDue(core, thread.id, queue)) await core.ledger.transact((tx) => eraseDue(core, tx, thread.id, queue));
}

function waiting({ tables }: Core): readonly DisappearingRow[] {
  return tables.threads.all().flatMap(({ disappearing = [] }) => disappearing.filter(({ done, count }) => done < count));
}

function isDue({ tables, nowMs }: Core, threadId: string, named: DisappearingRow): boolean {
  const queue = tables.threads.get(threadId)?.disappearing?.find((one) => isSameQueue(one, named));
  return queue !== undefined && queue.done < queue.count && queue.nextMs <= nowMs;
}

async function eraseDue(core: Core, tx: Tx, threadId: string, named: DisappearingRow): Promise<void> {
  const queue = tx.get(core.tables.threads, threadId)?.disappearing?.find((one) => isSameQueue(one, named));
  if (queue === undefined) return;
  const until = Math.min(queue.done + MOST_AT_ONCE, queue.count);
  const page = await core.deps.vault.readPage(queueOf(threadId, named), { before: until + 1, limit: until - queue.done });
  const line = page.map(({ bytes }) => decodeStored<Due>(bytes)).reverse();
  const first = line.findIndex(({ untilMs }) => untilMs > core.nowMs);
  const due = first === -1 ? line : line.slice(0, first);
  await eraseEntries(
    core,
    tx,
    threadId,
    due.map(({ number }) => number),
  );
  const thread = tx.get(core.tables.threads, threadId);
  if (thread === undefined) return;
  const next = line[due.length];
  // Of what lies behind this stretch nothing is known yet: the next step looks.
  const done = queue.done + due.length;
  const changed = { ...queue, done, nextMs: next?.untilMs ?? 0 };
  const others = (thread.disappearing ?? []).filter((one) => !isSameQueue(one, named));
  tx.put(core.tables.threads, threadId, { ...thread, disappearing: [...others, changed] });
}

/** @returns how long to wait for nodes that do not answer. */
async function freeBlobs(core: Core): Promise<readonly number[]> {
  const { tables, files, nowMs } = core;
  const waits: number[] = [];
  for (const row of tables.uploads.all()) {
    if (row.isEnding !== true) continue;
    const isOver = (row.expiresMs ?? 0) <= nowMs;
    if (isOver || (files !== undefined && (await forget(files, row))))
      await core.ledger.transact(async (tx) => tx.delete(tables.uploads, row.id));
    else waits.push(NODE_RETRY_MS);
  }
  return waits;
}
