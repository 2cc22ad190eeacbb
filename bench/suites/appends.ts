// Durable appends of 1 KB through the whole node over WebSocket, 64 writers, against the bare rows in the same run.
import { appendsPerSecond } from "../append-load.ts";
import { NodeProcess } from "../node-process.ts";
import { rawAppends } from "../raw-sqlite.ts";
import { percentile, type Result, rounded } from "../result.ts";

const WRITERS = 64;
const DURATION_MS = 8_000;

export async function run(): Promise<Result[]> {
  // Half before and half after, so that a machine that became busier or idler in between counts on both sides.
  const before = rawAppends(3_000);
  const node = await NodeProcess.start();
  try {
    const load = await appendsPerSecond(node, { writers: WRITERS, durationMs: DURATION_MS });
    const after = rawAppends(3_000);
    const raw = (before.perSecond + after.perSecond) / 2;
    return [
      { name: "raw rows, 64 to a transaction", value: rounded(raw), unit: "records/s" },
      {
        name: "appends through the node, 64 writers",
        value: rounded(load.perSecond),
        unit: "records/s",
        note: "the writers share the cores with the node",
      },
      { name: "node to raw rows", value: rounded((load.perSecond / raw) * 100), unit: "%", goal: { atLeast: 40 } },
      { name: "an append, median", value: rounded(percentile(load.latenciesMs, 50), 1), unit: "ms" },
      { name: "an append, p99", value: rounded(percentile(load.latenciesMs, 99), 1), unit: "ms" },
      { name: "CPU of the node per append", value: rounded(load.nodeCpuUsPerAppend), unit: "µs" },
      { name: "CPU of the writers per append", value: rounded(load.writersCpuUsPerAppend), unit: "µs" },
      { name: "CPU of a raw row", value: rounded((before.cpuUsPerRecord + after.cpuUsPerRecord) / 2), unit: "µs" },
    ];
  } finally {
    await node.remove();
  }
}
