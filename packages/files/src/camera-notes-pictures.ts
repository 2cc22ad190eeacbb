// Notes in JPEG, PNG and WebP.
import type { Replaced } from "./camera-notes.ts";

const NOTHING = new Uint8Array(0);

/** Segments that are not needed to draw it: JFIF, the colour profile and Adobe's transform are. */
function isJpegNote(marker: number, segment: Uint8Array): boolean {
  const says = (text: string): boolean => nameAt(segment, 4, text.length) === text;
  if (marker === 0xe0) return !says("JFIF\0"); // else a second, small picture
  if (marker === 0xe2) return !says("ICC_PROFILE\0"); // else a list of further pictures, which have notes of their own
  return (marker >= 0xe1 && marker <= 0xef && marker !== 0xee) || marker === 0xfe;
}

/** Also what stands behind the picture, where cameras put films and second pictures. @returns undefined for a damaged one. */
export function jpegNotes(bytes: Uint8Array): readonly Replaced[] | undefined {
  const view = viewOf(bytes);
  const found: Replaced[] = [];
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === 0xff) {
      at += 1; // between segments there may be any number of them
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) return undefined;
    const segment = bytes.subarray(at, end);
    if (isJpegNote(marker, segment)) {
      const tiff = marker === 0xe1 && nameAt(segment, 4, 4) === "Exif" ? segment.subarray(10) : NOTHING;
      const orientation = orientationOf(tiff);
      const lies = orientation === undefined ? NOTHING : Uint8Array.of(0xff, 0xe1, 0, 34, ...EXIF, ...tiffOf(orientation));
      if (!isSame(segment, lies)) found.push({ at, until: end, bytes: lies });
    }
    at = end;
    if (marker !== 0xda) continue;
    at = markerBehind(bytes, at);
    if (bytes[at + 1] !== 0xd9) continue;
    if (at + 2 < bytes.length) found.push({ at: at + 2, until: bytes.length, bytes: NOTHING });
    return found;
  }
  return undefined;
}

/** Behind the painted bytes of a scan. */
function markerBehind(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

const PNG_NOTES: ReadonlySet<string> = new Set(["eXIf", "tEXt", "iTXt", "zTXt", "tIME"]);

export function pngNotes(bytes: Uint8Array): readonly Replaced[] | undefined {
  const view = viewOf(bytes);
  const found: Replaced[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const name = nameAt(bytes, at + 4, 4);
    if (PNG_NOTES.has(name)) found.push({ at, until: end, bytes: NOTHING });
    if (name === "IEND") {
      if (end < bytes.length) found.push({ at: end, until: bytes.length, bytes: NOTHING });
      return found;
    }
    at = end;
  }
  return undefined;
}

/** Flags of the chunk VP8X: that there are such notes (RFC 9649). */
const [WEBP_EXIF, WEBP_XMP] = [8, 4];

export function webpNotes(bytes: Uint8Array): readonly Replaced[] | undefined {
  const view = viewOf(bytes);
  const all = 8 + view.getUint32(4, true);
  if (all > bytes.length) return undefined;
  const found: Replaced[] = [];
  let hasOrientation = false;
  for (let at = 12; at < all; ) {
    if (at + 8 > all) return undefined;
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size & 1);
    if (end > all) return undefined;
    const name = nameAt(bytes, at, 4);
    if (name === "XMP ") found.push({ at, until: end, bytes: NOTHING });
    if (name === "EXIF") {
      const body = bytes.subarray(at + 8, at + 8 + size);
      const orientation = orientationOf(nameAt(body, 0, 4) === "Exif" ? body.subarray(6) : body);
      hasOrientation = orientation !== undefined;
      const lies = orientation === undefined ? NOTHING : Uint8Array.of(...EXIF_CHUNK, ...tiffOf(orientation));
      if (!isSame(bytes.subarray(at, end), lies)) found.push({ at, until: end, bytes: lies });
    }
    at = end;
  }
  if (all < bytes.length) found.push({ at: all, until: bytes.length, bytes: NOTHING });
  if (found.length === 0) return found;
  const left = found.reduce((size, one) => size - (one.until - one.at) + one.bytes.length, bytes.length);
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, left - 8, true);
  const heads: Replaced[] = [{ at: 4, until: 8, bytes: new Uint8Array(size.buffer) }];
  if (nameAt(bytes, 12, 4) === "VP8X") {
    const flags = (bytes[20] ?? 0) & ~WEBP_XMP & (hasOrientation ? 0xff : ~WEBP_EXIF);
    heads.push({ at: 20, until: 21, bytes: Uint8Array.of(flags) });
  }
  return [...heads, ...found];
}

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const EXIF_CHUNK = [0x45, 0x58, 0x49, 0x46, 26, 0, 0, 0];

/** Exif 2.3, tag 0x0112 of the first directory; undefined for the one that needs no word. */
function orientationOf(tiff: Uint8Array): number | undefined {
  if (tiff.length < 8) return undefined;
  const view = viewOf(tiff);
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.length) return undefined;
  const count = view.getUint16(directory, isLittle);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.length) return undefined;
    if (view.getUint16(entry, isLittle) !== 0x0112) continue;
    const orientation = view.getUint16(entry + 8, isLittle);
    return orientation >= 2 && orientation <= 8 ? orientation : undefined;
  }
  return undefined;
}

/** Notes that say nothing else. */
function tiffOf(orientation: number): readonly number[] {
  return [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

function nameAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
