// An identity's public certificate: parsed under limits, self-signatures verified at one time (spec/protocol/identity.md section 2).
import { equalBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import { armorCertificate, unarmor } from "./armor.ts";
import { type Certification, isBy, readCertifications } from "./certification.ts";
import { exportableGroups, type RecipientProgram } from "./export-certificate.ts";
import { parseSearch, termsOfUserId } from "./findable.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdOf } from "./identity-id.ts";
import { CLOCK_TOLERANCE_MS, MIN_RSA_BITS, OPENPGP_CONFIG } from "./openpgp-config.ts";
import { groupPackets, type PacketGroups, type RawPacket, splitPackets, TAG, writeGroups } from "./packets.ts";
import { type Revocation, readSelfSignatures, type SelfSignatures } from "./self-signatures.ts";
import { keyIdOf, readSignatureFacts } from "./signature-facts.ts";

/** Of a whole certificate, checked before parsing (I9). */
export const MAX_CERTIFICATE_BYTES = 1024 * 1024;

export interface UserId {
  readonly text: string;
  readonly isRevoked: boolean;
  readonly isPrimary: boolean;
}

/** Immutable, and made by `parseCertificate` only: whoever holds one knows that its self-signatures were verified. */
export class Certificate {
  readonly id: IdentityId;
  /** Upper-case hex; for gpg and sq, and as a search term. SHA-1 in version 4: nothing is bound to it. */
  readonly fingerprint: string;
  readonly version: number;
  readonly algorithm: string;
  /** Of RSA keys. */
  readonly bits: number | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly revocation: Revocation;
  /** The primary one first, then newest first. */
  readonly userIds: readonly UserId[];
  readonly #groups: PacketGroups;
  readonly #key: openpgp.Key;
  readonly #self: SelfSignatures;

  private constructor(key: openpgp.Key, groups: PacketGroups, self: SelfSignatures) {
    this.#key = key;
    this.#groups = groups;
    this.#self = self;
    this.id = identityIdOf(groups.primary.body);
    this.fingerprint = key.getFingerprint().toUpperCase();
    this.version = key.keyPacket.version;
    this.algorithm = key.getAlgorithmInfo().algorithm;
    this.bits = key.getAlgorithmInfo().bits;
    this.createdAtMs = key.getCreationTime().getTime();
    this.expiresAtMs = self.expiresAtMs;
    this.revocation = self.revocation;
    this.userIds = self.users.map(({ text, isRevoked, isPrimary }) => ({ text, isRevoked, isPrimary }));
  }

  /** What the owner calls themselves: the primary user ID that is not revoked, or the empty string. */
  get name(): string {
    return this.userIds.find(({ isRevoked }) => !isRevoked)?.text ?? "";
  }

  /** Whether the certificate holds at a time: not revoked by then (hard: ever), not expired, already made. */
  isUsableAt(atMs: number): boolean {
    const { revocation } = this;
    if (revocation.kind === "hard" || (revocation.kind === "soft" && revocation.atMs <= atMs)) return false;
    return this.createdAtMs <= atMs + CLOCK_TOLERANCE_MS && (this.expiresAtMs === undefined || atMs < this.expiresAtMs);
  }

  /** All packets in canonical order, other people's signatures included. */
  bytes(): Uint8Array {
    return writeGroups(this.#groups);
  }

  /** Only what the owner signed and what verifies, the newest attestations among it. */
  ownBytes(): Uint8Array {
    return writeGroups(this.#self.groups);
  }

  /** Primary key, newest self-signature with its user ID, and revocation if any: for credentials. At most 4 KiB. */
  minimal(): Uint8Array {
    const bytes = writeGroups(this.#self.minimal);
    if (bytes.length > MAX_MINIMAL_CERTIFICATE_BYTES) throw new IdentityError("certificate/tooLarge");
    return bytes;
  }

  /**
   * What may leave: without certifications that their makers marked as not exportable, and for gpg without what makes gpg 2.2 refuse
   * the whole.
   */
  armored(program: RecipientProgram = "gpg"): string {
    return armorCertificate(writeGroups(exportableGroups(this.#groups, program)));
  }

  /** Other people's certifications of the user IDs, and their revocations: read, not verified. */
  certifications(): readonly Certification[] {
    return readCertifications(this.#groups, this.fingerprint);
  }

  /** Whether the owner wants this certification to be handed out: it is in the newest attestation of its user ID. */
  isAttested(certification: Certification): boolean {
    const user = this.#self.users.find(({ text }) => text === certification.userId);
    return user?.attestations?.covers(certification) ?? false;
  }

  /**
   * By what a directory finds it: `fpr HEX` and `kid HEX` of the primary key, `sub fpr HEX` and `sub kid HEX` of subkeys, `uid TEXT` of
   * what the owner lets be found. Subkeys are apart because anybody can claim a key for encryption as their own.
   */
  searchTerms(): readonly string[] {
    const subkeys = this.subkeys.map((subkey) => subkey.getFingerprint().toUpperCase());
    const users = this.#self.users.filter(({ isRevoked }) => !isRevoked);
    const texts = new Set(users.flatMap(({ text, signature }) => termsOfUserId(text, signature)));
    return [
      `fpr ${this.fingerprint}`,
      `kid ${keyIdOf(this.fingerprint)}`,
      ...subkeys.flatMap((fingerprint) => [`sub fpr ${fingerprint}`, `sub kid ${keyIdOf(fingerprint)}`]),
      ...[...texts].map((text) => `uid ${text}`),
    ];
  }

  /** Whether a directory finds this certificate by a whole name, address or user ID. */
  isFoundBy(text: string): boolean {
    const term = parseSearch(text);
    return term !== undefined && this.searchTerms().includes(term);
  }

  /** When the attestation of a user ID that counts was made. */
  attestedAtMs(userId: string): number | undefined {
    return this.#self.users.find(({ text }) => text === userId)?.attestations?.createdMs;
  }

  /** Bytes of a user ID that the owner signed. */
  userIdBody(text: string): Uint8Array | undefined {
    return this.#self.users.find((user) => user.text === text)?.packet.body;
  }

  /** For this package only: the packets, and those of them that the owner signed. */
  get groups(): { readonly all: PacketGroups; readonly own: PacketGroups } {
    return { all: this.#groups, own: this.#self.groups };
  }

  /** For this package only: the newest self-signature of a user ID. */
  selfSignatureOf(text: string): openpgp.SignaturePacket | undefined {
    return this.#self.users.find((user) => user.text === text)?.signature;
  }

  /** For this package only: subkeys whose binding holds. */
  get subkeys(): readonly openpgp.Subkey[] {
    return this.#self.subkeys;
  }

  /** Body of the public primary-key packet: what identity id and digits are made of. */
  primaryKey(): Uint8Array {
    return this.#groups.primary.body.slice();
  }

  /** For this package only: the self-signature that says what the primary key may do. */
  get newestSelfSignature(): openpgp.SignaturePacket | undefined {
    return this.#self.carrier;
  }

  /** For this package only: openpgp's view of the primary key. */
  get keyPacket(): openpgp.PublicKeyPacket | openpgp.SecretKeyPacket {
    return this.#key.keyPacket;
  }

  /** @param at `maxOwnBytes`: most that is verified. What others signed does not count. */
  static async parse(bytes: Uint8Array, at: { readonly atMs: number; readonly maxOwnBytes?: number }): Promise<Certificate> {
    const { atMs, maxOwnBytes = MAX_CERTIFICATE_BYTES } = at;
    if (bytes.length > MAX_CERTIFICATE_BYTES) throw new IdentityError("certificate/tooLarge");
    const groups = groupPackets(splitPackets(bytes));
    const own = ownOnly(groups);
    if (writeGroups(own).length > maxOwnBytes) throw new IdentityError("certificate/tooLarge");
    const key = await readPublicKey(own);
    const canonical = { ...groups, primary: { tag: TAG.publicKey, body: writeBody(key.keyPacket) } };
    if (!equalBytes(canonical.primary.body, groups.primary.body)) throw new IdentityError("certificate/malformed");
    const self = await readSelfSignatures(key, canonical, atMs);
    return new Certificate(key, canonical, self);
  }
}

export const MAX_MINIMAL_CERTIFICATE_BYTES = 4096;

/**
 * Parses one certificate and verifies its self-signatures as of `atMs`. Signatures with weak algorithms, unknown critical parts or
 * from the future count as absent.
 *
 * @throws {IdentityError} certificate/*
 */
export function parseCertificate(bytes: Uint8Array, at: { readonly atMs: number }): Promise<Certificate> {
  return Certificate.parse(bytes, at);
}

/** @throws {IdentityError} certificate/* */
export async function parseArmoredCertificate(text: string, at: { readonly atMs: number }): Promise<Certificate> {
  if (text.length > 2 * MAX_CERTIFICATE_BYTES) throw new IdentityError("certificate/tooLarge");
  const found = await unarmor(text);
  if (found === undefined) throw new IdentityError("certificate/malformed");
  return Certificate.parse(found, at);
}

/**
 * All packets of both, in canonical order: commutative, associative, idempotent, and nothing ever disappears (I12).
 *
 * @throws {IdentityError} certificate/otherIdentity, certificate/fingerprintCollision, certificate/malformed, certificate/tooLarge
 */
export async function mergeCertificates(a: Uint8Array, b: Uint8Array): Promise<Uint8Array> {
  const [first, second] = [groupPackets(splitPackets(a)), groupPackets(splitPackets(b))];
  if (!equalBytes(first.primary.body, second.primary.body)) {
    const [keyA, keyB] = [await readPublicKey(first), await readPublicKey(second)];
    const isCollision = keyA.getFingerprint() === keyB.getFingerprint();
    throw new IdentityError(isCollision ? "certificate/fingerprintCollision" : "certificate/otherIdentity");
  }
  const merged = writeGroups({
    primary: first.primary,
    direct: [...first.direct, ...second.direct],
    components: [...first.components, ...second.components],
  });
  if (merged.length > MAX_CERTIFICATE_BYTES) throw new IdentityError("certificate/tooLarge");
  return merged;
}

/** The one byte string for the same packets in any order and framing. @throws {IdentityError} certificate/malformed */
export function canonicalizeCertificate(bytes: Uint8Array): Uint8Array {
  return writeGroups(groupPackets(splitPackets(bytes)));
}

/** For this package only. @throws {IdentityError} certificate/malformed, unsupported, weakKey */
export async function readPublicKey(groups: PacketGroups): Promise<openpgp.Key> {
  let key: openpgp.Key;
  try {
    key = await openpgp.readKey({ binaryKey: writeGroups(groups), config: OPENPGP_CONFIG });
  } catch (cause) {
    throw new IdentityError("certificate/malformed", { cause });
  }
  const { algorithm, bits } = key.getAlgorithmInfo();
  if (!SUPPORTED.has(algorithm)) throw new IdentityError("certificate/unsupported");
  if (bits !== undefined && bits < MIN_RSA_BITS) throw new IdentityError("certificate/weakKey");
  return key;
}

const SUPPORTED = new Set<string>(["rsaEncryptSign", "rsaSign", "eddsaLegacy", "ed25519", "ecdsa"]);

/**
 * What openpgp.js has to judge: the owner's signatures. Other people's are read at packet level; 50,000 of them would keep the parser
 * busy for seconds. Attestations (0x16) and other types that it cannot place would make it refuse the whole.
 */
function ownOnly(groups: PacketGroups): PacketGroups {
  const fingerprint = fingerprintOf(groups.primary.body);
  const isOwn = ({ body }: RawPacket): boolean => {
    const facts = readSignatureFacts(body);
    if (facts === undefined || !READABLE_TYPES.has(facts.type)) return false;
    return fingerprint === undefined || isBy(facts, fingerprint);
  };
  return {
    primary: groups.primary,
    direct: groups.direct.filter(isOwn),
    components: groups.components
      .map(({ packet, signatures }) => ({ packet, signatures: signatures.filter(isOwn) }))
      .filter(({ signatures }) => signatures.length > 0),
  };
}

const READABLE_TYPES = new Set([0x10, 0x11, 0x12, 0x13, 0x18, 0x1f, 0x20, 0x28, 0x30]);

function writeBody(packet: openpgp.PublicKeyPacket | openpgp.SecretKeyPacket): Uint8Array {
  return packet.write();
}
