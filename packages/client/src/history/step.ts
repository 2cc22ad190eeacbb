// Histories on their way to or from another own device: what is to be done next with each. The parts that do it are loaded when there is
// one.
import { equalBytes } from "@p2pcrypt/bytes";
import type { Core } from "../core.ts";
import type { Step } from "../run/pump.ts";
import type { HistoryRow } from "../store/history-rows.ts";

/** One that arrived is shown for so long. */
const SHOWN_MS = 3 * 86_400_000;

export async function historyStep(core: Core): Promise<Step> {
  const { tables, account, blobs, links } = core;
  let next: Step = { kind: "idle" };
  for (const row of tables.histories.all()) {
    if (isOver(core, row)) {
      await core.ledger.transact(async (tx) => tx.delete(tables.histories, row.run));
      continue;
    }
    const isPossible = !account.isCloned && links.to(account.homeNodeUrl).isConnected;
    if (row.endedMs !== undefined || blobs === undefined || !isPossible) continue;
    const step = await stepOf(core, blobs, row);
    if (step.kind === "again") return step;
    if (step.kind === "wait" && (next.kind !== "wait" || step.delayMs < next.delayMs)) next = step;
  }
  return next;
}

async function stepOf(core: Core, blobs: NonNullable<Core["blobs"]>, row: HistoryRow): Promise<Step> {
  if (row.kind === "given") return (await import("./give.ts")).giveStep(core, blobs, row);
  return (await import("./take.ts")).takeStep(core, blobs, row);
}

/** Shown long enough, or for a device that is none of this identity's any more. */
function isOver({ account, nowMs }: Core, row: HistoryRow): boolean {
  if (row.endedMs !== undefined) return nowMs - row.endedMs > SHOWN_MS;
  const isGone = !account.devices.some((id) => equalBytes(id, row.deviceId));
  return row.kind === "given" && isGone;
}
