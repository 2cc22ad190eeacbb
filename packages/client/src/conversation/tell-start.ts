// The first lines of a conversation: that it began, and what was said with the request that led to it.
import type { Core } from "../core.ts";
import type { Tx } from "../store/tx.ts";
import { appendEntry } from "./thread.ts";

export async function tellStart(core: Core, tx: Tx, threadId: string, atMs: number): Promise<void> {
  const { threads, contacts } = core.tables;
  await appendEntry(tx, threads, threadId, { kind: "event", event: { what: "started" }, atMs });
  const contactId = tx.get(threads, threadId)?.contactId;
  const contact = contactId === undefined ? undefined : tx.get(contacts, contactId);
  if (contact?.greeting === undefined || contact.greeting === "") return;
  const isOwn = contact.isGreetingOwn === true;
  const name = isOwn ? core.account.name : contact.name;
  const event = { what: "greeting", name, isOwn, text: contact.greeting } as const;
  await appendEntry(tx, threads, threadId, { kind: "event", event, atMs });
}
