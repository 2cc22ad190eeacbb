import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { KnownContent } from "@p2pcrypt/content";
import type { Core } from "../core.ts";
import type { ThreadRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";

export type Unsent<Kind extends KnownContent> = Kind extends KnownContent ? Omit<Kind, "id" | "sentAtMs"> : never;

/** The newest profile, with the tokens that contacts hold, takes the place of one that was not sealed yet. */
export function queueProfile(
  core: Core,
  tx: Tx,
  threadId: string,
  card: { readonly certificate: Uint8Array; readonly profile: Uint8Array },
): void {
  const { threads, outbox, contacts } = core.tables;
  const thread = tx.get(threads, threadId);
  const contact = thread?.contactId === undefined ? undefined : tx.get(contacts, thread.contactId);
  if (thread === undefined || contact?.state !== "accepted") return;
  const isOlder = (id: string): boolean => {
    const row = tx.get(outbox, id);
    const isCard = row?.content.kind === "profileUpdate" || row?.content.kind === "contactCard";
    return isCard && row.recordHash === undefined && !row.isAtNode;
  };
  for (const id of thread.outbox) if (isOlder(id)) tx.delete(outbox, id);
  tx.put(threads, threadId, { ...thread, outbox: thread.outbox.filter((id) => tx.get(outbox, id) !== undefined) });
  queueContent(core, tx, threadId, {
    kind: "contactCard",
    certificate: encodeBase64Url(card.certificate),
    profile: encodeBase64Url(card.profile),
    inboxToken: encodeBase64Url(core.account.inbox.contactToken),
    claimToken: encodeBase64Url(contact.myClaimToken),
  });
}

/** Stores content for sending. @returns its content id, or undefined when the thread is gone. */
export function queueContent(core: Core, tx: Tx, threadId: string, content: Unsent<KnownContent>): KnownContent | undefined {
  const thread = tx.get(core.tables.threads, threadId);
  if (thread === undefined) return undefined;
  const id = encodeBase64Url(core.deps.random(16));
  const whole = { ...content, id, sentAtMs: core.nowMs } as KnownContent;
  tx.put(core.tables.outbox, id, { id, threadId, content: whole, isAtNode: false });
  tx.put(core.tables.threads, threadId, { ...thread, outbox: [...thread.outbox, id] });
  return whole;
}

/** Everything that was sealed and not read back is sealed again: no log that is read any more brings it back. */
export function resend({ tables }: Core, tx: Tx, { outbox }: ThreadRow): void {
  for (const id of outbox) {
    const row = tx.get(tables.outbox, id);
    if (row === undefined) continue;
    const { recordHash: _, ...unsealed } = row;
    tx.put(tables.outbox, id, { ...unsealed, isAtNode: false });
  }
}
