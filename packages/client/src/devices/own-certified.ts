// What own devices tell each other of whom one vouched for and whom one made a root. The signatures are in the certificate; who was given
// them hears of their end from whichever device ends them.
import type { IdentityId } from "@p2pcrypt/session";
import type { Core } from "../core.ts";
import type { CertifiedRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { mergeCertified } from "../trust/certified.ts";

export type SharedCertified = Pick<
  CertifiedRow,
  "identityId" | "certificate" | "own" | "ownName" | "ownCut" | "rootAmount" | "givenTo"
>;

/** @returns undefined of somebody who is neither vouched for nor a root, and never was as far as own devices know. */
export function sharedCertified({ tables }: Core, tx: Tx, id: string): SharedCertified | undefined {
  const row = tx.get(tables.certified, id);
  if (row === undefined || row.identityId === tx.get(tables.account, SELF)?.identityId) return undefined;
  const { identityId, own, ownName, ownCut, rootAmount, givenTo } = row;
  const wasTold = tx.get(tables.ownStates, certifiedKey(identityId)) !== undefined;
  if (own === undefined && rootAmount === undefined && !wasTold) return undefined;
  // Others' certifications on it come to each device by themselves.
  return {
    identityId,
    givenTo,
    certificate: ownCut ?? row.certificate,
    ...(own === undefined ? {} : { own }),
    ...(ownName === undefined ? {} : { ownName }),
    ...(ownCut === undefined ? {} : { ownCut }),
    ...(rootAmount === undefined ? {} : { rootAmount }),
  };
}

export function certifiedKey(id: IdentityId | string): string {
  return `certified/${id}`;
}

export async function applyCertified(core: Core, tx: Tx, shared: SharedCertified): Promise<void> {
  const merged = await mergeCertified(core, tx, shared.certificate);
  if (merged === undefined || merged.identityId !== shared.identityId || merged.identityId === core.account.identityId) return;
  const { own: _, ownName: __, rootAmount: ___, ...rest } = merged;
  const { own, ownName, ownCut, rootAmount, givenTo } = shared;
  tx.put(core.tables.certified, merged.identityId, {
    ...rest,
    givenTo: [...new Set([...rest.givenTo, ...givenTo])],
    ...(own === undefined ? {} : { own }),
    ...(ownName === undefined ? {} : { ownName }),
    ...(ownCut === undefined ? {} : { ownCut }),
    ...(rootAmount === undefined ? {} : { rootAmount }),
  });
}
