// Writers that keep count of what a node acknowledged, and the check that all of it is there, once.
import { equalBytes } from "@p2pcrypt/bytes";
import { expect } from "vitest";
import { applicationRecord, type NodeClient, random, type TestStream } from "./node-client.ts";

export interface Sent {
  readonly record: Uint8Array;
  readonly idempotencyKey: Uint8Array;
  seq?: number;
}

/** Appends one after the other until the node is gone. What was not answered is sent again first, as a client does. */
export async function write(
  client: NodeClient | undefined,
  stream: TestStream,
  sent: Sent[],
  answered: () => void,
): Promise<void> {
  for (;;) {
    const open = sent.at(-1);
    const next: Sent =
      open !== undefined && open.seq === undefined ? open : { record: applicationRecord(), idempotencyKey: random(16) };
    if (next !== open) sent.push(next);
    const request = {
      stream: stream.stream,
      kind: "application",
      record: next.record,
      idempotencyKey: next.idempotencyKey,
      ifHandshake: 0,
    } as const;
    const answer = await client?.call("stream.append", request, stream.writeToken);
    if (typeof answer !== "object") return;
    next.seq = answer.seq;
    answered();
  }
}

/** @returns how many of them were acknowledged. At most `unanswered` more may be there. */
export async function check(
  client: NodeClient,
  { stream, readToken }: TestStream,
  sent: readonly Sent[],
  unanswered = 1,
): Promise<number> {
  const stored: Uint8Array[] = [];
  for (let after = 0; ; ) {
    const page = await client.call("stream.read", { stream, after, limit: 500 }, readToken);
    if (typeof page !== "object") throw new Error(`not read: ${page}`);
    for (const { seq, record } of page.records) {
      expect(seq).toBe(stored.length + 1);
      stored.push(record);
    }
    if (!page.hasMore) break;
    after = stored.length;
  }
  const acknowledged = sent.filter(({ seq }) => seq !== undefined);
  for (const { record, seq = 0 } of acknowledged)
    expect(equalBytes(stored[seq - 1] ?? new Uint8Array(0), record), `record ${seq}`).toBe(true);
  expect(stored.length - acknowledged.length).toBeLessThanOrEqual(unanswered);
  expect(new Set(stored.map((record) => Buffer.from(record).toString("base64"))).size).toBe(stored.length);
  return acknowledged.length;
}
