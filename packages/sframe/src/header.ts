// The header of an SFrame ciphertext (RFC 9605 section 4.3).
import { ByteWriter } from "@p2pcrypt/bytes";

//  0 1 2 3 4 5 6 7
// +-+-+-+-+-+-+-+-+-----------+-----------+
// |X|  K  |Y|  C  | KID if X  | CTR if Y  |
// +-+-+-+-+-+-+-+-+-----------+-----------+
// K: the key id when X is 0, else the number of its bytes less one. C: the same for the counter.

export interface Header {
  readonly kid: bigint;
  readonly counter: bigint;
  /** The bytes as they stand: they are authenticated with the frame. */
  readonly bytes: Uint8Array;
}

export const MAX_HEADER_BYTES = 17;
const MAX_VALUE = (1n << 64n) - 1n;

/** @throws {RangeError} when a value does not fit 64 bits. */
export function encodeHeader(kid: bigint, counter: bigint): Uint8Array {
  const [isLongKid, kidBits, kidBytes] = field(kid, "kid");
  const [isLongCounter, counterBits, counterBytes] = field(counter, "counter");
  const config = (isLongKid << 7) | (kidBits << 4) | (isLongCounter << 3) | counterBits;
  return new ByteWriter().u8(config).bytes(kidBytes).bytes(counterBytes).finish();
}

/** @returns undefined for what ends too early, or has a value in more bytes than it needs: then two headers would name one frame. */
export function decodeHeader(frame: Uint8Array): Header | undefined {
  const config = frame[0];
  if (config === undefined) return undefined;
  const kid = value(frame, 1, (config & 0x80) !== 0, (config >> 4) & 7);
  const counter = kid === undefined ? undefined : value(frame, kid.end, (config & 0x08) !== 0, config & 7);
  if (kid === undefined || counter === undefined) return undefined;
  return { kid: kid.value, counter: counter.value, bytes: frame.subarray(0, counter.end) };
}

function field(value: bigint, name: string): readonly [number, number, Uint8Array] {
  if (value < 0n || value > MAX_VALUE) throw new RangeError(`${name} does not fit 64 bits`);
  if (value < 8n) return [0, Number(value), new Uint8Array(0)];
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return [1, bytes.length - 1, Uint8Array.from(bytes)];
}

function value(
  frame: Uint8Array,
  at: number,
  isLong: boolean,
  bits: number,
): { readonly value: bigint; readonly end: number } | undefined {
  if (!isLong) return { value: BigInt(bits), end: at };
  const end = at + bits + 1;
  if (end > frame.length || frame[at] === 0) return undefined;
  let read = 0n;
  for (const byte of frame.subarray(at, end)) read = (read << 8n) | BigInt(byte);
  return read < 8n ? undefined : { value: read, end };
}
