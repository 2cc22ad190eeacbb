// A new display name: in the certificate, and for whoever was found by the old one. Other keepers take it over, so that the next profile
// which one of them signs has it too.
import { IdentityError } from "@p2pcrypt/identity";
import type { Core } from "../core.ts";
import type { AccountRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";

/** Signatures of one second are dated one after the other, and another keeper's clock may be ahead: the newest one counts here at once. */
const AHEAD_MS = 300_000;

/** The identity's secret under another name. @throws {IdentityError} name/* */
export async function renamedSecret(
  { deps, nowMs }: Core,
  secret: Uint8Array,
  { name, isFindable }: { readonly name: string; readonly isFindable: boolean },
): Promise<Uint8Array> {
  const at = { atMs: nowMs + AHEAD_MS };
  const renamed = await (await deps.identity.openSecret(secret, at)).rename(name, nowMs);
  // Who was found by the old name is found by the new one.
  return isFindable ? (await deps.identity.openSecret(renamed, at)).setFindable(true, nowMs) : renamed;
}

/** What the account says of the identity follows from its secret. */
export async function fieldsOf(
  { deps, nowMs }: Core,
  secret: Uint8Array,
): Promise<Pick<AccountRow, "name" | "certificate" | "minimalCertificate" | "isProfileStale"> & Partial<AccountRow>> {
  const { certificate, minimal, facts } = await deps.identity.openSecret(secret, { atMs: nowMs + AHEAD_MS });
  const { name, isFindable } = facts;
  return { secret, name, isFindable, certificate, minimalCertificate: minimal, isProfileStale: true };
}

/**
 * Another keeper renamed the identity, and its certificate says so: together with the own one, or it is an older one. Limited devices take
 * the name from the profile.
 *
 * @returns whether it is the name now
 */
export async function takeName(core: Core, tx: Tx, name: string, certificate: Uint8Array): Promise<boolean> {
  const { identity } = core.deps;
  const account = tx.get(core.tables.account, SELF);
  if (account?.secret === undefined) return false;
  const both = await identity.mergeCertificates(account.certificate, certificate);
  if ((await identity.readCertificate(both, { atMs: core.nowMs + AHEAD_MS }))?.name !== name) return false;
  if (account.name === name) return true;
  try {
    const secret = await renamedSecret(core, account.secret, { name, isFindable: account.isFindable === true });
    tx.put(core.tables.account, SELF, { ...account, ...(await fieldsOf(core, secret)) });
    return true;
  } catch (error) {
    // No name: of a newer program, or of a device that was stolen.
    if (!(error instanceof IdentityError)) throw error;
    return false;
  }
}
