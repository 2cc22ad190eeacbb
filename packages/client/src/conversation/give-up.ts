// What a person wanted of a conversation and nobody can make a commit of.
import type { Core } from "../core.ts";
import { appendEntry } from "./thread.ts";

/** A key package that no longer holds: whoever made it asks again. Of a group, the person is told who could not be added. */
export async function giveUp(core: Core, groupId: string): Promise<void> {
  const { groups, threads } = core.tables;
  await core.ledger.transact(async (tx) => {
    const group = tx.get(groups, groupId);
    if (group === undefined) return;
    const { adds } = group;
    const isTried = (id: string): boolean => adds.some(({ identityId }) => identityId === id);
    // Without adds it was a change that nobody can make; leaving is never given up.
    const wishes = (group.wishes ?? []).filter((wish) =>
      adds.length === 0 ? wish.kind === "leave" : (wish.kind !== "add" && wish.kind !== "devices") || !isTried(wish.identityId),
    );
    tx.put(groups, groupId, { ...group, adds: [], wishes });
    if (tx.get(threads, group.threadId)?.kind !== "group") return;
    for (const identityId of new Set(adds.map((add) => add.identityId))) {
      const event = { what: "notAdded", name: core.tables.contacts.get(identityId)?.name ?? "", identityId } as const;
      await appendEntry(tx, threads, group.threadId, { kind: "event", event, atMs: core.nowMs });
    }
  });
}
