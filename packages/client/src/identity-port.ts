// What the client asks about certificates and the things they sign. `openPgpIdentity` is the real one; a simulated world brings its own.
import type { FindIssuer, Profile, ProfileComparison, Purpose, RecoverySeed, RevocationReason } from "@p2pcrypt/identity";
import type { CredentialVerifier, IdentityId } from "@p2pcrypt/session";

/** Secret keys travel as the bytes that lie in the vault. */
export interface IdentityPort {
  /** @throws {IdentityError} name/* */
  createSecret(options: { readonly name: string; readonly nowMs: number }): Promise<Uint8Array>;
  /** An OpenPGP secret key, armored or binary. @throws {IdentityError} secretKey/*, certificate/* */
  importSecret(bytes: Uint8Array, passphrase: string | undefined, options: { readonly nowMs: number }): Promise<Uint8Array>;
  openSecret(secret: Uint8Array, at: At): Promise<OpenSecret>;
  /** Whether a primary key fits on a recovery sheet. */
  isRecoverable(primaryKey: Uint8Array): boolean;
  recoveredId(seed: RecoverySeed): IdentityId;
  /** `known`: a certificate of the identity, kept with what it says. @throws {IdentityError} name/*, certificate/* */
  recoverSecret(
    seed: RecoverySeed,
    options: { readonly name: string; readonly nowMs: number; readonly known?: Uint8Array },
  ): Promise<Uint8Array>;
  /** @returns undefined for what is not one certificate. */
  readCertificate(bytes: Uint8Array, at: At): Promise<ReadCertificate | undefined>;
  /** Of certificates that were read. @throws {IdentityError} for those of two identities */
  mergeCertificates(a: Uint8Array, b: Uint8Array): Promise<Uint8Array>;
  /** For credentials. Of a certificate that was read. */
  minimalCertificate(bytes: Uint8Array, at: At): Promise<Uint8Array>;
  armorCertificate(bytes: Uint8Array, at: At): Promise<string>;
  /** A certificate with the effect of a revocation certificate, armored. @throws {IdentityError} revocation/malformed */
  applyRevocation(certificate: Uint8Array, armored: string, at: At): Promise<Uint8Array>;
  verifyObject(certificate: Uint8Array, purpose: Purpose, payload: Uint8Array, signature: Uint8Array, at: At): Promise<boolean>;
  verifyDevice(
    certificate: Uint8Array,
    deviceCertificate: Uint8Array,
    at: At,
  ): Promise<{ readonly deviceId: Uint8Array; readonly signatureKey: Uint8Array; readonly notAfterMs: number } | undefined>;
  verifyProfile(
    certificate: Uint8Array,
    profile: Uint8Array,
    at: At,
  ): Promise<{ readonly profile: Profile; readonly isExpired: boolean } | undefined>;
  /**
   * What is given on about somebody: the owner's own signatures, and those certifications and their revocations whose makers are found.
   * Each is verified.
   */
  certifiedBy(target: Uint8Array, issuers: FindIssuer, at: At): Promise<Uint8Array>;
  /** The certificates of a keyring, binary or armored. @throws {IdentityError} certificate/* */
  readKeyring(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
  /** Whether both identities say that the first goes on as the second, and the first was not hard-revoked. */
  verifyTransition(from: Uint8Array, to: Uint8Array, transition: Uint8Array, at: At): Promise<boolean>;
  /** Whom the owner of a gpg keyring trusts to introduce others, as suggestions. */
  readOwnerTrust(text: string): readonly { readonly fingerprint: string; readonly amount: number }[];
  /** An empty one. */
  createNetwork(): CertificateNetwork;
  compareProfiles(known: Uint8Array, incoming: Uint8Array): ProfileComparison;
  verifyNodeKey(
    certificate: Uint8Array,
    nodeKey: Uint8Array,
    at: At,
  ): Promise<{ readonly checkpointKey: Uint8Array } | undefined>;
  readonly verifyCredential: CredentialVerifier;
  /** Strict Ed25519 (RFC 8032). */
  verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>;
}

/** Certificates and the certifications on them, asked again and again while single ones change. */
export interface CertificateNetwork {
  /** Adds a certificate, or takes the place of an older state of it. What is no certificate is left out. */
  put(certificate: Uint8Array): Promise<void>;
  authenticate(question: NetworkQuestion): NetworkAnswer;
  /** When answers may next change by themselves: something begins or ends. */
  nextChangeMs(afterMs: number): number | undefined;
  /** Every certification that counts at a time, the newest of each issuer and name. */
  certifications(atMs: number): readonly NetworkCertification[];
}

export interface NetworkQuestion {
  readonly roots: readonly { readonly fingerprint: string; readonly amount: number }[];
  readonly target: { readonly fingerprint: string; readonly userId: string };
  readonly atMs: number;
}

export interface NetworkAnswer {
  readonly amount: number;
  readonly paths: readonly {
    readonly amount: number;
    /** From the root on. The target twice: its own signature is the last step. */
    readonly certificates: readonly string[];
    readonly certifications: readonly NetworkCertification[];
  }[];
}

export interface NetworkCertification {
  readonly issuer: string;
  readonly target: string;
  readonly userId: string;
  readonly createdMs: number;
  readonly expiresAtMs?: number | undefined;
  /** Infinity: without end. */
  readonly depth: number;
  readonly amount: number;
  readonly scopes: readonly string[];
}

export interface At {
  readonly atMs: number;
}

export interface ReadCertificate {
  readonly id: IdentityId;
  readonly fingerprint: string;
  readonly name: string;
  readonly isUsable: boolean;
  readonly revocation: "none" | "soft" | "hard";
  /** Whether a directory finds it by its name. */
  readonly isFindable: boolean;
  /** What the sixty digits are made of. */
  readonly primaryKey: Uint8Array;
}

export interface OpenSecret {
  readonly certificate: Uint8Array;
  /** For credentials. */
  readonly minimal: Uint8Array;
  readonly facts: ReadCertificate;
  sign(purpose: Purpose, payload: Uint8Array, nowMs: number): Promise<Uint8Array>;
  signProfile(profile: Omit<Profile, "identityId">, nowMs: number): Promise<Uint8Array>;
  certifyDevice(
    device: {
      readonly deviceId: Uint8Array;
      readonly signatureKey: Uint8Array;
      readonly notBeforeMs: number;
      readonly notAfterMs: number;
    },
    nowMs: number,
  ): Promise<Uint8Array>;
  /** @returns the secret to keep from now on. @throws {IdentityError} name/* */
  rename(name: string, nowMs: number): Promise<Uint8Array>;
  revoke(reason: RevocationReason, nowMs: number): Promise<Uint8Array>;
  exportForGpg(passphrase: string): Promise<string>;
  /** A cut of the other's certificate with the certification. @throws {IdentityError} certification/* */
  certify(
    target: Uint8Array,
    userId: string,
    terms: {
      readonly depth: number;
      readonly amount: number;
      readonly scopes: readonly string[];
      readonly expiresAtMs?: number;
      readonly isExportable: boolean;
    },
    nowMs: number,
  ): Promise<Uint8Array>;
  /** A TransitionOffer: this identity goes on for another. */
  offerTransition(from: IdentityId, nowMs: number): Promise<Uint8Array>;
  /** This identity agrees to an offer by the owner of `to`. @throws {IdentityError} transition/void */
  acceptTransition(to: Uint8Array, offer: Uint8Array, at: At): Promise<Uint8Array>;
  /** Whether directories may find the identity by its present name. @returns the secret as it is stored */
  setFindable(isFindable: boolean, nowMs: number): Promise<Uint8Array>;
  /** Armored; ends the identity on the day on which it is published (RFC 9580 section 5.2.1). */
  revocationCertificate(nowMs: number): Promise<string>;
  /** A cut of the other's certificate with the revocation. @throws {IdentityError} certification/* */
  revokeCertification(
    target: Uint8Array,
    userId: string,
    reason: "noLongerValid" | "neverValid",
    nowMs: number,
  ): Promise<Uint8Array>;
  /**
   * What may be published: the own certificate with the public certifications on it whose makers are found, and an attestation of
   * these and no others.
   *
   * @param certificate the own one with certifications on it
   * @returns `makers`: fingerprints of those who made them.
   */
  attest(
    certificate: Uint8Array,
    issuers: FindIssuer,
    nowMs: number,
  ): Promise<{ readonly certificate: Uint8Array; readonly makers: readonly string[] }>;
  /** @returns undefined when the key does not fit on a recovery sheet. */
  recoverySeed(): RecoverySeed | undefined;
}
