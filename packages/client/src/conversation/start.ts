// A contact that both sides agreed to gets a thread; the thread gets a group as soon as the home node is known.
import { equalBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { refresh } from "../mail/look-up.ts";
import type { Step } from "../run/pump.ts";
import type { AddRow } from "../store/group-rows.ts";
import type { ContactRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { foundGroupRow, newThread } from "./found.ts";

const CROSSING_PATIENCE_MS = 30_000;

/** Makes the contact accepted and gives it a thread, if it has none. */
export function startThread(core: Core, tx: Tx, identityId: IdentityId): void {
  const contact = tx.get(core.tables.contacts, identityId);
  if (contact === undefined) return;
  const id = contact.conversationId ?? core.newId();
  tx.put(core.tables.contacts, identityId, { ...contact, state: "accepted", conversationId: id });
  if (tx.get(core.tables.threads, id) === undefined)
    tx.put(core.tables.threads, id, newThread(core, id, { kind: "direct", contactId: identityId }));
}

/**
 * Founds the group of every accepted request that has none: the accepter creates it, on the own node. Of requests that crossed, the
 * side with the higher id waits a while: the other one may have declined before it asked, and does not know of this request any more.
 */
export async function foundWaiting(core: Core): Promise<Step> {
  let next: Step = { kind: "idle" };
  for (const contact of core.tables.contacts.all()) {
    const { state, request } = contact;
    if (request === undefined || core.account.homeNodeId === undefined) continue;
    if (state !== "accepted" && state !== "requested") continue;
    const waitMs = state === "accepted" ? 0 : Math.min(request.heardMs - core.nowMs, 0) + CROSSING_PATIENCE_MS;
    if (waitMs <= 0) {
      // A device that was removed keeps its certificate and an older profile for a while: the nodes know better.
      const isKnown = request.isOfDevice !== true || (await refresh(core, contact));
      if (isKnown) await core.ledger.transact((tx) => found(core, tx, contact));
      else next = next.kind === "wait" ? next : { kind: "wait", delayMs: CROSSING_PATIENCE_MS };
    } else if (next.kind !== "wait" || waitMs < next.delayMs) next = { kind: "wait", delayMs: waitMs };
  }
  return next;
}

async function found(core: Core, tx: Tx, { identityId }: ContactRow): Promise<void> {
  const { account, tables } = core;
  if (tx.get(tables.contacts, identityId)?.state === "requested") startThread(core, tx, identityId);
  const contact = tx.get(tables.contacts, identityId);
  const thread = contact?.conversationId === undefined ? undefined : tx.get(tables.threads, contact.conversationId);
  if (contact?.request === undefined || thread === undefined || account.homeNodeId === undefined) return;
  const { request, ...answered } = contact;
  tx.put(tables.contacts, identityId, answered);
  const before = thread.groupId === undefined ? undefined : tx.get(tables.groups, thread.groupId);
  if (before !== undefined && before.state !== "left" && before.state !== "removed") return;
  const offers = request.offers.filter(({ deviceId }) => !answered.revokedDevices.some((id) => equalBytes(id, deviceId)));
  if (offers.length === 0) return;
  const adds: AddRow[] = offers.map((offer) => ({ identityId, replyInbox: request.replyInbox, offer }));
  const group = await foundGroupRow(core, tx, { threadId: thread.id, kind: "direct" });
  tx.put(tables.groups, group.groupId, { ...group, adds });
  tx.put(tables.threads, thread.id, { ...thread, groupId: group.groupId });
}
