// Who asks (RFC 8489 section 9.2.4): a user name that the shared secret made, under a nonce that this client was given.
import type { Clock } from "@p2pcrypt/bytes";
import { passwordOf, readUsername } from "./credentials.ts";
import type { Nonces } from "./nonces.ts";
import { ATTRIBUTE, ERROR } from "./stun/attributes.ts";
import { type IntegrityKind, integrityKindOf, isIntegrityGood, longTermKey } from "./stun/integrity.ts";
import type { StunMessage } from "./stun/message.ts";
import { attributeOf, decodeText } from "./stun/values.ts";

const MAX_USERNAME_BYTES = 128;
const MAX_REALM_BYTES = 128;
const MAX_NONCE_BYTES = 128;

export interface Caller {
  readonly username: string;
  readonly lease: string;
  readonly key: Uint8Array;
  readonly integrity: IntegrityKind;
  /** Too old to begin something with. What began goes on: a call outlives its credentials, and ends with its allocation. */
  readonly isExpired: boolean;
}

export type Authentication =
  | { readonly kind: "known"; readonly caller: Caller }
  | { readonly kind: "refused"; readonly code: 400 | 401 | 438 };

export interface Authority {
  readonly realm: string;
  readonly secret: string;
  readonly nonces: Nonces;
  readonly clock: Clock;
}

/** `client` is what nonces are bound to; `known` is a key that was found good for its user name before. */
export function authenticate(
  message: StunMessage,
  client: string,
  { realm, secret, nonces, clock }: Authority,
  known?: { readonly username: string; readonly key: Uint8Array },
): Authentication {
  const integrity = integrityKindOf(message);
  if (integrity === undefined) return { kind: "refused", code: ERROR.unauthenticated };
  const username = decodeText(attributeOf(message, ATTRIBUTE.username), MAX_USERNAME_BYTES);
  const claimedRealm = decodeText(attributeOf(message, ATTRIBUTE.realm), MAX_REALM_BYTES);
  const nonce = decodeText(attributeOf(message, ATTRIBUTE.nonce), MAX_NONCE_BYTES);
  if (username === undefined || claimedRealm === undefined || nonce === undefined)
    return { kind: "refused", code: ERROR.badRequest };
  if (!nonces.isFresh(nonce, client)) return { kind: "refused", code: ERROR.staleNonce };
  const said = claimedRealm === realm ? readUsername(username) : undefined;
  if (said === undefined) return { kind: "refused", code: ERROR.unauthenticated };
  const key = known?.username === username ? known.key : longTermKey(username, realm, passwordOf(secret, username));
  if (!isIntegrityGood(message, integrity, key)) return { kind: "refused", code: ERROR.unauthenticated };
  const isExpired = said.expiresAtMs <= clock.nowMs();
  return { kind: "known", caller: { username, lease: said.lease, key, integrity, isExpired } };
}
