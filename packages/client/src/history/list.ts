// Histories on their way, as they are shown.
import { encodeHex } from "@p2pcrypt/bytes";
import type { Core } from "../core.ts";
import type { HistorySnapshot } from "../device-snapshots.ts";
import type { HistoryRow } from "../store/history-rows.ts";

export function historySnapshots(core: Core): readonly HistorySnapshot[] {
  return core.tables.histories.all().map((row) => snapshotOf(core, row));
}

function snapshotOf({ tables }: Core, row: HistoryRow): HistorySnapshot {
  const { run, entries, startedMs: startedAtMs, endedMs } = row;
  const deviceId = encodeHex(row.deviceId);
  const { name = "" } = tables.devices.get(deviceId) ?? {};
  const failure = row.kind === "given" ? row.failure : undefined;
  const [sent, stored, missing] = row.kind === "given" ? [row.sent, row.stored, 0] : [knownOf(row), row.done, row.missing];
  return {
    ...{ run, deviceId, startedAtMs, entries, sent, stored, missing },
    direction: row.kind === "given" ? "giving" : "taking",
    ...(name === "" ? {} : { deviceName: name }),
    state: endedMs !== undefined ? "done" : failure === undefined ? "going" : "refused",
    ...(failure === undefined ? {} : { reason: failure }),
  };
}

function knownOf({ done, missing, waiting }: HistoryRow & { readonly kind: "taken" }): number {
  return done + missing + waiting.reduce((sum, { entries }) => sum + entries, 0);
}
