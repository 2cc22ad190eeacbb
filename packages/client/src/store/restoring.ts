// The note in a vault that a restore fills it. Whoever finds it there without an identity has half of a backup: nothing to go on with.
import type { Vault } from "@p2pcrypt/vault";
import type { Tx } from "./tx.ts";

const STORE = "client";
const NAME = "restoring";

/** Whether a restore began here and was not finished. */
export async function hasUnfinishedRestore(vault: Vault): Promise<boolean> {
  return (await vault.get(STORE, NAME)) !== undefined;
}

export async function noteRestoring(vault: Vault): Promise<void> {
  const batch = vault.batch();
  batch.put(STORE, NAME, new Uint8Array(0));
  await batch.commit();
}

/** Stored together with the identity, which makes the vault whole. */
export function noteRestored(tx: Tx): void {
  tx.putValue(STORE, NAME, undefined);
}
