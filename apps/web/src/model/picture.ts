// Which pictures are drawn in place, and what of them.

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** What is drawn in place. More would take the memory of the page, whatever few bytes it came in. */
const MAX_SIDE = 16_384;
const MAX_PIXELS = 40_000_000;
/** A header that does not fit in here is not looked for. */
export const PICTURE_HEAD_BYTES = 256 * 1024;

/** A small picture comes unasked, many at a time. */
export const MAX_SMALL_PIXELS = 1_000_000;

/** What browsers make pictures of: to choose from, and to make small ones of before they are sent. Which are drawn in place is narrower. */
export const DECODED_TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"] as const;

export type DrawnType = "image/jpeg" | "image/png" | "image/webp" | "image/gif";

/**
 * Whether the bytes are a picture that may be drawn in place, still: by what they are, not by what they are called.
 * @param head the first PICTURE_HEAD_BYTES
 * @returns its type; undefined for everything else, for moving pictures but GIF, and for those that are too large
 */
export function drawnType(head: Uint8Array, maxPixels = MAX_PIXELS): DrawnType | undefined {
  const found = jpegSize(head) ?? pngSize(head) ?? webpSize(head) ?? gifSize(head);
  if (found === undefined) return undefined;
  const { type, width, height } = found;
  const isDrawn = width > 0 && height > 0 && Math.max(width, height) <= MAX_SIDE && width * height <= maxPixels;
  return isDrawn ? type : undefined;
}

function jpegSize(bytes: Uint8Array) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const view = viewOf(bytes);
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0xda) return undefined;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) } as const;
  }
  return undefined;
}

/** A still one: what says that it moves stands before the picture (APNG). */
function pngSize(bytes: Uint8Array) {
  if (bytes.length < 24 || !PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) return undefined;
  const view = viewOf(bytes);
  for (let at = 8; at + 8 <= bytes.length && nameAt(bytes, at + 4) !== "IDAT"; at += 12 + view.getUint32(at))
    if (nameAt(bytes, at + 4) === "acTL") return undefined;
  return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) } as const;
}

function gifSize(bytes: Uint8Array) {
  const first = nameAt(bytes, 0) === "GIF8" ? firstOfGif(bytes) : undefined;
  return first === undefined ? undefined : ({ type: "image/gif", ...first } as const);
}

/** A still one: in the simple lossy or lossless form, or extended without animation (RFC 9649). */
function webpSize(bytes: Uint8Array) {
  if (bytes.length < 30 || nameAt(bytes, 0) !== "RIFF" || nameAt(bytes, 8) !== "WEBP") return undefined;
  const view = viewOf(bytes);
  const sized = (width: number, height: number) => ({ type: "image/webp", width, height }) as const;
  switch (nameAt(bytes, 12)) {
    case "VP8 ":
      return sized(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case "VP8X": {
      const isMoving = ((bytes[20] ?? 0) & 2) !== 0;
      const uint24 = (at: number): number => view.getUint16(at, true) + ((bytes[at + 2] ?? 0) << 16);
      return isMoving ? undefined : sized(uint24(24) + 1, uint24(27) + 1);
    }
    default:
      return undefined;
  }
}

/** What a JPEG may be painted over: each scan costs as much as the whole picture. */
const MAX_SCANS = 64;

/** The bytes that are drawn of a picture of that type, all of which is given; undefined when drawing them would take too long. */
export function stillOf(type: DrawnType, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (type === "image/jpeg") return scansOf(bytes) > MAX_SCANS ? undefined : bytes;
  if (type !== "image/gif") return bytes;
  const until = firstOfGif(bytes)?.until;
  if (until === undefined) return undefined;
  const still = bytes.slice(0, until + 1);
  still[until] = 0x3b; // its trailer, before whatever else moves
  return still;
}

function scansOf(bytes: Uint8Array): number {
  let scans = 0;
  for (let at = bytes.indexOf(0xff, 2); at !== -1; at = bytes.indexOf(0xff, at + 1)) if (bytes[at + 1] === 0xda) scans += 1;
  return scans;
}

/** The first picture of a GIF (89a, section 20), and the larger of its own size and that of the screen. `until`: its end, if it is there. */
function firstOfGif(bytes: Uint8Array) {
  if (bytes.length < 13) return undefined;
  const view = viewOf(bytes);
  const table = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + table(bytes[10] ?? 0);
  // extensions
  for (; bytes[at] === 0x21; at += 1) {
    for (at += 2; (bytes[at] ?? 0) !== 0; at += 1 + (bytes[at] ?? 0)) if (at >= bytes.length) return undefined;
  }
  if (bytes[at] !== 0x2c || at + 10 > bytes.length) return undefined;
  const width = Math.max(view.getUint16(6, true), view.getUint16(at + 1, true) + view.getUint16(at + 5, true));
  const height = Math.max(view.getUint16(8, true), view.getUint16(at + 3, true) + view.getUint16(at + 7, true));
  at += 10 + table(bytes[at + 9] ?? 0) + 1;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
  return { width, height, until: at < bytes.length ? at + 1 : undefined };
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
