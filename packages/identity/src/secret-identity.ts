// An identity's secret key, as its keeper devices hold it: made, imported, stored, exported, renamed, revoked
// (spec/protocol/identity.md section 3). The bytes of one belong into a vault and nowhere else.
import { ByteReader, ByteWriter, DecodeError, encodeUtf8 } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { makeAttestation } from "./attestation.ts";
import { type Certificate, canonicalizeCertificate, mergeCertificates, parseCertificate } from "./certificate.ts";
import type { Certification } from "./certification.ts";
import { parseName } from "./display-name.ts";
import { FINDABLE_NOTATION } from "./findable.ts";
import { IdentityError } from "./identity-error.ts";
import { newSignature, signWith } from "./low-level-signature.ts";
import { OPENPGP_CONFIG } from "./openpgp-config.ts";
import { TAG } from "./packets.ts";
import { cutOf, makeKeyRevocation, makeSubkeyRevocation, makeUserIdRevocation, type RevocationReason } from "./revoke.ts";

const { enums } = openpgp;

/** Immutable: renaming and revoking answer the next one. */
export class SecretIdentity {
  readonly certificate: Certificate;
  readonly #key: openpgp.PrivateKey;

  private constructor(key: openpgp.PrivateKey, certificate: Certificate) {
    this.#key = key;
    this.certificate = certificate;
  }

  /** For this package only. Unlocked. */
  get secretKeyPacket(): openpgp.SecretKeyPacket {
    const { keyPacket } = this.#key;
    if (!(keyPacket instanceof openpgp.SecretKeyPacket)) throw new IdentityError("secretKey/noPrimary");
    return keyPacket;
  }

  /** Secret and unprotected. struct { uint8 version = 1; opaque secret_key<0..2^32-1>; opaque certificate<0..2^32-1>; } */
  bytes(): Uint8Array {
    return new ByteWriter().u8(1).opaque32(this.#key.write()).opaque32(this.certificate.bytes()).finish();
  }

  /** For gpg 2.2 and later: armored, locked with an iterated and salted key derivation, which is what gpg reads. */
  async exportForGpg(passphrase: string): Promise<string> {
    if (passphrase === "") throw new IdentityError("secretKey/needsPassphrase");
    const privateKey = await openpgp.encryptKey({ privateKey: this.#key, passphrase, config: OPENPGP_CONFIG });
    return privateKey.armor(OPENPGP_CONFIG);
  }

  /** A new primary user ID; the others are revoked and stay readable. @throws {IdentityError} name/* */
  async rename(name: string, nowMs: number): Promise<SecretIdentity> {
    const key = this.secretKeyPacket;
    const userID = openpgp.UserIDPacket.fromObject({ name: parseName(name) });
    const newest = this.certificate.newestSelfSignature;
    const signature = newSelfCertification(key, newest);
    signature.isPrimaryUserID = true;
    await signWith(signature, key, { userID, key }, nowMs);
    let added = cutOf(this, [TAG.userId, userID.write()], signature.write());
    for (const { text, isRevoked } of this.certificate.userIds) {
      if (isRevoked || text === userID.userID) continue;
      added = await mergeCertificates(added, await makeUserIdRevocation(this, text, nowMs));
    }
    return this.mergedWith(added, nowMs);
  }

  /** `compromised` voids everything ever signed; the others leave earlier acts good. Never undone. */
  async revoke(reason: RevocationReason, nowMs: number): Promise<SecretIdentity> {
    return this.mergedWith(await makeKeyRevocation(this, reason, nowMs), nowMs);
  }

  /** A user ID that is no longer used; it stays readable, and what was certified before stays good. */
  async revokeUserId(text: string, nowMs: number): Promise<SecretIdentity> {
    return this.mergedWith(await makeUserIdRevocation(this, text, nowMs), nowMs);
  }

  /** @param fingerprint upper-case hex. @throws {IdentityError} revocation/unknownSubkey */
  async revokeSubkey(fingerprint: string, reason: RevocationReason, nowMs: number): Promise<SecretIdentity> {
    return this.mergedWith(await makeSubkeyRevocation(this, fingerprint, reason, nowMs), nowMs);
  }

  /**
   * Wants exactly these certifications of a user ID to be handed out with the certificate from now on, and no others.
   *
   * @throws {IdentityError} certification/unknownUserId
   */
  async attest(userId: string, approved: readonly Certification[], nowMs: number): Promise<SecretIdentity> {
    const { certificate } = this;
    const body = certificate.userIdBody(userId);
    if (body === undefined) throw new IdentityError("certification/unknownUserId");
    const on = { primaryKey: certificate.primaryKey(), userId: body };
    // The newest counts, in whole seconds: a second one within a second has to be later.
    const signedMs = Math.max(nowMs, (certificate.attestedAtMs(userId) ?? 0) + 1000);
    const signature = await makeAttestation(this.secretKeyPacket, on, approved, signedMs);
    return this.mergedWith(cutOf(this, [TAG.userId, body], signature), signedMs);
  }

  /**
   * Whether a directory may find the identity by this user ID's text. Says so in a new self-signature of it, with what the old one said.
   *
   * @throws {IdentityError} certification/unknownUserId
   */
  async setFindable(userId: string, isFindable: boolean, nowMs: number): Promise<SecretIdentity> {
    const [body, known] = [this.certificate.userIdBody(userId), this.certificate.selfSignatureOf(userId)];
    if (body === undefined || known === undefined) throw new IdentityError("certification/unknownUserId");
    const userID = new openpgp.UserIDPacket();
    userID.read(body);
    const signature = newSelfCertification(this.secretKeyPacket, known);
    signature.isPrimaryUserID = known.isPrimaryUserID;
    const value = encodeUtf8(isFindable ? "yes" : "no");
    signature.rawNotations = [{ name: FINDABLE_NOTATION, value, humanReadable: true, critical: false }];
    const key = this.secretKeyPacket;
    const signedMs = Math.max(nowMs, (known.created?.getTime() ?? 0) + 1000);
    await signWith(signature, key, { userID, key }, signedMs);
    return this.mergedWith(cutOf(this, [TAG.userId, body], signature.write()), signedMs);
  }

  /** Takes over packets of the own certificate: what others certified, what another device of the identity signed. @throws {IdentityError} certificate/* */
  async mergedWith(packets: Uint8Array, nowMs: number): Promise<SecretIdentity> {
    const merged = await mergeCertificates(this.certificate.bytes(), packets);
    return new SecretIdentity(this.#key, await parseCertificate(merged, { atMs: nowMs }));
  }

  /** A version 4 key: Ed25519 primary and X25519 subkey in the form that gpg 2.2 and sq read. @throws {IdentityError} name/* */
  static async create({ name, nowMs }: { readonly name: string; readonly nowMs: number }): Promise<SecretIdentity> {
    const { privateKey } = await openpgp.generateKey({
      type: "ecc",
      curve: "ed25519Legacy",
      userIDs: [{ name: parseName(name) }],
      date: new Date(nowMs),
      format: "object",
      config: OPENPGP_CONFIG,
    });
    return SecretIdentity.#of(privateKey, nowMs);
  }

  static async #of(key: openpgp.PrivateKey, atMs: number): Promise<SecretIdentity> {
    const bytes = canonicalizeCertificate(key.toPublic().write());
    return new SecretIdentity(key, await parseCertificate(bytes, { atMs }));
  }

  /** What `bytes()` made. @throws {IdentityError} secretKey/malformed */
  static async parse(bytes: Uint8Array, { atMs }: { readonly atMs: number }): Promise<SecretIdentity> {
    try {
      const reader = new ByteReader(bytes);
      if (reader.u8("SecretIdentity.version") !== 1) throw new IdentityError("secretKey/malformed");
      const binaryKey = reader.opaque32("SecretIdentity.secret_key");
      const certificate = await parseCertificate(reader.opaque32("SecretIdentity.certificate"), { atMs });
      reader.end("SecretIdentity");
      return new SecretIdentity(await openpgp.readPrivateKey({ binaryKey, config: OPENPGP_CONFIG }), certificate);
    } catch (cause) {
      if (cause instanceof DecodeError) throw new IdentityError("secretKey/malformed", { cause });
      throw cause;
    }
  }

  /** For `importSecretKey`: an unlocked key whose primary can certify. */
  static async ofImported(key: openpgp.PrivateKey, nowMs: number): Promise<SecretIdentity> {
    return SecretIdentity.#of(key, nowMs);
  }
}

/** A self-signature that says what another one says. */
function newSelfCertification(key: openpgp.SecretKeyPacket, known: openpgp.SignaturePacket | undefined): openpgp.SignaturePacket {
  const signature = newSignature(enums.signature.certPositive, key);
  signature.keyFlags = known?.keyFlags ?? Uint8Array.of(enums.keyFlags.certifyKeys | enums.keyFlags.signData);
  signature.keyExpirationTime = known?.keyExpirationTime ?? null;
  signature.preferredSymmetricAlgorithms = known?.preferredSymmetricAlgorithms ?? null;
  signature.preferredHashAlgorithms = known?.preferredHashAlgorithms ?? null;
  signature.features = known?.features ?? null;
  return signature;
}

/** @throws {IdentityError} name/* */
export function createSecretIdentity(options: { readonly name: string; readonly nowMs: number }): Promise<SecretIdentity> {
  return SecretIdentity.create(options);
}

/** Reads what `SecretIdentity.bytes` made. @throws {IdentityError} secretKey/malformed, certificate/* */
export function parseSecretIdentity(bytes: Uint8Array, at: { readonly atMs: number }): Promise<SecretIdentity> {
  return SecretIdentity.parse(bytes, at);
}
