// What a node can tell about a record without a key: that it has the structure of an encrypted message of its kind.
// Section 3 of spec/protocol/stream.md; MLS structures: RFC 9420 sections 6 and 6.3.
import { ByteReader, DecodeError } from "@p2pcrypt/bytes";
import { MAX_APPLICATION_RECORD_BYTES, MAX_EPHEMERAL_RECORD_BYTES, MAX_LARGE_RECORD_BYTES } from "./limits.ts";

export const RECORD_KINDS = ["handshake", "application", "sealedRequest"] as const;
/** Kinds that a stream stores. */
export type RecordKind = (typeof RECORD_KINDS)[number];

export const MAX_RECORD_BYTES: Record<RecordKind | "ephemeral", number> = {
  handshake: MAX_LARGE_RECORD_BYTES,
  application: MAX_APPLICATION_RECORD_BYTES,
  sealedRequest: MAX_LARGE_RECORD_BYTES,
  ephemeral: MAX_EPHEMERAL_RECORD_BYTES,
};

/** First byte of a sealed request and of an ephemeral record, so that one is never taken for the other or for MLS. */
export const SEALED_REQUEST_MAGIC = 0xe1;
export const EPHEMERAL_MAGIC = 0xe2;

const MLS_VERSION = 1;
const MLS_PRIVATE_MESSAGE = 2;
const CONTENT_TYPE_NAMES: Readonly<Record<number, "application" | "proposal" | "commit">> = {
  1: "application",
  2: "proposal",
  3: "commit",
};

/** What anybody who holds the record can read from an MLS PrivateMessage. */
export interface PrivateMessageHeader {
  readonly groupId: Uint8Array;
  readonly epoch: bigint;
  readonly contentType: "application" | "proposal" | "commit";
}

/** @throws {DecodeError} for anything but one whole PrivateMessage. */
export function decodePrivateMessageHeader(record: Uint8Array): PrivateMessageHeader {
  const reader = new ByteReader(record);
  if (reader.u16("MLSMessage.version") !== MLS_VERSION) throw new DecodeError("MLSMessage.version");
  if (reader.u16("MLSMessage.wire_format") !== MLS_PRIVATE_MESSAGE) throw new DecodeError("MLSMessage.wire_format", 2);
  const groupId = vector(reader, "PrivateMessage.group_id", 255);
  const epoch = reader.u64("PrivateMessage.epoch");
  const contentType = CONTENT_TYPE_NAMES[reader.u8("PrivateMessage.content_type")];
  if (contentType === undefined) throw new DecodeError("PrivateMessage.content_type", reader.offset - 1);
  vector(reader, "PrivateMessage.authenticated_data", MAX_LARGE_RECORD_BYTES);
  // AEAD tag and sender data are never shorter.
  if (vector(reader, "PrivateMessage.encrypted_sender_data", 1024).length < 16 + 12) {
    throw new DecodeError("PrivateMessage.encrypted_sender_data is too short", reader.offset);
  }
  if (vector(reader, "PrivateMessage.ciphertext", MAX_LARGE_RECORD_BYTES).length < 16) {
    throw new DecodeError("PrivateMessage.ciphertext is too short", reader.offset);
  }
  reader.end("MLSMessage");
  return { groupId, epoch, contentType };
}

/** Whether the bytes have the structure of an encrypted record of this kind and keep to its size. */
export function isRecord(kind: RecordKind | "ephemeral", record: Uint8Array): boolean {
  if (record.length > MAX_RECORD_BYTES[kind]) return false;
  switch (kind) {
    case "ephemeral":
      return record[0] === EPHEMERAL_MAGIC && record.length > 64;
    case "sealedRequest":
      return record[0] === SEALED_REQUEST_MAGIC && record.length > 64;
    case "handshake":
    case "application":
      return isPrivateMessage(kind, record);
  }
}

function isPrivateMessage(kind: "handshake" | "application", record: Uint8Array): boolean {
  try {
    const { contentType } = decodePrivateMessageHeader(record);
    return (contentType === "application") === (kind === "application");
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** A variable-size vector: RFC 9420 section 2.1.2. Only the shortest form of a length is taken. */
function vector(reader: ByteReader, what: string, maxBytes: number): Uint8Array {
  const first = reader.u8(what);
  const prefix = first >> 6;
  if (prefix === 3) throw new DecodeError(`${what}: length`, reader.offset - 1);
  let length = first & 0x3f;
  for (let i = 1; i < 1 << prefix; i++) length = length * 256 + reader.u8(what);
  if ((prefix === 1 && length < 64) || (prefix === 2 && length < 16_384)) {
    throw new DecodeError(`${what}: length is not the shortest`, reader.offset);
  }
  if (length > maxBytes) throw new DecodeError(`${what}: longer than ${maxBytes} bytes`, reader.offset);
  return reader.take(length, what);
}
