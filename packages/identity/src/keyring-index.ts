/// <reference path="./web-globals.d.ts" />
// A file of many certificates, binary or armored: where each begins, and whose it is. Signatures are not looked at here, so that a large
// keyring opens fast and a reader pays for the certificates that it asks for.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes } from "@p2pcrypt/bytes";
import { MAX_CERTIFICATE_BYTES } from "./certificate.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { IdentityError } from "./identity-error.ts";
import { MAX_KEYRING_BYTES, unarmored } from "./keyring.ts";
import { readHeader, TAG } from "./packets.ts";

/** Checked before anything is read (I9). */
const MAX_INDEXED_BYTES = 512 * 1024 * 1024;

export interface KeyringEntry {
  /** Upper-case hex. */
  readonly fingerprint: string;
  /** All packets of the certificate: a view into the keyring. */
  readonly bytes: Uint8Array;
}

export interface KeyringIndex {
  /** One for each certificate; of copies of one certificate the packets are together. */
  readonly entries: readonly KeyringEntry[];
  /** Certificates that were left out: over the size limit, or of a version that nobody can read. */
  readonly skipped: number;
}

/** SHA-256, for telling whether a keyring or a part of it is one that was seen before. */
export async function digestOfBytes(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
}

/** The same for one certificate, at once: WebCrypto's way round takes longer than so few bytes. */
export function digestOfCertificate(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}

/** @throws {IdentityError} keyring/tooLarge, certificate/malformed, certificate/fingerprintCollision */
export async function indexKeyring(bytes: Uint8Array): Promise<KeyringIndex> {
  const isArmored = (bytes[0] ?? 0x80) < 0x80;
  if (bytes.length > (isArmored ? MAX_KEYRING_BYTES : MAX_INDEXED_BYTES)) throw new IdentityError("keyring/tooLarge");
  const binary = isArmored ? await unarmored(bytes) : bytes;
  const entries = new Map<string, KeyringEntry>();
  let skipped = 0;
  for (const certificate of splitKeyring(binary)) {
    const isRead = certificate.length <= MAX_CERTIFICATE_BYTES && isPublic(certificate);
    const fingerprint = isRead ? fingerprintOf(primaryBody(certificate)) : undefined;
    if (fingerprint === undefined) {
      skipped++;
      continue;
    }
    const known = entries.get(fingerprint);
    if (known === undefined) entries.set(fingerprint, { fingerprint, bytes: certificate });
    else if (!equalBytes(known.bytes, certificate))
      entries.set(fingerprint, { fingerprint, bytes: together(known.bytes, certificate) });
  }
  return { entries: [...entries.values()], skipped };
}

/** Each certificate's packets, the first being its primary key. Packets in front of the first key are refused. */
function* splitKeyring(bytes: Uint8Array): Generator<Uint8Array> {
  let start = -1;
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at);
    if (header.tag === TAG.publicKey || header.tag === TAG.secretKey) {
      if (start >= 0) yield bytes.subarray(start, at);
      start = at;
    } else if (start < 0) throw new IdentityError("certificate/malformed");
    at = header.start + header.length;
    if (at > bytes.length) throw new IdentityError("certificate/malformed");
  }
  if (start >= 0) yield bytes.subarray(start);
}

function isPublic(certificate: Uint8Array): boolean {
  return readHeader(certificate, 0).tag === TAG.publicKey;
}

function primaryBody(certificate: Uint8Array): Uint8Array {
  const { start, length } = readHeader(certificate, 0);
  return certificate.subarray(start, start + length);
}

/** Two copies of one certificate. A copy too many that would pass the limit is left out. */
function together(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (!equalBytes(primaryBody(a), primaryBody(b))) throw new IdentityError("certificate/fingerprintCollision");
  const { start, length } = readHeader(b, 0);
  return a.length + b.length > MAX_CERTIFICATE_BYTES ? a : concatBytes(a, b.subarray(start + length));
}
