// Which of other people's certifications an owner wants to be handed out with the certificate: signature type 0x16 with hashed
// subpacket 37 (draft-dkg-openpgp-1pa3pc). Only the newest of a user ID counts, and an empty one retracts all.
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { ByteWriter, concatBytes, decodeHex, encodeHex } from "@p2pcrypt/bytes";
import * as openpgp from "openpgp";
import type { Certification } from "./certification.ts";
import { holdsOver, signExtended, userIdToSign } from "./extended-signature.ts";
import { CLOCK_TOLERANCE_MS } from "./openpgp-config.ts";
import { type RawPacket, TAG } from "./packets.ts";
import { readSignatureFacts, SIGNATURE_TYPE } from "./signature-facts.ts";
import { readSignatureParts, SUBPACKET } from "./signature-parts.ts";

const { sha256: SHA256, sha384: SHA384, sha512: SHA512 } = openpgp.enums.hash;

/** An attestation that its owner made. Digests are of all attestations with the newest time. */
export interface Attestations {
  readonly createdMs: number;
  readonly packets: readonly RawPacket[];
  readonly covers: (certification: Certification) => boolean;
}

/** Most certifications that one attestation lists: what fits into a version 4 signature. */
const MAX_ATTESTED = 1024;

/** A signature packet's body. @param approved all that are wanted from now on; none retracts. */
export async function makeAttestation(
  key: openpgp.SecretKeyPacket,
  on: { readonly primaryKey: Uint8Array; readonly userId: Uint8Array },
  approved: readonly Certification[],
  nowMs: number,
): Promise<Uint8Array> {
  if (approved.length > MAX_ATTESTED) throw new RangeError(`at most ${MAX_ATTESTED} certifications`);
  const digests = approved.map(({ body }) => digestOf(body, SHA256)).sort();
  const list = concatBytes(...digests.map(decodeHex));
  return signExtended(
    key,
    {
      type: SIGNATURE_TYPE.attestation,
      bytes: userIdToSign(key.version, on.primaryKey, on.userId),
      hashAlgorithm: SHA256,
      subpackets: [{ type: SUBPACKET.attestedCertifications, isCritical: true, body: list }],
    },
    nowMs,
  );
}

/** Verified ones among the signatures on one user ID. @returns undefined when there is none. */
export async function readAttestations(
  key: openpgp.PublicKeyPacket | openpgp.SecretKeyPacket,
  on: { readonly primaryKey: Uint8Array; readonly userId: Uint8Array },
  signatures: readonly RawPacket[],
  atMs: number,
): Promise<Attestations | undefined> {
  const valid: Dated[] = [];
  for (const packet of signatures) {
    const facts = readSignatureFacts(packet.body);
    if (facts?.type !== SIGNATURE_TYPE.attestation || facts.createdMs > atMs + CLOCK_TOLERANCE_MS) continue;
    const bytes = userIdToSign(facts.version, on.primaryKey, on.userId);
    if (!(await holdsOver(key, packet.body, bytes, [SUBPACKET.attestedCertifications]))) continue;
    valid.push({ packet, createdMs: facts.createdMs, hash: facts.hashAlgorithm, lists: facts.attested });
  }
  return newestOf(valid);
}

/** For attestations that were verified before: a directory's own store. */
export function newestAttestations(signatures: readonly RawPacket[]): Attestations | undefined {
  const found = signatures.flatMap((packet) => {
    const facts = readSignatureFacts(packet.body);
    if (facts?.type !== SIGNATURE_TYPE.attestation) return [];
    return [{ packet, createdMs: facts.createdMs, hash: facts.hashAlgorithm, lists: facts.attested }];
  });
  return newestOf(found);
}

function newestOf(dated: readonly Dated[]): Attestations | undefined {
  if (dated.length === 0) return undefined;
  const createdMs = Math.max(...dated.map((one) => one.createdMs));
  return toAttestations(dated.filter((one) => one.createdMs === createdMs));
}

interface Dated {
  readonly packet: RawPacket;
  readonly createdMs: number;
  readonly hash: number;
  readonly lists: readonly Uint8Array[];
}

function toAttestations(newest: readonly Dated[]): Attestations {
  const byHash = new Map<number, Set<string>>();
  for (const { hash, lists } of newest) {
    const known = byHash.get(hash) ?? new Set();
    byHash.set(hash, known);
    for (const list of lists) for (const digest of split(list, hash)) known.add(digest);
  }
  return {
    createdMs: newest[0]?.createdMs ?? 0,
    packets: newest.map(({ packet }) => ({ tag: TAG.signature, body: packet.body })),
    covers: ({ body }) => [...byHash].some(([hash, digests]) => digests.has(digestOf(body, hash))),
  };
}

const HASHES: ReadonlyMap<number, { readonly bytes: number; readonly hash: (bytes: Uint8Array) => Uint8Array }> = new Map([
  [SHA256, { bytes: 32, hash: sha256 }],
  [SHA384, { bytes: 48, hash: sha384 }],
  [SHA512, { bytes: 64, hash: sha512 }],
]);

function split(list: Uint8Array, hash: number): string[] {
  const size = HASHES.get(hash)?.bytes;
  if (size === undefined || list.length % size !== 0) return [];
  return Array.from({ length: list.length / size }, (_, i) => encodeHex(list.subarray(i * size, (i + 1) * size)));
}

/** Hex of a signature's digest: the packet without its unhashed part, so that nobody can change what is attested. */
function digestOf(body: Uint8Array, hashAlgorithm: number): string {
  const parts = readSignatureParts(body);
  const hash = HASHES.get(hashAlgorithm);
  if (parts === undefined || hash === undefined) return "";
  const noUnhashed = new Uint8Array(parts.version === 4 ? 2 : 4);
  const bytes = concatBytes(parts.signedBytes, noUnhashed, parts.rest);
  return encodeHex(hash.hash(new ByteWriter().u8(0x88).opaque32(bytes).finish()));
}
