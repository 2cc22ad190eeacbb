// What a conversation sends next: queued content in its order, then a receipt when one is due.
import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { KnownContent } from "@p2pcrypt/content";
import type { Core } from "../core.ts";
import type { Carried, GroupRow } from "../store/group-rows.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { receiptDue } from "./thread.ts";

export type NextContent =
  | { readonly kind: "content"; readonly content: KnownContent; readonly carries: Carried }
  | { readonly kind: "idle" }
  | { readonly kind: "wait"; readonly delayMs: number };

/** Receipts are cumulative and batched: the first thing worth telling waits a little for more. */
const RECEIPT_DELAY_MS = 2_000;
/** Beyond, every message would be answered by a crowd. */
const MAX_MEMBERS_WITH_RECEIPTS = 20;

export class ReceiptClock {
  readonly #dueMs = new Map<string, number>();
  /** Tell at once: for commands that run once. */
  isHurried = false;

  /** How long a thread's receipt still waits; 0 when it is to be sent now. */
  waitMs(threadId: string, nowMs: number): number {
    if (this.isHurried) return 0;
    const dueMs = this.#dueMs.get(threadId) ?? nowMs + RECEIPT_DELAY_MS;
    this.#dueMs.set(threadId, dueMs);
    return Math.max(0, Math.min(dueMs - nowMs, RECEIPT_DELAY_MS));
  }

  done(threadId: string): void {
    this.#dueMs.delete(threadId);
  }
}

export function nextContent(core: Core, tx: Tx, group: GroupRow, receipts: ReceiptClock): NextContent {
  const thread = tx.get(core.tables.threads, group.threadId);
  if (thread === undefined || thread.groupId !== group.groupId) return { kind: "idle" };
  for (const id of thread.outbox) {
    const row = tx.get(core.tables.outbox, id);
    if (row !== undefined && !row.isAtNode && row.refusal === undefined) {
      return { kind: "content", content: row.content, carries: { kind: "outbox", id } };
    }
  }
  const isSmall = new Set(group.roster.map(({ identityId }) => identityId)).size <= MAX_MEMBERS_WITH_RECEIPTS;
  return isSmall ? nextReceipt(core, thread, receipts) : { kind: "idle" };
}

function nextReceipt(core: Core, thread: ThreadRow, receipts: ReceiptClock): NextContent {
  const due = core.account.settings.sendsReceipts ? receiptDue(thread) : undefined;
  if (due === undefined) return { kind: "idle" };
  const delayMs = receipts.waitMs(thread.id, core.nowMs);
  if (delayMs > 0) return { kind: "wait", delayMs };
  receipts.done(thread.id);
  const content: KnownContent = {
    kind: "receipt",
    id: encodeBase64Url(core.deps.random(16)),
    sentAtMs: core.nowMs,
    ...(thread.arrived === undefined ? {} : { delivered: thread.arrived.id }),
    ...(thread.read === undefined ? {} : { read: thread.read.id }),
  };
  return { kind: "content", content, carries: { kind: "receipt", ...due } };
}
