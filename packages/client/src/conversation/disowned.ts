// A commit that was taken back after it had left this device: whoever was given it may put it into the log all the same. For everybody else
// it counts then, and so it does here; of no other is the path kept.
import { equalBytes } from "@p2pcrypt/bytes";
import { Session } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";
import { withAbandoned } from "./move.ts";

/** `session` has it pending, and is given up for one without it. */
export function disown(core: Core, tx: Tx, group: GroupRow, session: Session): GroupRow {
  const [record, pending] = [session.pendingRecord, session.encodePending()];
  core.sessions.spend(tx, group.groupId);
  core.sessions.stage(tx, session.withoutPending());
  if (record === undefined || pending === undefined) return group;
  return { ...group, disowned: { record, pending, epoch: session.epoch } };
}

/** @returns the session that has it pending again when the record is that commit. */
export function reclaimed(core: Core, tx: Tx, group: GroupRow, session: Session, record: Uint8Array): Session {
  const { disowned, claim, ...rest } = group;
  if (disowned === undefined || disowned.epoch !== session.epoch || !equalBytes(disowned.record, record)) return session;
  core.sessions.spend(tx, group.groupId);
  // What waits now has lost its position to it.
  const free = session.pendingRecord === undefined ? session : session.withoutPending();
  tx.put(core.tables.groups, group.groupId, claim?.move === undefined ? rest : withAbandoned(rest, claim.move, core.nowMs));
  const parts = { group: free.encodeGroup(), ratchet: free.encodeRatchet(), pending: disowned.pending };
  return Session.decode(core.sessions.deps, parts);
}

/** With another epoch it opens nothing any more, and what it holds of this one goes. */
export function withoutDisowned({ disowned: _, ...group }: GroupRow): GroupRow {
  return group;
}
