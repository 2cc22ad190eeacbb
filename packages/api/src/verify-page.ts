// What a reader checks about a node's answers (T4, T5): each record links to the one before, the signed checkpoint ends the chain,
// and two checkpoints of one node never contradict each other. Signatures are checked by the caller's `verify`.
import { equalBytes } from "@p2pcrypt/bytes";
import type { ResponseOf } from "./operations.ts";
import type { Checkpoint } from "./schemas.ts";
import { checkpointBytes, nextChain, nextHandshakeChain, type StreamPlace } from "./signed-bytes.ts";

/** Where a reader stands in one node's log. */
export interface Cursor {
  readonly seq: number;
  readonly chain: Uint8Array;
  readonly positions: number;
  readonly handshakeChain: Uint8Array;
}

export type PageOutcome =
  | { readonly kind: "follows"; readonly cursor: Cursor }
  /** Records between the reader's place and the page are no longer kept: the page stands by itself. */
  | { readonly kind: "followsAfterGap"; readonly cursor: Cursor; readonly missingFrom: number; readonly missingTo: number }
  | {
      readonly kind: "broken";
      readonly reason: "otherStream" | "order" | "chain" | "position" | "checkpoint" | "rolledBack" | "signature";
    };

export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean> | boolean;

/** Checks a page against the reader's place. The cursor that comes back stands behind the page's last record. */
export async function verifyPage(
  place: StreamPlace,
  cursor: Cursor,
  page: ResponseOf<"stream.read">,
  node: { readonly checkpointKey: Uint8Array; readonly verify: VerifySignature },
): Promise<PageOutcome> {
  const { checkpoint } = page;
  if (checkpoint.node !== place.node || checkpoint.stream !== place.stream) return { kind: "broken", reason: "otherStream" };
  if (!(await node.verify(node.checkpointKey, checkpointBytes(checkpoint), checkpoint.signature))) {
    return { kind: "broken", reason: "signature" };
  }
  if (checkpoint.seq < cursor.seq) return { kind: "broken", reason: "rolledBack" };
  if (page.seqBefore < cursor.seq) return { kind: "broken", reason: "order" };
  const isGap = page.seqBefore > cursor.seq;
  const start: Cursor = isGap
    ? { seq: page.seqBefore, chain: page.chainBefore, positions: page.positionsBefore, handshakeChain: page.handshakeChainBefore }
    : cursor;
  if (!isGap && !equalBytes(page.chainBefore, cursor.chain)) return { kind: "broken", reason: "chain" };
  let at = start;
  for (const record of page.records) {
    const next = followRecord(at, record);
    if (next === undefined) return { kind: "broken", reason: record.seq === at.seq + 1 ? "position" : "order" };
    at = next;
  }
  const isHead = at.seq === checkpoint.seq;
  if (isHead && !isSameHead(at, checkpoint)) return { kind: "broken", reason: "checkpoint" };
  if (!isHead && !page.hasMore) return { kind: "broken", reason: "checkpoint" };
  if (!isGap) return { kind: "follows", cursor: at };
  return { kind: "followsAfterGap", cursor: at, missingFrom: cursor.seq + 1, missingTo: page.seqBefore };
}

/** One record further. @returns undefined when it is not the next one. */
export function followRecord(
  cursor: Cursor,
  record: {
    readonly seq: number;
    readonly kind: "handshake" | "application" | "sealedRequest";
    readonly position?: number | undefined;
    readonly record: Uint8Array;
  },
): Cursor | undefined {
  if (record.seq !== cursor.seq + 1) return undefined;
  const isHandshake = record.kind === "handshake";
  if (isHandshake ? record.position !== cursor.positions + 1 : record.position !== undefined) return undefined;
  return {
    seq: record.seq,
    chain: nextChain(cursor.chain, record),
    positions: isHandshake ? cursor.positions + 1 : cursor.positions,
    handshakeChain: isHandshake
      ? nextHandshakeChain(cursor.handshakeChain, cursor.positions + 1, record.record)
      : cursor.handshakeChain,
  };
}

/** Whether a checkpoint states exactly where this cursor stands. */
export function isSameHead(cursor: Cursor, checkpoint: Checkpoint): boolean {
  return (
    cursor.seq === checkpoint.seq &&
    cursor.positions === checkpoint.positions &&
    equalBytes(cursor.chain, checkpoint.chain) &&
    equalBytes(cursor.handshakeChain, checkpoint.handshakeChain)
  );
}

/**
 * Compares two checkpoints of one node and stream whose signatures hold. `conflicting`: both cannot be true; together they prove to
 * anybody that the node signed two histories.
 */
export function compareCheckpoints(a: Checkpoint, b: Checkpoint): "consistent" | "conflicting" | "unrelated" {
  if (a.node !== b.node || a.stream !== b.stream) return "unrelated";
  if (a.seq === b.seq && !(equalBytes(a.chain, b.chain) && a.positions === b.positions)) return "conflicting";
  if (a.positions === b.positions && !equalBytes(a.handshakeChain, b.handshakeChain)) return "conflicting";
  const [earlier, later] = a.seq <= b.seq ? [a, b] : [b, a];
  return earlier.positions > later.positions ? "conflicting" : "consistent";
}
