// The wish to have a conversation at another node: checked here, carried out by the conversation's task.
import { ApiError } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { IdentityError, type MoveLink, parseMoveLink } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import { parseNodeUrl } from "../account/node-url.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import { putWish } from "../group/wishes.ts";
import { identifyNode } from "../net/node-facts.ts";
import { ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";
import type { ConversationId } from "../snapshots.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";
import { becomeStuck } from "./give-way.ts";
import { noteOffer } from "./move.ts";
import { assertOpen } from "./open.ts";

const NODE_MS = 15_000;

/** @throws {ClientError} conversation/*, group/notAdmin, nodeUrl/*, node/unreachable, node/refused */
export async function wishToMove(core: Core, id: ConversationId, nodeUrl: string, isForced: boolean): Promise<void> {
  const url = parseNodeUrl(nodeUrl);
  assertOpen(core, id);
  assertMover(core, groupOf(core, undefined, id));
  const nodeId = await nodeAt(core, url);
  await core.ledger.transact(async (tx) => {
    const group = groupOf(core, tx, id);
    assertMover(core, group);
    if (group.place.nodeId === nodeId) throw new ClientError({ code: "conversation/sameNode" });
    putWish(core, tx, group.groupId, { kind: "move", nodeId, nodeUrl: url, ...(isForced ? { isForced } : {}) });
  });
  core.links.to(url);
}

/** @throws {ClientError} link/malformed, nodeUrl/*, conversation/* */
export async function followLink(core: Core, text: string): Promise<ConversationId> {
  const { nodeUrl, nodeId, groupId, stream, positions } = readMoveLink(text);
  const { groups } = core.tables;
  const id = await core.ledger.transact(async (tx) => {
    const group = tx.get(groups, encodeHex(groupId));
    if (group === undefined) throw new ClientError({ code: "conversation/unknown" });
    if (group.state !== "active") throw new ClientError({ code: "conversation/closed" });
    noteOffer(core, tx, { groupId, place: { nodeId, nodeUrl, stream }, positions });
    return group.threadId;
  });
  core.links.to(nodeUrl);
  return id;
}

function readMoveLink(text: string): MoveLink {
  try {
    const link = parseMoveLink(text);
    return { ...link, nodeUrl: parseNodeUrl(link.nodeUrl) };
  } catch (cause) {
    if (cause instanceof IdentityError) throw new ClientError({ code: "link/malformed" }, { cause });
    throw cause;
  }
}

/** @throws {ClientError} conversation/unknown, conversation/closed */
export async function rejoin(core: Core, id: ConversationId): Promise<void> {
  const { groups, threads, contacts } = core.tables;
  await core.ledger.transact(async (tx) => {
    const thread = tx.get(threads, id);
    if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
    const group = thread.groupId === undefined ? undefined : tx.get(groups, thread.groupId);
    if (group?.state !== "active" || group.rival === undefined) throw new ClientError({ code: "conversation/closed" });
    const { by = core.account.identityId, positions } = group.rival;
    const committer = { identityId: by, name: tx.get(contacts, by)?.name ?? "" };
    await becomeStuck(core, tx, group.groupId, { position: positions + 1, committer, atMs: core.nowMs });
  });
}

function groupOf({ tables }: Core, tx: Tx | undefined, id: ConversationId): GroupRow {
  const { threads, groups } = tables;
  const thread = tx === undefined ? threads.get(id) : tx.get(threads, id);
  const groupId = thread?.groupId ?? "";
  const group = tx === undefined ? groups.get(groupId) : tx.get(groups, groupId);
  if (group?.state !== "active") throw new ClientError({ code: "conversation/closed" });
  return group;
}

function assertMover({ account }: Core, { roster }: GroupRow): void {
  const isAdmin = roster.some(({ identityId, isAdministrator }) => identityId === account.identityId && isAdministrator);
  if (!isAdmin) throw new ClientError({ code: "group/notAdmin" });
}

/** Who answers at an address. @throws {ClientError} node/unreachable, node/refused */
export async function nodeAt({ deps, nowMs }: Core, nodeUrl: string): Promise<IdentityId> {
  try {
    const answer = deps.transport.call(nodeUrl, "node.describe", {}, undefined);
    const description = await within(answer, NODE_MS, deps.timers, () => new ConnectionError("connection/timeout"));
    return (await identifyNode(deps.identity, description, { atMs: nowMs })).nodeId;
  } catch (cause) {
    if (cause instanceof ConnectionError) throw new ClientError({ code: "node/unreachable", nodeUrl }, { cause });
    if (cause instanceof ApiError) throw new ClientError({ code: "node/refused", nodeUrl, reason: cause.code }, { cause });
    throw cause;
  }
}
