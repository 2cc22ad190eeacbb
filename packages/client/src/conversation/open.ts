// Whether something may be said in a conversation now.
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import { isLeaving } from "../group/wishes.ts";
import type { ConversationId } from "../snapshots.ts";
import type { ContactRow, ThreadRow } from "../store/rows.ts";

/** @throws {ClientError} conversation/unknown, conversation/closed, client/cloned, contact/blocked, contact/undecided */
export function assertOpen(core: Core, id: ConversationId): void {
  const { threads, groups, contacts } = core.tables;
  const thread = threads.get(id);
  if (thread === undefined) throw new ClientError({ code: "conversation/unknown" });
  assertGoesOn(core);
  const contact = thread.contactId === undefined ? undefined : contacts.get(thread.contactId);
  if (contact?.state === "blocked") throw new ClientError({ code: "contact/blocked" });
  if (contact?.alert?.isDecided === false) throw new ClientError({ code: "contact/undecided" });
  const group = thread.groupId === undefined ? undefined : groups.get(thread.groupId);
  const isUndecided = thread.kind === "group" && group?.roster.some(({ identityId }) => isAlerted(contacts.get(identityId)));
  if (isUndecided === true) throw new ClientError({ code: "contact/undecided" });
  const isOver = group?.state === "removed" || group?.state === "left" || (group !== undefined && isLeaving(group));
  const isClosed = contact?.state === "gone" || isOver;
  if (isClosed || hasSaidGoodbye(core, thread)) throw new ClientError({ code: "conversation/closed" });
}

/** @throws {ClientError} client/cloned, client/removed: nothing is sent from here any more */
export function assertGoesOn({ account }: Core): void {
  if (account.isRemoved === true) throw new ClientError({ code: "client/removed" });
  if (account.isCloned) throw new ClientError({ code: "client/cloned" });
}

function isAlerted(contact: ContactRow | undefined): boolean {
  return contact?.alert?.isDecided === false;
}

/** Goodbye was said and is not in the log yet: nothing comes after it. */
export function hasSaidGoodbye({ tables }: Core, thread: ThreadRow | undefined): boolean {
  return thread?.outbox.some((id) => tables.outbox.get(id)?.content.kind === "goodbye") === true;
}
