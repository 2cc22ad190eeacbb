// Certifications, introductions and requests to attest that a contact sent. Nothing here makes anybody trusted: what a certification is
// worth is computed from whom this person trusts to introduce.
import { decodeBase64Url, equalBytes } from "@p2pcrypt/bytes";
import type { AttestationRequestContent, CertificationsContent, IntroductionContent } from "@p2pcrypt/content";
import { type FindIssuer, formatContactLink } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import { appendEntry } from "../conversation/thread.ts";
import type { Core } from "../core.ts";
import { verifyCard } from "../mail/contacts.ts";
import type { GroupRow } from "../store/group-rows.ts";
import type { ContactRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { certificateOf, mergeCertified } from "./certified.ts";

export interface From {
  readonly contact: ContactRow;
  readonly group: GroupRow;
  readonly atMs: number;
}

/** Keeps of each certificate what its owner signed, and certifications by the sender or by people already known here. */
export async function applyCertifications(
  core: Core,
  tx: Tx,
  from: From,
  { certificates }: CertificationsContent,
): Promise<void> {
  for (const encoded of certificates) await take(core, tx, from.contact, decodeBase64Url(encoded));
}

export async function applyIntroduction(core: Core, tx: Tx, from: From, content: IntroductionContent): Promise<void> {
  const certificate = decodeBase64Url(content.certificate);
  const card = await verifyCard(core, certificate, decodeBase64Url(content.profile));
  const nodeUrl = card?.profile.inboxes[0]?.nodeUrl;
  const isOther = card?.identityId !== core.account.identityId && card?.identityId !== from.contact.identityId;
  if (card === undefined || nodeUrl === undefined || !isOther || card.isDeleted || !card.isUsable) return;
  await take(core, tx, from.contact, certificate);
  const { identityId, name } = card;
  const link = formatContactLink({ nodeUrl, identityId, nameHint: name });
  const event = { what: "introduced", name, identityId, by: from.contact.identityId, link } as const;
  await appendEntry(tx, core.tables.threads, from.group.threadId, { kind: "event", atMs: from.atMs, event });
}

export async function applyAttestationRequest(
  core: Core,
  tx: Tx,
  from: From,
  { certificate }: AttestationRequestContent,
): Promise<void> {
  const { contact, group, atMs } = from;
  const before = await certificateOf(core, tx, core.account.identityId);
  const id = await take(core, tx, contact, decodeBase64Url(certificate));
  if (id !== core.account.identityId) return;
  const after = await certificateOf(core, tx, id);
  if (before === undefined || after === undefined || equalBytes(before, after)) return;
  const event = { what: "attestationAsked", name: contact.name, by: contact.identityId } as const;
  await appendEntry(tx, core.tables.threads, group.threadId, { kind: "event", atMs, event });
}

async function take(core: Core, tx: Tx, sender: ContactRow, certificate: Uint8Array): Promise<IdentityId | undefined> {
  const { identity } = core.deps;
  const at = { atMs: core.nowMs };
  const facts = await identity.readCertificate(certificate, at);
  if (facts === undefined) return undefined;
  const kept = await identity.certifiedBy(certificate, issuersFor(core, tx, sender), at);
  const isNew = tx.get(core.tables.certified, facts.id) === undefined && tx.get(core.tables.contacts, facts.id) === undefined;
  const isOwn = facts.id === core.account.identityId;
  // Somebody nobody certified is nobody's business.
  const ownPart = isNew && !isOwn ? await identity.certifiedBy(certificate, NOBODY, at) : undefined;
  if (ownPart !== undefined && equalBytes(kept, ownPart)) return undefined;
  return (await mergeCertified(core, tx, kept))?.identityId;
}

/** The sender, and everybody whose certificate is known here. */
function issuersFor(core: Core, tx: Tx, sender: ContactRow): FindIssuer {
  const { certified } = core.tables;
  return (fingerprint) => {
    if (fingerprint === sender.fingerprint) return sender.certificate;
    for (const id of tx.ids(certified)) {
      const row = tx.get(certified, id);
      if (row?.fingerprint === fingerprint) return row.certificate;
    }
    return fingerprint === core.account.fingerprint ? core.account.certificate : undefined;
  };
}

const NOBODY: FindIssuer = () => undefined;
