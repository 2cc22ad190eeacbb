// What a camera writes beside a picture or film: where and when it was taken, with what, by whom (B8). It is left out, or written over
// where leaving it out would move the rest. The picture itself stays as it is, bit for bit, and the way it lies too.
import { boxNotes } from "./camera-notes-boxes.ts";
import { jpegNotes, pngNotes, webpNotes } from "./camera-notes-pictures.ts";

/** What of a file is replaced, with nothing or with as many bytes. In order, and apart from each other. */
export interface Replaced {
  readonly at: number;
  readonly until: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface NotedFile {
  readonly bytes: number;
  /** Fewer where the file ends. */
  readonly read: (at: number, size: number) => Promise<Uint8Array>;
}

/** Read as a whole, if it is a picture; larger ones are no photographs. */
const MAX_PICTURE_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 16;

/** @returns undefined for what is no picture or film whose notes are known, or is damaged: nothing is changed in it. */
export async function cameraNotesIn(file: NotedFile): Promise<readonly Replaced[] | undefined> {
  const head = await file.read(0, HEAD_BYTES);
  const name = (at: number): string => String.fromCharCode(...head.subarray(at, at + 4));
  const isFilm = FILMS.has(name(4)) && !(name(4) === "ftyp" && OTHERS.has(name(8)));
  const notesOf = PICTURES.find(([begin]) => begin.every((byte, i) => byte === undefined || head[i] === byte))?.[1];
  if (notesOf === undefined) return isFilm ? boxNotes(file) : undefined;
  return file.bytes > MAX_PICTURE_BYTES ? undefined : notesOf(await file.read(0, file.bytes));
}

type Begin = readonly (number | undefined)[];
const ANY = undefined;
const PICTURES: readonly (readonly [Begin, (bytes: Uint8Array) => readonly Replaced[] | undefined])[] = [
  [[0xff, 0xd8, 0xff], jpegNotes],
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], pngNotes],
  [[0x52, 0x49, 0x46, 0x46, ANY, ANY, ANY, ANY, 0x57, 0x45, 0x42, 0x50], webpNotes],
];
/** First boxes of MP4, QuickTime, HEIC and AVIF. */
const FILMS: ReadonlySet<string> = new Set(["ftyp", "moov", "mdat", "wide"]);

/** Made of the same boxes, which hold what belongs to them: titles and covers of sound, the inside of a raw picture. */
const OTHERS: ReadonlySet<string> = new Set(["M4A ", "M4B ", "M4P ", "crx "]);

/** Bytes of the file, or others in the place of some. */
export type KeptPart = { readonly from: number; readonly until: number } | Uint8Array<ArrayBuffer>;

/** What is left of a file of that size, in order. */
export function keptParts(bytes: number, replaced: readonly Replaced[]): readonly KeptPart[] {
  const parts: KeptPart[] = [];
  let from = 0;
  for (const { at, until, bytes: others } of replaced) {
    if (at > from) parts.push({ from, until: at });
    if (others.length > 0) parts.push(others);
    from = until;
  }
  return from < bytes ? [...parts, { from, until: bytes }] : parts;
}

const DAY = "(?:19|20)\\d\\d[-_.]?[01]\\d[-_.]?[0-3]\\d";
const MAKER = "(?:img|vid|pxl|mvimg|pano|burst|dsc|screenshot|photo|video|signal|whatsapp[-_ ]?(?:image|video))[-_ ]*";
const TIME = "[-_ ]?[0-2]\\d[0-5]\\d[0-5]\\d";
const REST = "(?:[-_.~ ()]|\\d|at|am|pm|wa|mp|hdr|burst|cover|portrait|night)*";
const KIND = "(\\.(?:jpe?g|png|webp|heic|heif|avif|gif|dng|mp4|mov|m4v|3gp|webm))";

/** What cameras and telephones call a file, when that says the day on which it was made and nothing that a person wrote. */
const DATED = new RegExp(`^(?:${MAKER}${DAY}|(?:dji[-_])?${DAY}${TIME})${REST}${KIND}$`, "i");

/** The same name for what a person named, and one that says nothing in the place of a camera's. */
export function undatedName(name: string): string {
  const extension = DATED.exec(name)?.[1];
  if (extension === undefined) return name;
  return /^\.(?:mp4|mov|m4v|3gp|webm)$/i.test(extension) ? `film${extension}` : `picture${extension}`;
}
