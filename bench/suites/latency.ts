// From send to shown between two clients with the product's own cryptography and vaults on disk.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@p2pcrypt/client";
import { acquaintedPair } from "../acquainted-pair.ts";
import { NodeProcess } from "../node-process.ts";
import { percentile, type Result } from "../result.ts";

export async function run(): Promise<Result[]> {
  const node = await NodeProcess.start();
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-pair-"));
  try {
    const { ana, ben, conversation } = await acquaintedPair(folder, node.url);
    const at20 = await exchange(ben, ana, conversation, 20, 10_000);
    let highest = 0;
    for (const rate of [40, 60, 80, 100, 130, 160, 200]) {
      if (percentile(await exchange(ben, ana, conversation, rate, 4_000), 99) >= 250) break;
      highest = rate;
    }
    await ana.close();
    await ben.close();
    return [
      {
        name: "send to shown at 20 messages/s, median",
        value: Math.round(percentile(at20, 50) * 10) / 10,
        unit: "ms",
        goal: { atMost: 25 },
      },
      {
        name: "send to shown at 20 messages/s, p99",
        value: Math.round(percentile(at20, 99) * 10) / 10,
        unit: "ms",
        goal: { atMost: 80 },
      },
      {
        name: "highest rate tried with p99 below 250 ms",
        value: highest,
        unit: "messages/s",
        note: "both clients in one process",
      },
    ];
  } finally {
    await node.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from send to shown, of everything sent at a steady rate. */
async function exchange(
  from: Client,
  to: Client,
  conversation: string,
  perSecond: number,
  durationMs: number,
): Promise<number[]> {
  const sent = new Map<string, number>();
  const taken: number[] = [];
  const unsubscribe = to.subscribe((event) => {
    if (event.kind !== "entry" || event.entry.kind !== "text") return;
    const sentMs = sent.get(event.entry.text);
    if (sentMs !== undefined) taken.push(performance.now() - sentMs);
  });
  const count = Math.round((perSecond * durationMs) / 1000);
  const startedMs = performance.now();
  for (let n = 0; n < count; n++) {
    const dueMs = startedMs + (n * 1000) / perSecond;
    while (performance.now() < dueMs) await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    const text = `${perSecond}/${n}`;
    sent.set(text, performance.now());
    void from.conversations.send(conversation, text);
  }
  const deadlineMs = performance.now() + 20_000;
  while (taken.length < count && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 20));
  unsubscribe();
  // What never came counts as the longest.
  return [...taken, ...Array.from({ length: count - taken.length }, () => Number.POSITIVE_INFINITY)];
}
