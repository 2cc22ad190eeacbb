// A recovery sheet as words and as text for a QR code (spec/protocol/identity.md section 14). Only the list of words is taken from
// BIP-39; what they say is our own, since a key and its time do not fit into BIP-39's sizes.
import { sha256 } from "@noble/hashes/sha2.js";
import {
  ByteReader,
  ByteWriter,
  concatBytes,
  DecodeError,
  decodeBase64Url,
  encodeBase64Url,
  equalBytes,
  purposeBytes,
} from "@p2pcrypt/bytes";
import { MAX_NAME_BYTES } from "./display-name.ts";
import { IdentityError } from "./identity-error.ts";

/** What a primary key is made from. Whoever holds it is the identity. */
export interface RecoverySeed {
  /** Ed25519, 32 bytes. */
  readonly seed: Uint8Array;
  /** Seconds since 1970, as in the primary-key packet. */
  readonly createdS: number;
}

export interface RecoveryText extends RecoverySeed {
  readonly homeNodeUrl: string;
  readonly name: string;
}

const RECOVERY_WORDS = 28;
const BITS_PER_WORD = 11n;
const CHECK_BITS = 12n;
const PREFIX = "web+ptopcrypt:recover#";
const PURPOSE = "p2pcrypt recovery";
const MAX_TEXT_CHARACTERS = 2048;
const MAX_NODE_URL_BYTES = 512;
const CHECK_BYTES = 4;

/** Loaded when somebody makes or reads a sheet: nobody else needs it. */
async function wordsInOrder(): Promise<readonly string[]> {
  return (await import("@scure/bip39/wordlists/english.js")).wordlist;
}

// struct {                                 296 bits
//   uint8  version = 1;
//   uint32 created_s;
//   opaque seed[32];
// } RecoveryKey;                           then 12 bits of SHA-256(purpose || RecoveryKey): 28 words of 11 bits, most significant first
export async function toRecoveryWords(recovery: RecoverySeed): Promise<readonly string[]> {
  const list = await wordsInOrder();
  const key = encodeKey(recovery);
  let value = (toInteger(key) << CHECK_BITS) | checkBits(key);
  const words: string[] = [];
  for (let i = 0; i < RECOVERY_WORDS; i++) {
    words.unshift(list[Number(value & ((1n << BITS_PER_WORD) - 1n))] ?? "");
    value >>= BITS_PER_WORD;
  }
  return words;
}

/** Any case, any white space, commas or numbers between; four letters are enough of a word. @throws {IdentityError} recovery/* */
export async function parseRecoveryWords(text: string): Promise<RecoverySeed> {
  const list = await wordsInOrder();
  const given = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  let value = 0n;
  for (const [i, word] of given.entries()) {
    const position = positionOf(list, word);
    if (position === undefined) throw new IdentityError("recovery/malformed", { word: i + 1 });
    value = (value << BITS_PER_WORD) | position;
  }
  if (given.length !== RECOVERY_WORDS) throw new IdentityError("recovery/malformed");
  const key = fromInteger(value >> CHECK_BITS);
  if ((value & ((1n << CHECK_BITS) - 1n)) !== checkBits(key)) throw new IdentityError("recovery/malformed");
  return decodeKey(key);
}

// struct {
//   opaque purpose<0..255>;                "p2pcrypt recovery"
//   RecoveryKey key;
//   opaque home_node_url<0..512>;          uint16 length
//   opaque name<0..128>;                   uint8 length
//   opaque check[4];                       the first bytes of SHA-256 of everything before
// } RecoveryText;
export function formatRecoveryText({ seed, createdS, homeNodeUrl, name }: RecoveryText): string {
  const bytes = new ByteWriter()
    .bytes(purposeBytes(PURPOSE))
    .bytes(encodeKey({ seed, createdS }))
    .text16(homeNodeUrl)
    .text8(name)
    .finish();
  return `${PREFIX}${encodeBase64Url(concatBytes(bytes, sha256(bytes).slice(0, CHECK_BYTES)))}`;
}

/** White space is ignored, wherever it is. @throws {IdentityError} recovery/* */
export function parseRecoveryText(text: string): RecoveryText {
  const joined = text.replaceAll(/\s/g, "");
  if (!joined.startsWith(PREFIX) || joined.length > MAX_TEXT_CHARACTERS) throw new IdentityError("recovery/malformed");
  try {
    const bytes = decodeBase64Url(joined.slice(PREFIX.length));
    const reader = new ByteReader(bytes);
    if (reader.text8("RecoveryText.purpose") !== PURPOSE) throw new IdentityError("recovery/malformed");
    const key = decodeKey(reader.take(37, "RecoveryText.key"));
    const homeNodeUrl = reader.text16("RecoveryText.home_node_url", MAX_NODE_URL_BYTES);
    const name = reader.text8("RecoveryText.name", MAX_NAME_BYTES);
    const before = bytes.subarray(0, reader.offset);
    const check = reader.take(CHECK_BYTES, "RecoveryText.check");
    reader.end("RecoveryText");
    if (!equalBytes(check, sha256(before).slice(0, CHECK_BYTES))) throw new IdentityError("recovery/malformed");
    return { ...key, homeNodeUrl, name };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new IdentityError("recovery/malformed", { cause });
    throw cause;
  }
}

function encodeKey({ seed, createdS }: RecoverySeed): Uint8Array {
  return new ByteWriter().u8(1).u32(createdS).fixed(seed, 32, "seed").finish();
}

function decodeKey(bytes: Uint8Array): RecoverySeed {
  const reader = new ByteReader(bytes);
  if (reader.u8("RecoveryKey.version") !== 1) throw new IdentityError("recovery/newer");
  const createdS = reader.u32("RecoveryKey.created_s");
  const seed = reader.take(32, "RecoveryKey.seed");
  reader.end("RecoveryKey");
  return { seed, createdS };
}

function checkBits(key: Uint8Array): bigint {
  const hash = sha256(concatBytes(purposeBytes(PURPOSE), key));
  return (BigInt(hash[0] ?? 0) << 4n) | (BigInt(hash[1] ?? 0) >> 4n);
}

/** The list is made so that four letters tell its words apart. */
function positionOf(list: readonly string[], word: string): bigint | undefined {
  const exact = list.indexOf(word);
  const found = exact >= 0 || word.length !== 4 ? exact : list.findIndex((one) => one.startsWith(word));
  return found < 0 ? undefined : BigInt(found);
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function fromInteger(value: bigint): Uint8Array {
  const bytes = new Uint8Array(37);
  for (let i = bytes.length - 1, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}
