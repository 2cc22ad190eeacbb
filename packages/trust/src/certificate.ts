// What trust is computed from: certificates with their signatures, all of them verified, and nothing of how they are written in bytes.
// Times are in milliseconds and compared as they stand: `at` may be any time, also one long past.

/** A certificate and what others certified of it. */
export interface TrustCertificate {
  /** Tells two keys apart that have one fingerprint. Anything that is bound to the key by a strong hash. */
  readonly id: string;
  /** Upper-case hex. Names the certificate in the network and in answers. */
  readonly fingerprint: string;
  /** When the primary key was made. */
  readonly createdMs: number;
  /** Self-signatures directly on the key. */
  readonly direct: readonly Binding[];
  readonly revocations: readonly Revocation[];
  readonly userIds: readonly TrustUserId[];
}

export interface TrustUserId {
  readonly text: string;
  /** Self-signatures on this user ID, any order. None of them alive: the user ID is not there. */
  readonly bindings: readonly Binding[];
  readonly revocations: readonly Revocation[];
  readonly certifications: readonly Certification[];
  /** Revocations by those who certified. Each voids what its maker certified before. */
  readonly withdrawals: readonly Withdrawal[];
}

/** A self-signature. */
export interface Binding {
  readonly createdMs: number;
  /** End of the signature's own validity. */
  readonly expiresAtMs?: number | undefined;
  /** When the key expires by this signature; `never` when it says so, undefined when it is silent. */
  readonly keyExpiresAtMs?: number | "never" | undefined;
  readonly isPrimary?: boolean | undefined;
}

/** By the owner. soft: retired or superseded; hard: everything ever signed is worthless. */
export interface Revocation {
  readonly kind: "soft" | "hard";
  readonly createdMs: number;
  readonly expiresAtMs?: number | undefined;
}

/** Somebody else's signature on a user ID. With a depth above 0 a delegation: its target may certify others. */
export interface Certification {
  /** Fingerprint of the issuer. */
  readonly issuer: string;
  readonly createdMs: number;
  readonly expiresAtMs?: number | undefined;
  /** 0 certifies only; n lets up to n introducers follow; 255 has no limit. */
  readonly depth: number;
  /** 0..255; 120 is full. */
  readonly amount: number;
  /** Regular expressions; counts for user IDs that any of them matches. Empty: for all. */
  readonly scopes: readonly string[];
}

export interface Withdrawal {
  readonly issuer: string;
  readonly createdMs: number;
}

export const FULL_AMOUNT = 120;
export const UNLIMITED_DEPTH = 255;
