// The key under which this browser keeps files: in the vault, so that it is locked and erased with everything else.
import type { RandomBytes } from "@p2pcrypt/bytes";
import type { Vault } from "@p2pcrypt/vault";

const [STORE, NAME] = ["web", "file key"];
const KEY_BYTES = 32;

export async function fileKeyOf(vault: Vault, random: RandomBytes): Promise<Uint8Array<ArrayBuffer>> {
  const known = await vault.get(STORE, NAME);
  if (known !== undefined) return new Uint8Array(known);
  const key = new Uint8Array(random(KEY_BYTES));
  const batch = vault.batch();
  batch.put(STORE, NAME, key);
  await batch.commit();
  return key;
}
