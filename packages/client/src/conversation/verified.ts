// A contact was verified by the person: kept with method and date, and written into the conversation's history.
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { VerificationMethod } from "../snapshots.ts";
import type { Tx } from "../store/tx.ts";
import { appendEntry } from "./thread.ts";

/** @returns false when there is no such contact any more. */
export async function markVerified(core: Core, tx: Tx, identityId: IdentityId, method: VerificationMethod): Promise<boolean> {
  const { contacts, threads } = core.tables;
  const contact = tx.get(contacts, identityId);
  if (contact === undefined) return false;
  tx.put(contacts, identityId, { ...contact, trust: { kind: "verified", method, atMs: core.nowMs } });
  if (contact.conversationId === undefined) return true;
  const event = { what: "verified", name: contact.name, identityId, method } as const;
  await appendEntry(tx, threads, contact.conversationId, { kind: "event", event, atMs: core.nowMs });
  return true;
}
