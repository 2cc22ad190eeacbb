import type { Brand } from "@p2pcrypt/bytes";

/** Lower-case hex of an identity id: 32 bytes. */
export type IdentityId = Brand<string, "IdentityId">;

/** What a checked credential says about a leaf. */
export interface VerifiedCredential {
  readonly kind: "verified";
  readonly identityId: IdentityId;
  /** OpenPGP fingerprint, upper-case hex: for display only. */
  readonly fingerprint: string;
  readonly name: string;
  readonly deviceId: Uint8Array;
  /** The only Ed25519 key that may sign for this device: 32 bytes. */
  readonly signatureKey: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** `notBeforeMs` is set when the bytes are well formed: then they may have been good at another time. */
export interface RefusedCredential {
  readonly kind: "refused";
  readonly reason: string;
  readonly notBeforeMs?: number;
}

/**
 * Judges the credential bytes of a leaf (minimal certificate and device certificate) at a time. The answer depends on nothing
 * else: no clock, no store, no network. It is asked on every way into a group (I1).
 */
export type CredentialVerifier = (
  credential: Uint8Array,
  at: { readonly atMs: number },
) => Promise<VerifiedCredential | RefusedCredential>;
