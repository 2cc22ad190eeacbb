import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { Tx } from "../store/tx.ts";

/** The group of a contact's conversation, in which something can be said now. @throws {ClientError} contact/unknown, conversation/closed */
export function activeGroupWith({ tables }: Core, tx: Tx, contactId: IdentityId): GroupRow {
  const contact = tx.get(tables.contacts, contactId);
  if (contact === undefined) throw new ClientError({ code: "contact/unknown" });
  const thread = contact.conversationId === undefined ? undefined : tx.get(tables.threads, contact.conversationId);
  const group = thread?.groupId === undefined ? undefined : tx.get(tables.groups, thread.groupId);
  if (group?.state !== "active") throw new ClientError({ code: "conversation/closed" });
  return group;
}
