// The role log: every change of administrators, signed by the device that made it and linked by hash to the one before.
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader, ByteWriter, DecodeError, decodeHex, encodeHex, equalBytes } from "@p2pcrypt/bytes";
import type { CredentialVerifier, IdentityId } from "../credential-verifier.ts";
import type { SessionCrypto } from "../primitives/session-crypto.ts";
import { PURPOSE } from "../purposes.ts";
import { MAX_CREDENTIAL_BYTES } from "./founding.ts";

// struct {
//   opaque purpose<0..255>;              "p2pcrypt role log entry"
//   uint8  version = 1;
//   opaque previous[32];                 hash of the entry before; of the first: the group id
//   uint32 sequence;                     1, 2, 3 ...
//   uint64 time_ms;
//   uint8  count;  opaque administrators[count][32];   all of them from here on, ascending
//   opaque actor[32];                    the identity that changed them
//   opaque credential<0..2^16-1>;        of the actor's device
//   opaque signature[64];                by that device, over everything above
// } RoleLogEntry;

export interface RoleLogEntry {
  readonly previous: Uint8Array;
  readonly sequence: number;
  readonly timeMs: number;
  readonly administrators: readonly IdentityId[];
  readonly actor: IdentityId;
  readonly credential: Uint8Array;
  readonly bytes: Uint8Array;
}

export const MAX_ADMINISTRATORS = 32;
/** Older entries are dropped; the link to them stays. */
export const MAX_ROLE_LOG_ENTRIES = 16;

export function roleLogEntryHash(entry: RoleLogEntry): Uint8Array {
  return sha256(entry.bytes);
}

export async function createRoleLogEntry(
  crypto: SessionCrypto,
  actor: { readonly identityId: IdentityId; readonly credential: Uint8Array; readonly signatureSecretKey: Uint8Array },
  entry: Pick<RoleLogEntry, "previous" | "sequence" | "timeMs" | "administrators">,
): Promise<RoleLogEntry> {
  const administrators = [...new Set(entry.administrators)].sort();
  if (administrators.length > MAX_ADMINISTRATORS) throw new RangeError(`at most ${MAX_ADMINISTRATORS} administrators`);
  const writer = new ByteWriter()
    .bytes(PURPOSE.roleLogEntry)
    .u8(1)
    .fixed(entry.previous, 32, "previous")
    .u32(entry.sequence)
    .u64(entry.timeMs)
    .u8(administrators.length);
  for (const administrator of administrators) writer.fixed(decodeHex(administrator), 32, "administrator");
  const unsigned = writer.fixed(decodeHex(actor.identityId), 32, "actor").opaque16(actor.credential).finish();
  const signature = await crypto.sign(actor.signatureSecretKey, unsigned);
  return decodeRoleLogEntry(new ByteWriter().bytes(unsigned).fixed(signature, 64, "signature").finish());
}

/** Reads without checking the signature. @throws {DecodeError} */
export function decodeRoleLogEntry(bytes: Uint8Array): RoleLogEntry {
  const reader = new ByteReader(bytes);
  if (!equalBytes(reader.take(PURPOSE.roleLogEntry.length, "RoleLogEntry.purpose"), PURPOSE.roleLogEntry)) {
    throw new DecodeError("RoleLogEntry.purpose is another", 0);
  }
  if (reader.u8("RoleLogEntry.version") !== 1) throw new DecodeError("RoleLogEntry.version is unknown", reader.offset);
  const previous = reader.take(32, "RoleLogEntry.previous");
  const sequence = reader.u32("RoleLogEntry.sequence");
  const timeMs = reader.safeU64("RoleLogEntry.time_ms");
  const administrators = readIdentities(reader, "RoleLogEntry.administrators");
  const actor = encodeHex(reader.take(32, "RoleLogEntry.actor")) as IdentityId;
  const credential = reader.opaque16("RoleLogEntry.credential", MAX_CREDENTIAL_BYTES);
  reader.take(64, "RoleLogEntry.signature");
  reader.end("RoleLogEntry");
  return { previous, sequence, timeMs, administrators, actor, credential, bytes: bytes.slice() };
}

/** Whether the actor's device signed it and was certified for that identity then. */
export async function isRoleLogEntryGenuine(
  crypto: SessionCrypto,
  verifyCredential: CredentialVerifier,
  entry: RoleLogEntry,
): Promise<boolean> {
  const verdict = await verifyCredential(entry.credential, { atMs: entry.timeMs });
  if (verdict.kind === "refused" || verdict.identityId !== entry.actor) return false;
  const end = entry.bytes.length - 64;
  return crypto.verify(verdict.signatureKey, entry.bytes.subarray(0, end), entry.bytes.subarray(end));
}

/** A count and that many identity ids in strictly ascending order. @throws {DecodeError} */
export function readIdentities(reader: ByteReader, what: string): IdentityId[] {
  const count = reader.u8(what);
  if (count > MAX_ADMINISTRATORS) throw new DecodeError(`${what}: too many`, reader.offset);
  const identities: IdentityId[] = [];
  for (let i = 0; i < count; i++) {
    const identity = encodeHex(reader.take(32, what)) as IdentityId;
    const before = identities.at(-1);
    if (before !== undefined && before >= identity) throw new DecodeError(`${what}: not in ascending order`, reader.offset);
    identities.push(identity);
  }
  return identities;
}
