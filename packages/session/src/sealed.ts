// Sealing to an inbox: HPKE (RFC 9180) to the inbox's X-Wing key, padded, so that a node sees a key id and a size class only. Who wrote
// it is inside, signed; an inbox key authenticates nobody (spec/protocol/session.md section 9).
import { ByteReader, ByteWriter, DecodeError, purposeBytes } from "@p2pcrypt/bytes";
import { hpkeOpen, hpkeSeal } from "./primitives/hpke.ts";
import type { KemKeyPair, SessionCrypto } from "./primitives/session-crypto.ts";
import { padTo, SEALED_BUCKETS, unpad } from "./wire/padding.ts";

const MAGIC = 0xe1;
const VERSION = 1;
const CONTEXT = purposeBytes("p2pcrypt sealed record");

// struct {
//   uint8  magic = 0xe1;
//   uint8  version = 1;
//   uint32 key_id;                         which of the inbox's keys
//   opaque kem_output<0..2^16-1>;
//   opaque ciphertext<0..2^32-1>;          AEAD of the padded plaintext; AAD: everything before kem_output, and the inbox's stream id
// } SealedRecord;

/** What a sealed record is for: bound to one inbox and one of its keys. */
export interface InboxPlace {
  /** Stream id of the inbox, 32 bytes. */
  readonly stream: Uint8Array;
  readonly keyId: number;
}

export async function generateInboxKey(crypto: SessionCrypto): Promise<KemKeyPair> {
  return crypto.kemKeyPair(crypto.random(32));
}

/** @returns undefined when the public key is malformed or the plaintext is larger than 4 MB. */
export async function sealToInbox(
  crypto: SessionCrypto,
  inboxKey: Uint8Array,
  place: InboxPlace,
  plaintext: Uint8Array,
): Promise<Uint8Array | undefined> {
  const padded = padTo(SEALED_BUCKETS, plaintext);
  if (padded === undefined || !crypto.isKemPublicKey(inboxKey)) return undefined;
  const sealed = await hpkeSeal(crypto, inboxKey, { context: CONTEXT, associated: associated(place), plaintext: padded });
  if (sealed === undefined) return undefined;
  return new ByteWriter().u8(MAGIC).u8(VERSION).u32(place.keyId).opaque16(sealed.kemOutput).opaque32(sealed.ciphertext).finish();
}

/** Which key a sealed record asks for. @returns undefined for what is no sealed record. */
export function sealedKeyId(record: Uint8Array): number | undefined {
  return read(record)?.keyId;
}

/** @returns undefined when it does not open: another key, inbox or key id, or changed bytes. */
export async function openFromInbox(
  crypto: SessionCrypto,
  secretKey: Uint8Array,
  place: InboxPlace,
  record: Uint8Array,
): Promise<Uint8Array | undefined> {
  const parts = read(record);
  if (parts === undefined || parts.keyId !== place.keyId) return undefined;
  const { kemOutput, ciphertext } = parts;
  const padded = await hpkeOpen(
    crypto,
    secretKey,
    { kemOutput, ciphertext },
    { context: CONTEXT, associated: associated(place) },
  );
  return padded === undefined ? undefined : unpad(padded);
}

function associated({ stream, keyId }: InboxPlace): Uint8Array {
  return new ByteWriter().u8(MAGIC).u8(VERSION).u32(keyId).fixed(stream, 32, "stream").finish();
}

function read(record: Uint8Array): { keyId: number; kemOutput: Uint8Array; ciphertext: Uint8Array } | undefined {
  try {
    const reader = new ByteReader(record);
    if (reader.u8("SealedRecord.magic") !== MAGIC || reader.u8("SealedRecord.version") !== VERSION) return undefined;
    const keyId = reader.u32("SealedRecord.key_id");
    const kemOutput = reader.opaque16("SealedRecord.kem_output");
    const ciphertext = reader.opaque32("SealedRecord.ciphertext");
    reader.end("SealedRecord");
    return { keyId, kemOutput, ciphertext };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
