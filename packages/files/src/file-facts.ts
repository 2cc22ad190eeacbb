// What a file's key is bound to, besides the bytes (spec/protocol/sealed-file.md section 3).
import { ByteWriter, encodeUtf8, purposeBytes } from "@p2pcrypt/bytes";
import { paddedBytes } from "./padme.ts";
import { type Layout, layoutOf } from "./segments.ts";
import { hkdf, type Subtle } from "./subtle.ts";

export const KEY_BYTES = 32;
/** One tebibyte. */
export const MAX_FILE_BYTES = 2 ** 40;
export const MAX_TYPE_BYTES = 127;

const FILE = purposeBytes("p2pcrypt file");
const COMMITMENT = purposeBytes("p2pcrypt file commit");

/** A file whose true size or type is told otherwise does not open. */
export interface FileFacts {
  readonly trueBytes: number;
  /** Media type as the sender names it: a hint, bound but not believed. */
  readonly type: string;
}

// struct {
//   P("p2pcrypt file")
//   uint8  version = 1;
//   uint64 true_bytes;
//   opaque type<0..127>;
// } FileFacts;
export function encodeFacts({ trueBytes, type }: FileFacts): Uint8Array {
  if (!Number.isSafeInteger(trueBytes) || trueBytes < 0 || trueBytes > MAX_FILE_BYTES) throw new RangeError("trueBytes");
  if (encodeUtf8(type).length > MAX_TYPE_BYTES) throw new RangeError("type: longer than a media type may be");
  return new ByteWriter().bytes(FILE).u8(1).u64(trueBytes).text8(type).finish();
}

/** Of the padded file. */
export function sealedLayout({ trueBytes }: FileFacts): Layout {
  return layoutOf(paddedBytes(trueBytes));
}

/** AES-GCM opens one ciphertext under several keys; this names the one key before anything is opened. */
export function commitmentOf(subtle: Subtle, key: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  if (key.length !== KEY_BYTES) throw new RangeError("key: 32 bytes are wanted");
  return hkdf(subtle, key, salt, COMMITMENT);
}
