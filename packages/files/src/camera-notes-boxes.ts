// Notes in what is made of boxes (ISO 14496-12): MP4 and QuickTime, HEIC and AVIF. They are written over with nothing, because places in
// such a file are counted from its beginning.
import type { NotedFile, Replaced } from "./camera-notes.ts";

interface Box {
  readonly name: string;
  readonly at: number;
  /** Where its content begins. */
  readonly from: number;
  readonly until: number;
}

/** Of a box that is read as a whole. */
const MAX_READ_BYTES = 64 * 1024 * 1024;
const MAX_BOXES = 100_000;

/** Boxes of notes: whoever reads the file skips a free one. */
const NOTES: ReadonlySet<string> = new Set(["udta", "meta", "uuid"]);
/** Of a picture that moves, beside it. */
const FILM_INSIDE = "mpvd";
/** What a track says of a film that is seen all round (Spherical Video V1), or it would be shown flat. */
const SPHERICAL = [0xff, 0xcc, 0x82, 0x63, 0xf8, 0x55, 0x4a, 0x93, 0x88, 0x14, 0x58, 0x7a, 0x02, 0x52, 0x1f, 0xdd];
const HOLDERS: ReadonlySet<string> = new Set(["moov", "trak", "mdia"]);
/** Headers that say when it was made and changed. */
const DATED: ReadonlySet<string> = new Set(["mvhd", "tkhd", "mdhd"]);

export async function boxNotes(file: NotedFile): Promise<readonly Replaced[] | undefined> {
  const found: Replaced[] = [];
  for (let at = 0, count = 0; at < file.bytes; count++) {
    const head = await file.read(at, 16);
    const box = count < MAX_BOXES ? boxIn(head, 0, file.bytes - at) : undefined;
    if (box === undefined) return undefined;
    const size = box.until;
    if (box.name === FILM_INSIDE) {
      const from = at + box.from;
      const inside = { bytes: size - box.from, read: (place: number, wanted: number) => file.read(from + place, wanted) };
      const notes = movedBy(from, await boxNotes(inside));
      if (notes === undefined) return undefined;
      found.push(...notes);
    } else if (box.name === "moov" || NOTES.has(box.name)) {
      if (size > MAX_READ_BYTES) return undefined;
      const bytes = await file.read(at, size);
      if (bytes.length < size) return undefined;
      const notes = isOfPictures(bytes, box) ? pictureNotes(bytes, box, at) : movedBy(at, notesIn(bytes, box));
      if (notes === undefined) return undefined;
      found.push(...notes);
    }
    at += size;
  }
  found.sort((a, b) => a.at - b.at);
  const isApart = found.every(({ at }, i) => at >= (found[i - 1]?.until ?? 0));
  return isApart && (found.at(-1)?.until ?? 0) <= file.bytes ? found : undefined;
}

function movedBy(bytes: number, notes: readonly Replaced[] | undefined): readonly Replaced[] | undefined {
  return notes?.map((one) => ({ ...one, at: one.at + bytes, until: one.until + bytes }));
}

/** In a film or a track: what is a note is made free and empty. */
function notesIn(bytes: Uint8Array, box: Box): readonly Replaced[] | undefined {
  if (box.name === "uuid" && SPHERICAL.every((byte, i) => bytes[box.from + i] === byte)) return [];
  if (NOTES.has(box.name)) return [emptied(box)];
  if (DATED.has(box.name)) {
    const size = bytes[box.from] === 1 ? 16 : 8;
    const at = box.from + 4;
    const isSaid = bytes.subarray(at, at + size).some((byte) => byte !== 0);
    return isSaid && at + size <= box.until ? [{ at, until: at + size, bytes: new Uint8Array(size) }] : [];
  }
  if (!HOLDERS.has(box.name)) return [];
  const found: Replaced[] = [];
  for (const child of boxesIn(bytes, box.from, box.until) ?? [undefined]) {
    const notes = child === undefined ? undefined : notesIn(bytes, child);
    if (notes === undefined) return undefined;
    found.push(...notes);
  }
  return found;
}

function emptied({ at, from, until }: Box): Replaced {
  // A large size stands between name and content, and stays.
  const bytes = new Uint8Array(until - from + 4);
  bytes.set([0x66, 0x72, 0x65, 0x65]);
  if (from === at + 8) return { at: at + 4, until, bytes };
  return { at: from, until, bytes: bytes.subarray(4) };
}

/** Whether these are the items of a HEIC or AVIF, and not notes about a film. */
function isOfPictures(bytes: Uint8Array, { name, from, until }: Box): boolean {
  if (name !== "meta") return false;
  const handler = boxesIn(bytes, from + 4, until)?.find((box) => box.name === "hdlr");
  return handler !== undefined && nameAt(bytes, handler.from + 8) === "pict";
}

/** Items that are not pictures: Exif, and texts of a media type (XMP). `fileAt`: of `bytes` in the file. Places are in the file. */
function pictureNotes(bytes: Uint8Array, { from, until }: Box, fileAt: number): readonly Replaced[] | undefined {
  const children = boxesIn(bytes, from + 4, until);
  const [kinds, places, data] = ["iinf", "iloc", "idat"].map((name) => children?.find((box) => box.name === name));
  if (kinds === undefined || places === undefined) return children === undefined ? undefined : [];
  const notes = noteItems(bytes, kinds);
  const extents = notes === undefined ? undefined : extentsOf(bytes, places, notes);
  return extents?.map(({ method, at, size }) => {
    const begin = method === 1 ? fileAt + (data?.from ?? 0) + at : at;
    return { at: begin, until: begin + size, bytes: new Uint8Array(size) };
  });
}

function noteItems(bytes: Uint8Array, { from, until }: Box): ReadonlySet<number> | undefined {
  const view = viewOf(bytes);
  const entries = boxesIn(bytes, from + (bytes[from] === 0 ? 6 : 8), until);
  const found = new Set<number>();
  for (const entry of entries ?? []) {
    const isLong = bytes[entry.from] === 3;
    const at = entry.from + 4;
    if (at + (isLong ? 10 : 8) > entry.until) return undefined;
    const kind = nameAt(bytes, at + (isLong ? 6 : 4));
    if (kind === "Exif" || kind === "mime") found.add(isLong ? view.getUint32(at) : view.getUint16(at));
  }
  return entries === undefined ? undefined : found;
}

interface Extent {
  readonly method: number;
  readonly at: number;
  readonly size: number;
}

/** ISO 14496-12 section 8.11.3. */
function extentsOf(bytes: Uint8Array, { from, until }: Box, wanted: ReadonlySet<number>): readonly Extent[] | undefined {
  const version = bytes[from] ?? 0;
  const sizes = [bytes[from + 4] ?? 0, bytes[from + 5] ?? 0].flatMap((byte) => [byte >> 4, byte & 15]);
  const [offsetSize = 0, lengthSize = 0, baseSize = 0, indexSize = 0] = sizes;
  let at = from + 6;
  let isCut = false;
  const number = (size: number): number => {
    if (at + size > until) isCut = true;
    let value = 0;
    for (let end = at + size; at < end && !isCut; at++) value = value * 256 + (bytes[at] ?? 0);
    return value;
  };
  const found: Extent[] = [];
  const idSize = version < 2 ? 2 : 4;
  for (let items = number(idSize); items > 0 && !isCut; items--) {
    const id = number(idSize);
    const method = version === 0 ? 0 : number(2) & 15;
    number(2); // of another file
    const base = number(baseSize);
    for (let extents = number(2); extents > 0 && !isCut; extents--) {
      if (version > 0) number(indexSize);
      const place = base + number(offsetSize);
      const size = number(lengthSize);
      if (wanted.has(id) && method < 2 && size > 0) found.push({ method, at: place, size });
    }
  }
  return isCut || found.some(({ size }) => size > MAX_READ_BYTES) ? undefined : found;
}

/** @returns undefined when they do not fill the place. */
function boxesIn(bytes: Uint8Array, from: number, until: number): readonly Box[] | undefined {
  const found: Box[] = [];
  for (let at = from; at < until; ) {
    // QuickTime ends a list with a zero.
    if (until - at === 4 && viewOf(bytes).getUint32(at) === 0) break;
    const box = boxIn(bytes, at, until);
    if (box === undefined || found.length > MAX_BOXES) return undefined;
    found.push(box);
    at = box.until;
  }
  return found;
}

function boxIn(bytes: Uint8Array, at: number, end: number): Box | undefined {
  if (at + 8 > bytes.length) return undefined;
  const view = viewOf(bytes);
  const short = view.getUint32(at);
  if (short === 1 && at + 16 > bytes.length) return undefined;
  const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short;
  const from = at + (short === 1 ? 16 : 8);
  return from > at + size || at + size > end ? undefined : { name: nameAt(bytes, at + 4), at, from, until: at + size };
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
