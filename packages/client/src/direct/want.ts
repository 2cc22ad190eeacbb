// What a receiver says on the channel: which bytes of the sealed file it takes now. Everything else on it is those bytes, in order.
import { ByteReader, ByteWriter } from "@p2pcrypt/bytes";

/** One message of sealed bytes. */
export const MAX_PIECE_BYTES = 64 * 1024;
/** What may be on its way: a receiver that is slower than its network holds no more than this. */
export const WINDOW_BYTES = 8 * 1024 * 1024;
/** How much is there before more is wanted. */
export const STEP_BYTES = 1024 * 1024;

// struct {                      spec/protocol/direct-file.md section 3
//   uint64 from;
//   uint64 until;
// } Want;
export interface Want {
  readonly from: number;
  readonly until: number;
}
const WANT_BYTES = 16;

export function encodeWant({ from, until }: Want): Uint8Array {
  return new ByteWriter().u64(from).u64(until).finish();
}

/** @returns undefined for anything else. */
export function decodeWant(bytes: Uint8Array): Want | undefined {
  if (bytes.length !== WANT_BYTES) return undefined;
  const reader = new ByteReader(bytes);
  const [from, until] = [Number(reader.u64("from")), Number(reader.u64("until"))];
  return Number.isSafeInteger(from) && Number.isSafeInteger(until) && from < until ? { from, until } : undefined;
}
