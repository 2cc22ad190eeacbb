// The exact bytes behind every signature and chain of a stream (spec/protocol/stream.md sections 4 to 6). Signatures are Ed25519.
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter, decodeBase64Url, decodeHex, encodeUtf8, purposeBytes } from "@p2pcrypt/bytes";
import type { IdentityIdText, StreamId } from "./binary.ts";
import type { RecordKind } from "./records.ts";

const KIND_CODES: Record<RecordKind, number> = { handshake: 1, application: 2, sealedRequest: 3 };

const HASH_BYTES = 32;
/** Handshake chain before the first position. */
export const EMPTY_HANDSHAKE_CHAIN: Uint8Array = new Uint8Array(HASH_BYTES);

/** Which stream on which node. */
export interface StreamPlace {
  readonly node: IdentityIdText;
  readonly stream: StreamId;
}

/** chain(0): before the first record. */
export function initialChain(place: StreamPlace): Uint8Array {
  return sha256(begin("p2pcrypt stream chain", place).finish());
}

export interface ChainLink {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly position?: number | undefined;
  readonly record: Uint8Array;
}

/**
 * chain(i) = SHA-256(purpose, chain(i-1), uint64 seq, uint8 kind, uint64 position or 0, SHA-256(record)).
 *
 * `hash` is the record's SHA-256, for whoever has it already.
 */
export function nextChain(chain: Uint8Array, link: ChainLink, hash: Uint8Array = sha256(link.record)): Uint8Array {
  const bytes = new ByteWriter()
    .bytes(purposeBytes("p2pcrypt stream chain link"))
    .fixed(chain, HASH_BYTES, "chain")
    .u64(link.seq)
    .u8(KIND_CODES[link.kind])
    .u64(link.position ?? 0)
    .fixed(hash, HASH_BYTES, "record hash");
  return sha256(bytes.finish());
}

/** h(p) = SHA-256(purpose, h(p-1), uint64 p, SHA-256(record)): common to all nodes of a conversation; positions count from 1. */
export function nextHandshakeChain(chain: Uint8Array, position: number, record: Uint8Array): Uint8Array {
  const bytes = new ByteWriter()
    .bytes(purposeBytes("p2pcrypt handshake chain"))
    .fixed(chain, HASH_BYTES, "chain")
    .u64(position)
    .bytes(sha256(record));
  return sha256(bytes.finish());
}

/** Where a stream stands, as a node signs it with its checkpoint key. */
export interface CheckpointFields extends StreamPlace {
  readonly configVersion: number;
  /** Of the newest record; 0 before the first. */
  readonly seq: number;
  readonly chain: Uint8Array;
  /** Handshakes so far, which is also the newest position. */
  readonly positions: number;
  readonly handshakeChain: Uint8Array;
  readonly timeMs: number;
}

export function checkpointBytes(fields: CheckpointFields): Uint8Array {
  return begin("p2pcrypt checkpoint", fields)
    .u32(fields.configVersion)
    .u64(fields.seq)
    .fixed(fields.chain, HASH_BYTES, "chain")
    .u64(fields.positions)
    .fixed(fields.handshakeChain, HASH_BYTES, "handshakeChain")
    .u64(fields.timeMs)
    .finish();
}

/** Everything about a stream that a signed change can alter. */
export interface StreamConfiguration {
  /** 1 for the configuration that `stream.create` made. */
  readonly version: number;
  readonly kind: "conversation" | "inbox";
  readonly readTokenHash: Uint8Array;
  /** Undefined for an inbox. */
  readonly writeTokenHash?: Uint8Array | undefined;
  /** Of an inbox: who holds the token may write large requests. */
  readonly contactTokenHash?: Uint8Array | undefined;
  /** Ed25519 public keys, ascending. */
  readonly admins: readonly Uint8Array[];
  readonly retentionMs: number;
  readonly isMembersLaneOpen: boolean;
}

/** Hash that the next change names as the configuration it was made for. */
export function configurationHash(place: StreamPlace, configuration: StreamConfiguration): Uint8Array {
  const writer = begin("p2pcrypt stream configuration", place)
    .u32(configuration.version)
    .u8(configuration.kind === "inbox" ? 2 : 1)
    .fixed(configuration.readTokenHash, HASH_BYTES, "readTokenHash");
  optional(writer, configuration.writeTokenHash);
  optional(writer, configuration.contactTokenHash);
  list(writer, configuration.admins);
  return sha256(writer.u64(configuration.retentionMs).bool(configuration.isMembersLaneOpen).finish());
}

export interface ConfigurationChange {
  readonly readTokenHash?: Uint8Array | undefined;
  readonly writeTokenHash?: Uint8Array | undefined;
  readonly contactTokenHash?: Uint8Array | undefined;
  readonly addAdmins?: readonly Uint8Array[] | undefined;
  readonly removeAdmins?: readonly Uint8Array[] | undefined;
  readonly retentionMs?: number | undefined;
  readonly isMembersLaneOpen?: boolean | undefined;
}

/** What an administrator signs to change a stream: version is that of the configuration that results. */
export function configureBytes(
  place: StreamPlace,
  configure: { readonly version: number; readonly previous: Uint8Array; readonly change: ConfigurationChange },
): Uint8Array {
  const { change } = configure;
  const writer = begin("p2pcrypt configure stream", place)
    .u32(configure.version)
    .fixed(configure.previous, HASH_BYTES, "previous");
  optional(writer, change.readTokenHash);
  optional(writer, change.writeTokenHash);
  optional(writer, change.contactTokenHash);
  list(writer, change.addAdmins ?? []);
  list(writer, change.removeAdmins ?? []);
  writer.bool(change.retentionMs !== undefined).u64(change.retentionMs ?? 0);
  return writer.u8(change.isMembersLaneOpen === undefined ? 2 : change.isMembersLaneOpen ? 1 : 0).finish();
}

/** What an administrator signs to claim a position in the administrators' lane. */
export function adminAppendBytes(
  place: StreamPlace,
  claim: { readonly position: number; readonly record: Uint8Array },
): Uint8Array {
  return begin("p2pcrypt administrator append", place).u64(claim.position).bytes(sha256(claim.record)).finish();
}

/** What an administrator signs to delete a stream. */
export function deleteStreamBytes(place: StreamPlace, currentConfiguration: Uint8Array): Uint8Array {
  return begin("p2pcrypt delete stream", place).fixed(currentConfiguration, HASH_BYTES, "configuration").finish();
}

/** What a device signs to act for its identity at one node, once. `body` is `canonicalJson` of the request without its proof. */
export function deviceRequestBytes(fields: {
  readonly node: IdentityIdText;
  readonly operation: string;
  readonly timeMs: number;
  readonly nonce: Uint8Array;
  readonly body: string;
}): Uint8Array {
  return new ByteWriter()
    .bytes(purposeBytes("p2pcrypt request"))
    .fixed(decodeHex(fields.node), 32, "node")
    .text8(fields.operation)
    .u64(fields.timeMs)
    .fixed(fields.nonce, 16, "nonce")
    .bytes(sha256(encodeUtf8(fields.body)))
    .finish();
}

/** SHA-256 of a capability token: all that a node keeps of it. */
export function tokenHash(token: Uint8Array): Uint8Array {
  return sha256(new ByteWriter().bytes(purposeBytes("p2pcrypt token")).fixed(token, 32, "token").finish());
}

export function recordHash(record: Uint8Array): Uint8Array {
  return sha256(record);
}

function begin(purpose: string, { node, stream }: StreamPlace): ByteWriter {
  return new ByteWriter()
    .bytes(purposeBytes(purpose))
    .fixed(decodeHex(node), 32, "node")
    .fixed(decodeBase64Url(stream), 32, "stream");
}

function optional(writer: ByteWriter, value: Uint8Array | undefined): void {
  writer.opaque8(value ?? new Uint8Array());
}

function list(writer: ByteWriter, values: readonly Uint8Array[]): void {
  writer.u16(values.length);
  for (const value of values) writer.opaque8(value);
}
