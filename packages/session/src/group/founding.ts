// The founding statement: who founded a conversation, of what kind, when. Its hash is the group id, so that nobody else can
// make a group of the same name (M13).
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader, ByteWriter, compareBytes, DecodeError, decodeHex, encodeHex } from "@p2pcrypt/bytes";
import type { CredentialVerifier, IdentityId, VerifiedCredential } from "../credential-verifier.ts";
import type { SessionCrypto } from "../primitives/session-crypto.ts";
import { PURPOSE } from "../purposes.ts";

// struct {
//   opaque purpose<0..255>;         "p2pcrypt founding statement"
//   uint8  version = 1;
//   uint16 suite;
//   uint8  kind;                    1 self, 2 direct, 3 group
//   opaque founder[32];             identity id; the first administrator
//   opaque nonce[32];
//   uint64 time_ms;
//   opaque credential<0..2^16-1>;   of the founder's device
//   opaque signature[64];           by that device, over everything above
// } FoundingStatement;              group id = SHA-256(FoundingStatement)

export type ConversationKind = "self" | "direct" | "group";

export interface FoundingStatement {
  readonly kind: ConversationKind;
  readonly suite: number;
  readonly founder: IdentityId;
  readonly nonce: Uint8Array;
  readonly timeMs: number;
  readonly credential: Uint8Array;
  /** The signed statement; its SHA-256 is the group id. */
  readonly bytes: Uint8Array;
}

export const MAX_CREDENTIAL_BYTES = 8192;
const KIND_CODES: Record<ConversationKind, number> = { self: 1, direct: 2, group: 3 };
const KINDS: readonly ConversationKind[] = ["self", "direct", "group"];

export function groupIdOf(founding: Uint8Array): Uint8Array {
  return sha256(founding);
}

/** Signs a new statement with the founder's device key. */
export async function createFoundingStatement(
  crypto: SessionCrypto,
  founder: {
    readonly identityId: IdentityId;
    readonly credential: Uint8Array;
    readonly signatureSecretKey: Uint8Array;
  },
  { kind, nowMs }: { readonly kind: ConversationKind; readonly nowMs: number },
): Promise<Uint8Array> {
  const unsigned = new ByteWriter()
    .bytes(PURPOSE.founding)
    .u8(1)
    .u16(crypto.suite)
    .u8(KIND_CODES[kind])
    .fixed(decodeHex(founder.identityId), 32, "founder")
    .bytes(crypto.random(32))
    .u64(nowMs)
    .opaque16(founder.credential)
    .finish();
  const signature = await crypto.sign(founder.signatureSecretKey, unsigned);
  return new ByteWriter().bytes(unsigned).fixed(signature, 64, "signature").finish();
}

/** Reads without checking the signature. @throws {DecodeError} */
export function decodeFoundingStatement(bytes: Uint8Array): FoundingStatement {
  const reader = new ByteReader(bytes);
  const purpose = reader.take(PURPOSE.founding.length, "FoundingStatement.purpose");
  if (compareBytes(purpose, PURPOSE.founding) !== 0) throw new DecodeError("FoundingStatement.purpose is another", 0);
  if (reader.u8("FoundingStatement.version") !== 1) throw new DecodeError("FoundingStatement.version is unknown", reader.offset);
  const suite = reader.u16("FoundingStatement.suite");
  const kind = KINDS[reader.u8("FoundingStatement.kind") - 1];
  if (kind === undefined) throw new DecodeError("FoundingStatement.kind is unknown", reader.offset);
  const founder = encodeHex(reader.take(32, "FoundingStatement.founder")) as IdentityId;
  const nonce = reader.take(32, "FoundingStatement.nonce");
  const timeMs = reader.safeU64("FoundingStatement.time_ms");
  const credential = reader.opaque16("FoundingStatement.credential", MAX_CREDENTIAL_BYTES);
  reader.take(64, "FoundingStatement.signature");
  reader.end("FoundingStatement");
  return { kind, suite, founder, nonce, timeMs, credential, bytes: bytes.slice() };
}

/** @returns the founder's credential as of the founding, or undefined when credential, identity or signature do not fit. */
export async function verifyFoundingStatement(
  crypto: SessionCrypto,
  verifyCredential: CredentialVerifier,
  founding: FoundingStatement,
): Promise<VerifiedCredential | undefined> {
  if (founding.suite !== crypto.suite) return undefined;
  const verdict = await verifyCredential(founding.credential, { atMs: founding.timeMs });
  if (verdict.kind === "refused" || verdict.identityId !== founding.founder) return undefined;
  const unsigned = founding.bytes.subarray(0, founding.bytes.length - 64);
  const signature = founding.bytes.subarray(founding.bytes.length - 64);
  return (await crypto.verify(verdict.signatureKey, unsigned, signature)) ? verdict : undefined;
}
