// Giving own certifications to contacts, inside the conversations.
import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { queueContent } from "../conversation/outbox.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { CertifiedRow, ContactRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";

/** Of one content, so that it fits into a record with the rest of it (content.md section 2). */
const MAX_GIVEN_BYTES = 48 * 1024;
const MAX_GIVEN = 32;

/** Queues these for one contact, in as few messages as they fit into, and notes who has them. */
export function give(core: Core, tx: Tx, contact: ContactRow, rows: readonly CertifiedRow[]): void {
  const { conversationId, identityId } = contact;
  if (conversationId === undefined || contact.state !== "accepted") return;
  for (const batch of batches(rows)) {
    const certificates = batch.map(({ cut }) => encodeBase64Url(cut));
    queueContent(core, tx, conversationId, { kind: "certifications", certificates });
    for (const { row } of batch) noteGiven(core, tx, row.identityId, identityId);
  }
}

export function noteGiven(core: Core, tx: Tx, identityId: IdentityId, to: IdentityId): void {
  const { certified } = core.tables;
  const row = tx.get(certified, identityId);
  if (row === undefined || row.givenTo.includes(to)) return;
  tx.put(certified, identityId, { ...row, givenTo: [...row.givenTo, to] });
}

/** Whoever has a certification, or is to be given every one, hears of its change. Not the one it is about. */
export function giveChange(core: Core, tx: Tx, row: CertifiedRow): void {
  const { contacts } = core.tables;
  for (const id of tx.ids(contacts)) {
    const contact = tx.get(contacts, id);
    if (contact === undefined || contact.identityId === row.identityId) continue;
    const hasIt = row.givenTo.includes(contact.identityId);
    if (hasIt || (contact.isGivenCertifications === true && row.own !== undefined)) give(core, tx, contact, [row]);
  }
}

/** Everybody who is certified, but the one it is given to. */
export function allOwn(core: Core, tx: Tx, except: IdentityId): readonly CertifiedRow[] {
  const { certified } = core.tables;
  return tx.ids(certified).flatMap((id) => {
    const row = tx.get(certified, id);
    return row?.own === undefined || row.identityId === except ? [] : [row];
  });
}

/** @throws {ClientError} contact/unknown, conversation/closed */
export function reachable(core: Core, tx: Tx, identityId: IdentityId): ContactRow & { readonly conversationId: string } {
  const contact = tx.get(core.tables.contacts, identityId);
  if (contact === undefined) throw new ClientError({ code: "contact/unknown" });
  const { conversationId } = contact;
  if (contact.state !== "accepted" || conversationId === undefined) throw new ClientError({ code: "conversation/closed" });
  return { ...contact, conversationId };
}

function* batches(rows: readonly CertifiedRow[]): Generator<{ readonly row: CertifiedRow; readonly cut: Uint8Array }[]> {
  let batch: { row: CertifiedRow; cut: Uint8Array }[] = [];
  let bytes = 0;
  for (const row of rows) {
    const cut = row.ownCut;
    if (cut === undefined) continue;
    if (batch.length === MAX_GIVEN || (batch.length > 0 && bytes + cut.length > MAX_GIVEN_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ row, cut });
    bytes += cut.length;
  }
  if (batch.length > 0) yield batch;
}
