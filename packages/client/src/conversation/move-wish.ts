// The wish to have a conversation at another node: checked here, carried out by the conversation's task.
import { ApiError } from "@p2pcrypt/api";
import type { IdentityId } from "@p2pcrypt/session";
import { parseNodeUrl } from "../account/node-url.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import { putWish } from "../group/wishes.ts";
import { identifyNode } from "../net/node-facts.ts";
import { ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";
import type { ConversationId } from "../snapshots.ts";
import type { GroupRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { assertOpen } from "./open.ts";

const NODE_MS = 15_000;

/** @throws {ClientError} conversation/*, group/notAdmin, nodeUrl/*, node/unreachable, node/refused */
export async function wishToMove(core: Core, id: ConversationId, nodeUrl: string): Promise<void> {
  const url = parseNodeUrl(nodeUrl);
  assertOpen(core, id);
  assertMover(core, groupOf(core, undefined, id));
  const nodeId = await nodeAt(core, url);
  await core.ledger.transact(async (tx) => {
    const group = groupOf(core, tx, id);
    assertMover(core, group);
    if (group.place.nodeId === nodeId) throw new ClientError({ code: "conversation/sameNode" });
    putWish(core, tx, group.groupId, { kind: "move", nodeId, nodeUrl: url });
  });
  core.links.to(url);
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
async function nodeAt({ deps, nowMs }: Core, nodeUrl: string): Promise<IdentityId> {
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
