// Note to self: the conversation of one's own devices, with nobody else in it.
import { encodeHex } from "@p2pcrypt/bytes";
import type { Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { foundGroupRow, newThread } from "./found.ts";

function selfThread({ tables }: Core, tx: Tx): ThreadRow | undefined {
  const id = tx.ids(tables.threads).find((one) => tx.get(tables.threads, one)?.kind === "self");
  return id === undefined ? undefined : tx.get(tables.threads, id);
}

/** Begins it when there is none. One that this device is not in yet is waited for: the other devices take it in. @throws {ClientError} node/unreachable */
export async function noteToSelf(core: Core, tx: Tx): Promise<string> {
  const { threads, groups } = core.tables;
  const known = selfThread(core, tx);
  const hasOthers = core.account.devices.length > 1;
  if (known !== undefined && (known.groupId !== undefined || hasOthers)) return known.id;
  const thread = known ?? newThread(core, core.newId(), { kind: "self" });
  const group = await foundGroupRow(core, tx, { threadId: thread.id, kind: "self" });
  tx.put(groups, group.groupId, group);
  tx.put(threads, thread.id, { ...thread, groupId: group.groupId });
  return thread.id;
}

/**
 * Another own device takes this one into it. Of two that devices made at once, the one with the lower id stays, on every device.
 *
 * @returns the conversation as it is to go on; undefined when it is not this one, or somebody else is in it
 */
export function joinedSelf(core: Core, tx: Tx, session: Session, byId: string): ThreadRow | undefined {
  const { groups, threads } = core.tables;
  const { identityId: self } = core.account;
  const isOwn = byId === self && session.founder === self && session.roster.every(({ identityId }) => identityId === self);
  if (!isOwn) return undefined;
  const groupId = encodeHex(session.groupId);
  const thread = selfThread(core, tx) ?? newThread(core, core.newId(), { kind: "self" });
  const present = thread.groupId === undefined ? undefined : tx.get(groups, thread.groupId);
  const isHeld = present?.state === "active" || present?.state === "opening";
  if (isHeld && present.groupId < groupId) return undefined;
  if (isHeld && present.groupId !== groupId) tx.put(groups, present.groupId, { ...present, state: "succeeded" });
  const joined: ThreadRow = { ...thread, groupId };
  tx.put(threads, thread.id, joined);
  return joined;
}
