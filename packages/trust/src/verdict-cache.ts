// What is known about the signatures of a keyring, so that none is verified twice. Addressed by content: a certificate with one byte
// changed is another one. As bytes it can lie in a vault or in a file that only its owner writes; it is believed without proof
// (spec/protocol/trust.md section 6).
//
//   struct {
//     uint8 magic[4] = "p2tv";
//     uint8 version = 1;
//     uint8 keyring[32];               // SHA-256 of the keyring whose certificates these are, in its order
//     uint32 count;
//     struct {
//       opaque fingerprint<0..255>;
//       uint32 length;                 // of the certificate's packets in the keyring
//       uint8 digest[32];              // SHA-256 of these packets; zero while none of the claims was looked at
//       uint16 claims;
//       struct { uint8 verdict; uint8 issuer[16]; } claim[claims];
//     } entry[count];
//   }
import { ByteReader, ByteWriter, DecodeError, encodeHex } from "@p2pcrypt/bytes";

/**
 * undefined: not looked at yet. The issuer belongs to it: under another key of the same fingerprint the verdict would be about another
 * signature.
 */
export type Verdict = { readonly isGood: boolean; readonly issuer: Uint8Array } | undefined;

/** Changes with the rules of what is too weak to count: an older cache is not read. */
const VERSION = 1;
const MAGIC = 0x70_32_74_76;
const ISSUER_BYTES = 16;
const DIGEST_BYTES = 32;
const NO_ISSUER = new Uint8Array(ISSUER_BYTES);
const NO_DIGEST = new Uint8Array(DIGEST_BYTES);

/** One certificate's part, as it stands. */
export interface CachedEntry {
  readonly fingerprint: string;
  readonly lengthBytes: number;
  readonly raw: Uint8Array;
}

export class VerdictCache {
  /** Hex. */
  readonly keyringDigest: string;
  readonly entries: readonly CachedEntry[];
  #byDigest: ReadonlyMap<string, CachedEntry> | undefined;

  private constructor(keyringDigest: string, entries: readonly CachedEntry[]) {
    this.keyringDigest = keyringDigest;
    this.entries = entries;
  }

  /** @returns undefined for what is not a whole cache of this version: then everything is verified again. */
  static open(bytes: Uint8Array): VerdictCache | undefined {
    try {
      const reader = new ByteReader(bytes);
      if (reader.u32("magic") !== MAGIC || reader.u8("version") !== VERSION) return undefined;
      const digest = encodeHex(reader.take(DIGEST_BYTES, "keyring"));
      const count = reader.u32("count");
      const entries: CachedEntry[] = [];
      let at = reader.offset;
      for (let i = 0; i < count; i++) {
        const entry = entryAt(bytes, at);
        entries.push(entry);
        at += entry.raw.length;
      }
      return at === bytes.length ? new VerdictCache(digest, entries) : undefined;
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }

  /** For a certificate of another keyring than this one's. @param digest SHA-256 of its packets. */
  find(digest: Uint8Array): CachedEntry | undefined {
    this.#byDigest ??= new Map(this.entries.map((entry) => [encodeHex(digestOf(entry)), entry]));
    return this.#byDigest.get(encodeHex(digest));
  }
}

/** A view: nothing is copied before it is asked for. */
function entryAt(bytes: Uint8Array, at: number): CachedEntry {
  const nameBytes = bytes[at] ?? 0;
  const afterName = at + 1 + nameBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const claimsAt = afterName + 4 + DIGEST_BYTES;
  if (claimsAt + 2 > bytes.length) throw new DecodeError("entry: too short");
  const end = claimsAt + 2 + view.getUint16(claimsAt) * (1 + ISSUER_BYTES);
  if (end > bytes.length) throw new DecodeError("claims: too short");
  const fingerprint = encodeHex(bytes.subarray(at + 1, afterName)).toUpperCase();
  return { fingerprint, lengthBytes: view.getUint32(afterName), raw: bytes.subarray(at, end) };
}

function claimsOffset({ raw }: CachedEntry): number {
  return 1 + (raw[0] ?? 0) + 4 + DIGEST_BYTES + 2;
}

/** All zero while none of the claims was looked at. */
function digestOf(entry: CachedEntry): Uint8Array {
  const end = claimsOffset(entry) - 2;
  return entry.raw.subarray(end - DIGEST_BYTES, end);
}

export function verdictsOf(entry: CachedEntry): Verdict[] {
  const verdicts: Verdict[] = [];
  for (let at = claimsOffset(entry); at < entry.raw.length; at += 1 + ISSUER_BYTES) {
    const kind = entry.raw[at];
    const issuer = entry.raw.subarray(at + 1, at + 1 + ISSUER_BYTES);
    verdicts.push(kind === 1 || kind === 2 ? { isGood: kind === 1, issuer } : undefined);
  }
  return verdicts;
}

/** @param digest undefined while none of the claims was looked at. */
export function encodeEntry(
  fingerprint: Uint8Array,
  lengthBytes: number,
  digest: Uint8Array | undefined,
  verdicts: readonly Verdict[],
): Uint8Array {
  const writer = new ByteWriter()
    .opaque8(fingerprint)
    .u32(lengthBytes)
    .bytes(digest ?? NO_DIGEST)
    .u16(verdicts.length);
  for (const verdict of verdicts) {
    writer.u8(verdict === undefined ? 0 : verdict.isGood ? 1 : 2).bytes(verdict?.issuer ?? NO_ISSUER);
  }
  return writer.finish();
}

/** @param keyringDigest 32 bytes. */
export function encodeCache(keyringDigest: Uint8Array, entries: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter().u32(MAGIC).u8(VERSION).bytes(keyringDigest).u32(entries.length);
  for (const entry of entries) writer.bytes(entry);
  return writer.finish();
}

/** Of an issuer's identity id as much as is kept. @param id hex. */
export function isIssuer(mark: Uint8Array, id: string): boolean {
  return encodeHex(mark) === id.slice(0, 2 * ISSUER_BYTES);
}

export function issuerMark(idBytes: Uint8Array): Uint8Array {
  return idBytes.subarray(0, ISSUER_BYTES);
}
