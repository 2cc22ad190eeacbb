// Rights that others hold: contacts to write large letters into the inboxes and to claim key packages, own devices to claim each other's.
// They follow from the identity's key, so that devices that never met, an old one and one that was restored from a backup, give the same
// (spec/protocol/conversation.md section 6).
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, decodeHex, purposeBytes } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import type { OpenSecret } from "../identity-port.ts";

const ROOT = purposeBytes("p2pcrypt token root");
const CONTACT = purposeBytes("p2pcrypt contact token");
const OWN_CLAIM = purposeBytes("p2pcrypt own claim token");
const CLAIM = purposeBytes("p2pcrypt claim token");

/** 32 bytes. Undefined for an identity whose key does not follow from a seed: its devices hold what the first one drew. */
export function tokenRootOf(open: Pick<OpenSecret, "recoverySeed">): Uint8Array | undefined {
  const seed = open.recoverySeed();
  return seed === undefined ? undefined : hkdf(sha256, seed.seed, undefined, ROOT, 32);
}

/** Of every inbox of the identity. */
export function contactTokenOf(root: Uint8Array): Uint8Array {
  return hkdf(sha256, root, undefined, CONTACT, 32);
}

export function ownClaimTokenOf(root: Uint8Array): Uint8Array {
  return hkdf(sha256, root, undefined, OWN_CLAIM, 32);
}

/** For this contact alone. */
export function claimTokenFor(root: Uint8Array, contact: IdentityId): Uint8Array {
  return hkdf(sha256, root, undefined, concatBytes(CLAIM, decodeHex(contact)), 32);
}
