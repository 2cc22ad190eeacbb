// What a node asks about certificates and signatures, so that a simulated world may answer otherwise. `openPgpChecks` is the real one.
import {
  armorCertificate,
  type Certificate,
  CLOCK_TOLERANCE_MS,
  claimedIdentity,
  type DirectoryEntry,
  type DirectoryOptions,
  IdentityError,
  type IdentityId,
  mergeIntoDirectory,
  parseCertificate,
  parseSearch,
  readKeyring,
  servedCertificate,
  verifyDeviceCertificate,
  verifyEd25519,
  verifyProfile,
} from "@p2pcrypt/identity";

export interface IdentityChecks {
  /** Whose certificate it is. @returns undefined unless its owner signed something of it. */
  readCertificate(bytes: Uint8Array, at: { readonly atMs: number }): Promise<{ readonly id: IdentityId } | undefined>;
  /** Whose certificate it claims to be. @returns undefined for what is not a certificate. */
  claimedIdentity(bytes: Uint8Array): IdentityId | undefined;
  /** What is kept once `incoming` has come in. @returns undefined for what is not a certificate that its owner signed. */
  mergeIntoDirectory(
    known: Uint8Array | undefined,
    incoming: Uint8Array,
    options: DirectoryOptions,
  ): Promise<DirectoryEntry | undefined>;
  /** What is handed out of what is kept. */
  servedCertificate(stored: Uint8Array): Uint8Array;
  /** Absent where certificates are not OpenPGP: such a node is no keyserver. */
  readonly keyserver?: KeyserverView;
  verifyProfile(
    certificate: Uint8Array,
    profile: Uint8Array,
    at: { readonly atMs: number },
  ): Promise<{ readonly sequence: bigint } | undefined>;
  verifyDevice(
    certificate: Uint8Array,
    deviceCertificate: Uint8Array,
    at: { readonly atMs: number },
  ): Promise<{ readonly identityId: IdentityId; readonly deviceId: Uint8Array; readonly signatureKey: Uint8Array } | undefined>;
  /** Strict Ed25519 (RFC 8032). */
  verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Certificates as keyserver programs send and read them. */
export interface KeyserverView {
  /** @returns undefined for text that is not armored certificates. */
  read(armored: Uint8Array): Promise<readonly Uint8Array[] | undefined>;
  /** Armored, without what gpg 2.2 cannot read. */
  armored(stored: Uint8Array): string;
  describe(stored: Uint8Array, at: { readonly atMs: number }): Promise<Certificate | undefined>;
  /** @returns undefined for what nothing can be found by. */
  toTerm(search: string): string | undefined;
}

export const openPgpChecks: IdentityChecks = {
  readCertificate: async (bytes, at) => {
    const certificate = await parsed(bytes, at.atMs);
    // Without a name or a direct self-signature there is nothing that its owner said.
    if (certificate === undefined || certificate.newestSelfSignature === undefined) return undefined;
    return { id: certificate.id };
  },
  claimedIdentity: (bytes) => {
    try {
      return claimedIdentity(bytes);
    } catch (error) {
      if (error instanceof IdentityError) return undefined;
      throw error;
    }
  },
  mergeIntoDirectory: (known, incoming, options) => orUndefined(() => mergeIntoDirectory(known, incoming, options)),
  servedCertificate: (stored) => servedCertificate(stored),
  keyserver: {
    read: async (armored) => (await orUndefined(() => readKeyring(armored)))?.certificates,
    armored: (stored) => armorCertificate(servedCertificate(stored, "gpg")),
    describe: (stored, { atMs }) => parsed(stored, atMs),
    toTerm: parseSearch,
  },
  verifyProfile: async (certificateBytes, profile, at) => {
    const certificate = await parsed(certificateBytes, at.atMs);
    if (certificate === undefined) return undefined;
    const verdict = await verifyProfile(certificate, profile, at);
    const isLate =
      verdict.kind === "verified" && verdict.isExpired && verdict.profile.validUntilMs + CLOCK_TOLERANCE_MS < at.atMs;
    return verdict.kind === "verified" && !isLate ? { sequence: verdict.profile.sequence } : undefined;
  },
  verifyDevice: async (certificateBytes, deviceCertificate, at) => {
    const certificate = await parsed(certificateBytes, at.atMs);
    if (certificate === undefined) return undefined;
    const verdict = await verifyDeviceCertificate(certificate, deviceCertificate, at);
    return verdict.kind === "verified" ? verdict.device : undefined;
  },
  verifySignature: verifyEd25519,
};

function parsed(bytes: Uint8Array, atMs: number): Promise<Certificate | undefined> {
  return orUndefined(() => parseCertificate(bytes, { atMs }));
}

async function orUndefined<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof IdentityError) return undefined;
    throw error;
  }
}
