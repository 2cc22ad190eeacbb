// A new group: this device alone in it at first, on the own home node; whom it is for are added by its first commits.
import type { IdentityId } from "@p2pcrypt/session";
import { foundGroupRow, newThread } from "../conversation/found.ts";
import type { Core } from "../core.ts";
import type { WishRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";

export interface NewGroup {
  readonly name: string;
  readonly members: readonly IdentityId[];
  readonly picture: Uint8Array | undefined;
}

/** @returns the conversation's id. @throws {ClientError} node/unreachable */
export async function foundGroup(core: Core, tx: Tx, { name, members, picture }: NewGroup): Promise<string> {
  const { threads, groups } = core.tables;
  const id = core.newId();
  const group = await foundGroupRow(core, tx, { threadId: id, kind: "group", name, picture });
  const wishes: WishRow[] = members.map((identityId) => ({ kind: "add", identityId }));
  tx.put(groups, group.groupId, { ...group, wishes });
  tx.put(threads, id, { ...newThread(core, id, { kind: "group" }), groupId: group.groupId });
  return id;
}
