import * as openpgp from "openpgp";
import { OPENPGP_CONFIG } from "./openpgp-config.ts";

/** One armored block of a certificate's packets. With a checksum: gpg 2.2 misreads some armor without. */
export function armorCertificate(bytes: Uint8Array): string {
  return openpgp.armor(openpgp.enums.armor.publicKey, bytes, undefined, undefined, undefined, true, OPENPGP_CONFIG);
}

/** The first block of a text. @returns undefined for anything else. */
export async function unarmor(text: string): Promise<Uint8Array | undefined> {
  try {
    const { data } = await openpgp.unarmor(text, OPENPGP_CONFIG);
    return data instanceof Uint8Array ? data : undefined;
  } catch {
    return undefined; // not armor, or damaged: nothing can be read of it
  }
}
