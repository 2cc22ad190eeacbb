/// <reference path="./web-globals.d.ts" />
// Whether a key made a signature, under this project's rules about what is too weak to count (I4). Ed25519 goes to WebCrypto, which is the
// fastest that every platform has; everything else to openpgp.js.
import { sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import type { Claim, ClaimedCertificate } from "./claims.ts";
import { holdsOver, keyToSign, userIdToSign } from "./extended-signature.ts";
import { MIN_RSA_BITS, OPENPGP_CONFIG } from "./openpgp-config.ts";
import { SIGNATURE_TYPE } from "./signature-facts.ts";
import { type SignatureParts, SUBPACKET } from "./signature-parts.ts";

/** On what a claim is: a user ID of the target, or its key alone. */
export interface ClaimedOn {
  readonly target: ClaimedCertificate;
  readonly userId?: Uint8Array;
}

/** By whom, in which the key is prepared once for many signatures. */
export class ClaimIssuer {
  readonly certificate: ClaimedCertificate;
  readonly #point: Uint8Array<ArrayBuffer> | undefined;
  #key: ReturnType<typeof importKey> | undefined;
  #packet: openpgp.PublicKeyPacket | undefined;

  constructor(certificate: ClaimedCertificate) {
    this.certificate = certificate;
    this.#point = ed25519Point(certificate.primaryKey);
  }

  /** Never throws: what does not hold, for whatever reason, counts as absent. Times other than the key's own are not judged. */
  async made(claim: Claim, { target, userId }: ClaimedOn): Promise<boolean> {
    const { facts, parts } = claim;
    const { primaryKey, createdMs } = this.certificate;
    if (facts.createdMs < createdMs || !isStrong(primaryKey) || !isFor(primaryKey, parts) || hasUnknownCritical(parts))
      return false;
    const isOwnRevocation = target.id === this.certificate.id && REVOCATIONS.has(facts.type);
    if (!HASHES.has(facts.hashAlgorithm) && !(isOwnRevocation && facts.hashAlgorithm === SHA1)) return false;
    const signed =
      userId === undefined ? keyToSign(facts.version, target.primaryKey) : userIdToSign(facts.version, target.primaryKey, userId);
    const quick = await this.#madeEd25519(parts, signed, isOwnRevocation);
    return quick ?? this.#madeOther(claim, signed, isOwnRevocation);
  }

  /** @returns undefined when this is not for WebCrypto to decide. */
  async #madeEd25519(parts: SignatureParts, signed: Uint8Array, isOwnRevocation: boolean): Promise<boolean | undefined> {
    const hash = HASHES.get(parts.hashAlgorithm) ?? (isOwnRevocation ? sha1 : undefined);
    if (this.#point === undefined || hash === undefined || parts.version !== 4) return undefined;
    const signature = ed25519Signature(parts);
    if (signature === undefined) return false;
    const { length } = parts.signedBytes;
    const trailer = Uint8Array.of(4, 0xff, (length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255);
    const digest = Uint8Array.from(hash(concatBytes(signed, parts.signedBytes, trailer)));
    if (digest[0] !== parts.rest[0] || digest[1] !== parts.rest[1]) return false;
    this.#key ??= importKey(this.#point);
    const key = await this.#key;
    return key === undefined ? undefined : crypto.subtle.verify("Ed25519", key, signature, digest);
  }

  #madeOther({ body }: Claim, signed: Uint8Array, isOwnRevocation: boolean): Promise<boolean> {
    try {
      this.#packet ??= readPacket(this.certificate.primaryKey);
    } catch {
      return Promise.resolve(false); // a key that openpgp.js cannot read makes no signatures
    }
    return holdsOver(this.#packet, body, signed, KNOWN, isOwnRevocation ? WITH_SHA1 : OPENPGP_CONFIG);
  }
}

const SHA1 = 2;
/** SHA-2 only, as in Sequoia: no MD5, RIPEMD or SHA-1, and SHA-3 is read by too few. */
const HASHES: ReadonlyMap<number, (bytes: Uint8Array) => Uint8Array> = new Map<number, (bytes: Uint8Array) => Uint8Array>([
  [8, sha256],
  [9, sha384],
  [10, sha512],
  [11, sha224],
]);
const REVOCATIONS: ReadonlySet<number> = new Set([SIGNATURE_TYPE.keyRevocation, SIGNATURE_TYPE.certRevocation]);

/** A revocation of one's own by SHA-1 counts, as in Sequoia: whoever forged one could only lower trust, and old ones exist. */
const WITH_SHA1: openpgp.Config = {
  ...OPENPGP_CONFIG,
  rejectHashAlgorithms: new Set([openpgp.enums.hash.md5, openpgp.enums.hash.ripemd]),
};

/** Subpackets that are understood, or may be ignored, also when they are critical (RFC 9580 section 5.2.3.7). */
const KNOWN = [2, 3, 4, 5, 6, 7, 9, 11, 12, 16, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33, 34, 35, 37];

function hasUnknownCritical({ hashed }: SignatureParts): boolean {
  return hashed.some(({ type, isCritical }) => isCritical && (type === SUBPACKET.notation || !KNOWN.includes(type)));
}

const [RSA, RSA_SIGN_ONLY, ECDSA, EDDSA_LEGACY, ED25519] = [1, 3, 19, 22, 27];

/** No DSA of any length, no short RSA. */
function isStrong(key: Uint8Array): boolean {
  const algorithm = key[5];
  const start = key[0] === 6 ? 10 : 6;
  if (algorithm !== RSA && algorithm !== RSA_SIGN_ONLY) {
    return algorithm === ECDSA || algorithm === EDDSA_LEGACY || algorithm === ED25519;
  }
  return ((key[start] ?? 0) << 8) + (key[start + 1] ?? 0) >= MIN_RSA_BITS;
}

/** Whether the signature names the key's algorithm. RSA has two names. */
function isFor(key: Uint8Array, { publicKeyAlgorithm }: SignatureParts): boolean {
  const [a, b] = [key[5], publicKeyAlgorithm].map((algorithm) => (algorithm === RSA_SIGN_ONLY ? RSA : algorithm));
  return a === b;
}

const OID_ED25519 = [9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 0x0f, 1];

function ed25519Point(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (key[0] !== 4) return undefined;
  if (key[5] === ED25519 && key.length === 38) return key.slice(6);
  if (key[5] !== EDDSA_LEGACY || key.length !== 51 || key[18] !== 0x40) return undefined;
  return OID_ED25519.every((byte, i) => key[6 + i] === byte) ? key.slice(19) : undefined;
}

/** 64 bytes, or undefined for what is not a signature of that kind. */
function ed25519Signature({ publicKeyAlgorithm, rest }: SignatureParts): Uint8Array<ArrayBuffer> | undefined {
  if (publicKeyAlgorithm === ED25519) return rest.length === 66 ? rest.slice(2) : undefined;
  if (publicKeyAlgorithm !== EDDSA_LEGACY) return undefined;
  const signature = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const size = (((rest[at] ?? 0) << 8) + (rest[at + 1] ?? 0) + 7) >> 3;
    const number = rest.subarray(at + 2, at + 2 + size);
    if (size > 32 || number.length !== size) return undefined;
    signature.set(number, end - size);
    at += 2 + size;
  }
  return at === rest.length ? signature : undefined;
}

/** @returns undefined where WebCrypto has no Ed25519: openpgp.js brings its own. */
async function importKey(point: Uint8Array<ArrayBuffer>) {
  try {
    return await crypto.subtle.importKey("raw", point, "Ed25519", false, ["verify"]);
  } catch {
    return undefined;
  }
}

interface PacketReader {
  read(body: Uint8Array, config: openpgp.Config): void;
}

function readPacket(body: Uint8Array): openpgp.PublicKeyPacket {
  const packet = new openpgp.PublicKeyPacket();
  const reader: PacketReader = packet as openpgp.PublicKeyPacket & PacketReader;
  reader.read(body, OPENPGP_CONFIG);
  return packet;
}
