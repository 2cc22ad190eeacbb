// Where a backup lies at a node and how it is found again with a recovery sheet alone (spec/protocol/node-backup.md). Names, tokens and
// keys are derived from the key on the sheet, so that nothing has to be kept, and from the day, since a blob is never replaced.
import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader, ByteWriter, encodeBase64Url, purposeBytes } from "@p2pcrypt/bytes";
import type { BlobPlace } from "../files/file-ports.ts";
import { decodeStored, encodeStored } from "../store/stored-json.ts";

const ROOT_INFO = purposeBytes("p2pcrypt node backup root");
const SLOT_INFO = purposeBytes("p2pcrypt node backup slot");
const POINTER = purposeBytes("p2pcrypt node backup");
const VERSION = 1;
const DAY_MS = 86_400_000;
export const POINTER_BYTES = 1_024;
/** Of one day, by all devices of an identity. */
export const SLOTS_OF_A_DAY = 16;
/** The longest that an operator lets a node keep blobs, and a day for clocks. */
export const DAYS_BACK = 91;

/** A place for one backup. */
export interface BackupSlot {
  /** Days since 1970, in UTC. */
  readonly day: number;
  readonly number: number;
}

interface SlotBlob {
  readonly blob: string;
  readonly writeToken: Uint8Array;
  readonly readToken: Uint8Array;
}

export interface SlotKeys {
  readonly pointer: SlotBlob & { readonly key: Uint8Array };
  readonly contents: SlotBlob;
}

/** What a backup is, and what opens it. */
export interface BackupPointer {
  readonly key: Uint8Array;
  readonly commitment: Uint8Array;
  readonly hash: Uint8Array;
  readonly bytes: number;
  readonly madeAtMs: number;
  /** What its person calls the device that made it. */
  readonly device: string;
  readonly conversations: number;
  readonly messages: number;
}

export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS);
}

/** @param seed of the identity's key, as on its recovery sheet. */
export function backupRoot(seed: Uint8Array): Uint8Array {
  return hkdf(sha256, seed, undefined, ROOT_INFO, 32);
}

export function slotKeys(root: Uint8Array, { day, number }: BackupSlot): SlotKeys {
  const info = new ByteWriter().bytes(SLOT_INFO).u32(day).u8(number).finish();
  const all = hkdf(sha256, root, undefined, info, 7 * 32);
  const part = (at: number): Uint8Array => all.slice(at * 32, at * 32 + 32);
  const blob = (at: number): SlotBlob => ({
    blob: encodeBase64Url(part(at)),
    writeToken: part(at + 1),
    readToken: part(at + 2),
  });
  return { pointer: { ...blob(0), key: part(6) }, contents: blob(3) };
}

export function writing(nodeUrl: string, { blob, writeToken }: SlotBlob): BlobPlace {
  return { nodeUrl, blob, token: writeToken };
}

export function reading(nodeUrl: string, { blob, readToken }: SlotBlob): BlobPlace {
  return { nodeUrl, blob, token: readToken };
}

// struct {
//   opaque purpose<0..255>;              "p2pcrypt node backup"
//   uint8  version = 1;
//   opaque nonce[12];
//   opaque sealed[rest];                 AES-256-GCM of: opaque json<0..2^16-1>, zeros; everything before the nonce is associated data
// } Pointer;                             1,024 bytes, whatever it says
export function sealPointer(key: Uint8Array, pointer: BackupPointer, nonce: Uint8Array): Uint8Array {
  const head = new ByteWriter().bytes(POINTER).u8(VERSION).finish();
  const json = new ByteWriter().opaque16(encodeStored(pointer)).finish();
  const plaintext = new Uint8Array(POINTER_BYTES - head.length - nonce.length - 16);
  plaintext.set(json);
  return new ByteWriter()
    .bytes(head)
    .bytes(nonce)
    .bytes(gcm(key, nonce, head).encrypt(plaintext))
    .finish();
}

/** @returns undefined for what is no pointer of this key. */
export function openPointer(key: Uint8Array, bytes: Uint8Array): BackupPointer | undefined {
  try {
    const reader = new ByteReader(bytes);
    const head = reader.take(POINTER.length + 1, "Pointer.purpose");
    if (head.some((byte, at) => byte !== (at < POINTER.length ? POINTER[at] : VERSION))) return undefined;
    const nonce = reader.take(12, "Pointer.nonce");
    const plaintext = gcm(key, nonce, head).decrypt(reader.take(reader.remaining, "Pointer.sealed"));
    return decodeStored<BackupPointer>(new ByteReader(plaintext).opaque16("Pointer.json", POINTER_BYTES));
  } catch {
    return undefined; // whatever a node answers there was not sealed with this key
  }
}
