// The streams of a move: the one that is made, with the commit in it, and those that are not needed any more. A browser loads this when a
// conversation is moved.
import { ApiError, configurationHash, deleteStreamBytes, limits, tokenHash, toStreamId } from "@p2pcrypt/api";
import type { Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { NodeLink } from "../net/node-link.ts";
import { ConnectionError } from "../ports.ts";
import type { ClaimRow, GroupRow } from "../store/group-rows.ts";
import type { FormerStreamRow, MoveRow } from "../store/move-rows.ts";
import { disown } from "./disowned.ts";
import { withAbandoned } from "./move.ts";
import { appendAt, signedConfiguration } from "./stream-calls.ts";
import { appendEntry } from "./thread.ts";

/** A node that was not there is asked again when it is, or after this time. */
const UNREACHED_MS = 3_600_000;

/**
 * Makes the stream with the commit in it. A repetition after a lost answer is no error.
 * @throws {ApiError} @throws {ConnectionError}
 */
async function prepareStream(
  core: Core,
  group: GroupRow,
  session: Session,
  { record, move }: ClaimRow & { readonly move: MoveRow },
): Promise<void> {
  const { place, admins, first, next } = move;
  const link = core.links.to(place.nodeUrl);
  if (link.facts?.nodeId !== place.nodeId) throw new ConnectionError("connection/badAnswer");
  const stream = toStreamId(place.stream);
  const [readTokenHash, writeTokenHash] = [tokenHash(first.readToken), tokenHash(first.writeToken)];
  const retentionMs = limits.DEFAULT_RETENTION_MS;
  const made = { kind: "conversation" as const, readTokenHash, writeTokenHash, admins: [...admins], retentionMs };
  const continues = { positions: session.positions, handshakeChain: session.handshakeHead };
  try {
    await link.call("stream.create", { stream, ...made, continues });
  } catch (error) {
    // Made before, and the commit is in it already.
    if (!(error instanceof ApiError && error.code === "exists")) throw error;
  }
  const where = { node: place.nodeId, stream };
  const previous = configurationHash(where, { version: 1, ...made, isMembersLaneOpen: true });
  const change = { readTokenHash: tokenHash(next.readToken), writeTokenHash: tokenHash(next.writeToken) };
  const configure = await signedConfiguration(core, group, where, { version: 2, previous, change });
  await appendAt(core, link, group, { place, position: session.positions + 1, record, isAdmin: true, configure });
}

/** Stores that the claim's stream is ready, or takes the claim back when the other node does not make it. */
export async function prepareMove(
  core: Core,
  group: GroupRow,
  session: Session,
  claim: ClaimRow & { readonly move: MoveRow },
): Promise<void> {
  const { move } = claim;
  try {
    await prepareStream(core, group, session, claim);
  } catch (error) {
    const isRefused = error instanceof ApiError && !error.isRetriable;
    if (!isRefused && !(error instanceof ConnectionError)) throw error;
    // Nothing else is said while a commit waits: it is made again when the node is there, and not at all when that refuses.
    return withdraw(core, group.groupId, move, isRefused);
  }
  await core.ledger.transact(async (tx) => {
    const row = tx.get(core.tables.groups, group.groupId);
    if (row?.claim?.move === undefined) return;
    tx.put(core.tables.groups, row.groupId, { ...row, claim: { ...row.claim, move: { ...move, isReady: true } } });
  });
}

async function withdraw(core: Core, groupId: string, move: MoveRow, isRefused: boolean): Promise<void> {
  const { groups, threads } = core.tables;
  await core.ledger.transact(async (tx) => {
    const group = tx.get(groups, groupId);
    const session = await core.sessions.get(groupId);
    if (group === undefined || session?.pendingRecord === undefined) return;
    const { claim: _, ...rest } = withAbandoned(disown(core, tx, group, session), move, core.nowMs);
    const wishes = isRefused ? (group.wishes ?? []).filter(({ kind }) => kind !== "move") : (group.wishes ?? []);
    tx.put(groups, groupId, { ...rest, wishes });
    if (!isRefused) return;
    const event = { what: "notMoved", nodeUrl: move.place.nodeUrl } as const;
    await appendEntry(tx, threads, group.threadId, { kind: "event", event, atMs: core.nowMs });
  });
}

/** Has nodes delete streams whose time is over. @returns when the next one is due */
export async function dropFormer(core: Core, groupId: string): Promise<number> {
  const { groups } = core.tables;
  const due = (): readonly FormerStreamRow[] => groups.get(groupId)?.former ?? [];
  for (const row of due()) {
    if (row.untilMs > core.nowMs) continue;
    const link = core.links.to(row.place.nodeUrl);
    if (!link.isConnected || link.facts?.nodeId !== row.place.nodeId) continue;
    await deleteStream(core, link, groupId, row);
    await core.ledger.transact(async (tx) => {
      const group = tx.get(groups, groupId);
      if (group === undefined) return;
      tx.put(groups, groupId, { ...group, former: (group.former ?? []).filter((one) => one.place !== row.place) });
    });
  }
  const times = due().map(({ untilMs }) => untilMs - core.nowMs);
  return Math.min(...times.filter((ms) => ms > 0), UNREACHED_MS);
}

async function deleteStream(core: Core, link: NodeLink, groupId: string, { place, readTokens }: FormerStreamRow): Promise<void> {
  const group = core.tables.groups.get(groupId);
  if (group === undefined) return;
  const stream = toStreamId(place.stream);
  const where = { node: place.nodeId, stream };
  for (const readToken of readTokens) {
    try {
      const { configuration } = await link.call("stream.describe", { stream }, { capability: readToken });
      const signed = deleteStreamBytes(where, configurationHash(where, configuration));
      const { crypto } = core.deps;
      const admin = await crypto.signaturePublicKey(group.adminSecretKey);
      await link.call("stream.delete", { stream, admin, signature: await crypto.sign(group.adminSecretKey, signed) });
      return;
    } catch (error) {
      // Not this token, or it is not there any more.
      if (!(error instanceof ApiError) || error.isRetriable) throw error;
    }
  }
}
