// Content that is never stored: sealed under a key of the epoch that touches no ratchet, signed by the device
// (spec/protocol/session.md section 8).
import { ByteReader, ByteWriter, concatBytes, DecodeError, equalBytes } from "@p2pcrypt/bytes";
import { EPHEMERAL_CONTEXT, EXPORTER, exportSecret } from "./exporters.ts";
import type { Member } from "./group/roster.ts";
import { hkdfExpand } from "./primitives/hkdf.ts";
import type { SessionCrypto } from "./primitives/session-crypto.ts";
import { PURPOSE } from "./purposes.ts";
import type { SessionState } from "./state.ts";
import { EPHEMERAL_BUCKETS, padTo, unpad } from "./wire/padding.ts";

const MAGIC = 0xe2;
const VERSION = 1;

// struct {
//   uint8  magic = 0xe2;
//   uint8  version = 1;
//   opaque group[32];
//   uint64 epoch;
//   opaque nonce[12];                      random, for the sender below
//   opaque sender<0..2^16-1>;              AEAD under the epoch's sender key: struct Sender
//   opaque ciphertext<0..2^32-1>;          AEAD under the key of (leaf, session), nonce from the counter; AAD: group, epoch
// } EphemeralRecord;
// struct { uint32 leaf; opaque session[16]; uint64 counter; opaque signature[64]; } Sender;
// signature: Ed25519 by the leaf's key over {purpose, group, epoch, leaf, session, counter, ciphertext}

/** Where a sender stands: never the same counter twice in one random session. */
export interface EphemeralPlace {
  /** 16 random bytes, new at every start of a client and every epoch. */
  readonly session: Uint8Array;
  readonly counter: number;
}

export interface OpenedEphemeral {
  readonly author: Member;
  readonly session: Uint8Array;
  readonly counter: number;
  readonly content: Uint8Array;
}

export async function sealEphemeral(
  crypto: SessionCrypto,
  state: SessionState,
  { session, counter }: EphemeralPlace,
  content: Uint8Array,
): Promise<Uint8Array | undefined> {
  const padded = padTo(EPHEMERAL_BUCKETS, content);
  if (padded === undefined) return undefined;
  const { groupContext, privatePath, signaturePrivateKey } = state.mls;
  const leaf = privatePath.leafIndex;
  const key = await contentKey(crypto, state, leaf, session);
  const place = new ByteWriter().fixed(groupContext.groupId, 32, "groupId").u64(groupContext.epoch).finish();
  const ciphertext = await crypto.seal(key, counterNonce(counter), place, padded);
  const claim = new ByteWriter().u32(leaf).fixed(session, 16, "session").u64(counter).finish();
  const signature = await crypto.sign(signaturePrivateKey, toSign(place, claim, ciphertext));
  const nonce = crypto.random(crypto.aeadNonceBytes);
  const sender = await crypto.seal(await senderKey(crypto, state), nonce, place, concatBytes(claim, signature));
  return new ByteWriter().u8(MAGIC).u8(VERSION).bytes(place).bytes(nonce).opaque16(sender).opaque32(ciphertext).finish();
}

/** @returns undefined for what is not of this epoch, does not open, or is not signed by the member it claims. */
export async function openEphemeral(
  crypto: SessionCrypto,
  state: SessionState,
  record: Uint8Array,
): Promise<OpenedEphemeral | undefined> {
  const parts = read(crypto, record);
  const { groupContext } = state.mls;
  if (parts === undefined || parts.epoch !== groupContext.epoch || !equalBytes(parts.group, groupContext.groupId))
    return undefined;
  const { place, nonce, sender, ciphertext } = parts;
  const opened = await crypto.open(await senderKey(crypto, state), nonce, place, sender);
  if (opened === undefined || opened.length !== SENDER_BYTES) return undefined;
  const reader = new ByteReader(opened);
  const leaf = reader.u32("Sender.leaf");
  const session = reader.take(16, "Sender.session");
  const counter = Number(reader.u64("Sender.counter"));
  const author = state.roster.find((member) => member.leaf === leaf);
  if (author === undefined || !Number.isSafeInteger(counter)) return undefined;
  const claim = opened.subarray(0, SENDER_BYTES - 64);
  const isSigned = await crypto.verify(author.signatureKey, toSign(place, claim, ciphertext), opened.subarray(SENDER_BYTES - 64));
  if (!isSigned) return undefined;
  const padded = await crypto.open(await contentKey(crypto, state, leaf, session), counterNonce(counter), place, ciphertext);
  const content = padded === undefined ? undefined : unpad(padded);
  return content === undefined ? undefined : { author, session, counter, content };
}

const SENDER_BYTES = 4 + 16 + 8 + 64;

function toSign(place: Uint8Array, claim: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return concatBytes(PURPOSE.ephemeral, place, claim, ciphertext);
}

async function senderKey(crypto: SessionCrypto, state: SessionState): Promise<Uint8Array> {
  return hkdfExpand(crypto, await epochSecret(crypto, state), Uint8Array.of(0), crypto.aeadKeyBytes);
}

async function contentKey(crypto: SessionCrypto, state: SessionState, leaf: number, session: Uint8Array): Promise<Uint8Array> {
  const context = new ByteWriter().u8(1).u32(leaf).fixed(session, 16, "session").finish();
  return hkdfExpand(crypto, await epochSecret(crypto, state), context, crypto.aeadKeyBytes);
}

function epochSecret(crypto: SessionCrypto, { mls }: SessionState): Promise<Uint8Array> {
  return exportSecret(crypto, mls, EXPORTER.ephemeral, EPHEMERAL_CONTEXT, crypto.hashBytes);
}

function counterNonce(counter: number): Uint8Array {
  return new ByteWriter().u32(0).u64(counter).finish();
}

function read(crypto: SessionCrypto, record: Uint8Array) {
  try {
    const reader = new ByteReader(record);
    if (reader.u8("EphemeralRecord.magic") !== MAGIC || reader.u8("EphemeralRecord.version") !== VERSION) return undefined;
    const start = reader.offset;
    const group = reader.take(32, "EphemeralRecord.group");
    const epoch = reader.u64("EphemeralRecord.epoch");
    const place = record.slice(start, reader.offset);
    const nonce = reader.take(crypto.aeadNonceBytes, "EphemeralRecord.nonce");
    const sender = reader.opaque16("EphemeralRecord.sender");
    const ciphertext = reader.opaque32("EphemeralRecord.ciphertext");
    reader.end("EphemeralRecord");
    return { group, epoch, place, nonce, sender, ciphertext };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
