// Certificates with the certifications on them: what is kept of those that arrive, and what is given on.
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { CertifiedRow } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";

/** Of one person with all certifications: a contact who passes on more changes nothing. */
const MAX_CERTIFIED_BYTES = 64 * 1024;
/** People known by certificate, contacts among them. */
const MAX_CERTIFIED = 10_000;

/** As far as anything is known of somebody: what they say of themselves, with the certifications on it. */
export async function certificateOf(core: Core, tx: Tx, identityId: IdentityId): Promise<Uint8Array | undefined> {
  const { tables, account, deps } = core;
  const certified = tx.get(tables.certified, identityId)?.certificate;
  const isOwn = identityId === account.identityId;
  const said = isOwn ? account.certificate : tx.get(tables.contacts, identityId)?.certificate;
  if (certified === undefined || said === undefined) return certified ?? said;
  return deps.identity.mergeCertificates(certified, said);
}

/**
 * Merges what arrived about somebody into what is known. Nothing is lost: where it would grow too large, it stays as it was.
 *
 * @returns the row as it is now, undefined when there was no room or it is no certificate.
 */
export async function mergeCertified(
  core: Core,
  tx: Tx,
  addition: Uint8Array,
  change: Partial<CertifiedRow> = {},
): Promise<CertifiedRow | undefined> {
  const { identity } = core.deps;
  const { certified } = core.tables;
  const facts = await identity.readCertificate(addition, { atMs: core.nowMs });
  if (facts === undefined) return undefined;
  const known = tx.get(certified, facts.id);
  if (known === undefined && tx.ids(certified).length >= MAX_CERTIFIED) return undefined;
  const before = await certificateOf(core, tx, facts.id);
  const certificate = before === undefined ? addition : await identity.mergeCertificates(before, addition);
  if (certificate.length > MAX_CERTIFIED_BYTES && certificate.length > (known?.certificate.length ?? 0)) return undefined;
  const merged = await identity.readCertificate(certificate, { atMs: core.nowMs });
  const row: CertifiedRow = {
    identityId: facts.id,
    fingerprint: facts.fingerprint,
    givenTo: [],
    ...known,
    name: merged?.name ?? facts.name,
    certificate,
    ...change,
  };
  tx.put(certified, facts.id, row);
  return row;
}
