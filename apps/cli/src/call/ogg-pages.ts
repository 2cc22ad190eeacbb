// Ogg pages (RFC 3533): what a sound file is cut into. Reading stops at the first byte that is not right.
//
//   "OggS" · version 0 · flags · granule position (8, LE) · serial (4, LE) · number (4, LE) · CRC (4, LE) · segments n · n lengths · body
import { readUint32, writeUint32 } from "./little-endian.ts";

const CAPTURE = [0x4f, 0x67, 0x67, 0x53];
const HEADER_BYTES = 27;
const MAX_SEGMENTS = 255;
/** A packet of more ends the reading: the largest that anybody needs are comments with a picture. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;
const [CONTINUED, FIRST, LAST] = [1, 2, 4];

/** Not Ogg, cut off inside of a page, or damaged. */
export class OggError extends Error {
  override readonly name = "OggError";
}

export interface OggPage {
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly granule: bigint;
  readonly serial: number;
  readonly number: number;
  /** Whole packets, and at last a part of one when `isOpen`. */
  readonly pieces: readonly Uint8Array[];
  /** The last piece goes on in the next page. */
  readonly isOpen: boolean;
}

/** Pages in order, from bytes as they come. @throws {OggError} */
export async function* readOggPages(source: AsyncIterable<Uint8Array>): AsyncGenerator<OggPage> {
  let held = new Uint8Array();
  for await (const chunk of source) {
    const joined = new Uint8Array(held.length + chunk.length);
    joined.set(held);
    joined.set(chunk, held.length);
    held = joined;
    for (let bytes = pageBytes(held); bytes !== undefined && bytes <= held.length; bytes = pageBytes(held)) {
      yield decodeOggPage(held.subarray(0, bytes));
      held = held.slice(bytes);
    }
  }
  if (held.length > 0) throw new OggError("the file ends inside of a page");
}

/** How long the page at the beginning is; undefined when that cannot be seen yet. @throws {OggError} when there is none */
function pageBytes(held: Uint8Array): number | undefined {
  for (const [at, byte] of CAPTURE.entries())
    if (at < held.length && held[at] !== byte) throw new OggError("this is no Ogg file");
  const segments = held[HEADER_BYTES - 1];
  if (segments === undefined || held.length < HEADER_BYTES + segments) return undefined;
  return held.subarray(HEADER_BYTES, HEADER_BYTES + segments).reduce((sum, length) => sum + length, HEADER_BYTES + segments);
}

function decodeOggPage(bytes: Uint8Array): OggPage {
  const [version = 0, flags = 0] = bytes.subarray(4, 6);
  if (version !== 0) throw new OggError("another version of Ogg");
  const unsigned = bytes.slice();
  unsigned.fill(0, 22, 26);
  if (oggChecksum(unsigned) !== readUint32(bytes, 22)) throw new OggError("a page is damaged");
  const segments = bytes[HEADER_BYTES - 1] ?? 0;
  const pieces: Uint8Array[] = [];
  let [at, length] = [HEADER_BYTES + segments, 0];
  const table = bytes.subarray(HEADER_BYTES, at);
  const isOpen = table.at(-1) === MAX_SEGMENTS;
  for (const [index, lacing] of table.entries()) {
    length += lacing;
    if (lacing === MAX_SEGMENTS && index < segments - 1) continue;
    pieces.push(bytes.slice(at, at + length));
    at += length;
    length = 0;
  }
  return {
    isContinued: (flags & CONTINUED) !== 0,
    isFirst: (flags & FIRST) !== 0,
    isLast: (flags & LAST) !== 0,
    granule: BigInt(readUint32(bytes, 6)) | (BigInt(readUint32(bytes, 10)) << 32n),
    serial: readUint32(bytes, 14),
    number: readUint32(bytes, 18),
    pieces,
    isOpen,
  };
}

/** Packets of one page after the other, put together. @throws {OggError} */
export class OggPackets {
  #open: Uint8Array | undefined;

  take({ pieces, isContinued, isOpen }: OggPage): readonly Uint8Array[] {
    const whole: Uint8Array[] = [];
    for (const [at, piece] of pieces.entries()) {
      // The rest of a packet whose beginning nobody has seen is left out.
      const isRest = at === 0 && isContinued;
      const begun = isRest ? this.#open : undefined;
      const isLost = isRest && begun === undefined;
      const joined = begun === undefined ? piece : joinedWith(begun, piece);
      if (joined.length > MAX_PACKET_BYTES) throw new OggError("a packet is too large");
      this.#open = undefined;
      if (isOpen && at === pieces.length - 1) this.#open = isLost ? undefined : joined;
      else if (!isLost) whole.push(joined);
    }
    return whole;
  }
}

function joinedWith(one: Uint8Array, other: Uint8Array): Uint8Array {
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}

/** How many segments a packet takes; a page has at most 255. */
export function segmentsOf(packet: Uint8Array): number {
  return Math.floor(packet.length / MAX_SEGMENTS) + 1;
}

/** One page of whole packets. @throws {RangeError} when they do not fit into one */
export function encodeOggPage(page: {
  readonly packets: readonly Uint8Array[];
  readonly granule: bigint;
  readonly serial: number;
  readonly number: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}): Uint8Array {
  const table = page.packets.flatMap((packet) => [
    ...Array.from({ length: segmentsOf(packet) - 1 }, () => MAX_SEGMENTS),
    packet.length % MAX_SEGMENTS,
  ]);
  if (table.length > MAX_SEGMENTS) throw new RangeError("packets");
  const bytes = new Uint8Array(HEADER_BYTES + table.length + page.packets.reduce((sum, { length }) => sum + length, 0));
  bytes.set(CAPTURE);
  bytes[5] = (page.isFirst ? FIRST : 0) | (page.isLast ? LAST : 0);
  writeUint32(bytes, 6, Number(page.granule & 0xff_ff_ff_ffn));
  writeUint32(bytes, 10, Number(page.granule >> 32n));
  writeUint32(bytes, 14, page.serial);
  writeUint32(bytes, 18, page.number);
  bytes[HEADER_BYTES - 1] = table.length;
  bytes.set(table, HEADER_BYTES);
  let at = HEADER_BYTES + table.length;
  for (const packet of page.packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  writeUint32(bytes, 22, oggChecksum(bytes));
  return bytes;
}

/** RFC 3533 section 6: CRC-32 with 0x04c11db7, not reflected, beginning with 0, nothing inverted. */
function oggChecksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0;
  return crc;
}

const CRC_TABLE = Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80_00_00_00 ? (crc << 1) ^ 0x04_c1_1d_b7 : crc << 1;
  return crc >>> 0;
});
