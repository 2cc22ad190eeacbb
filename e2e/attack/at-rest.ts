// Looks through everything that a browser wrote to the disk for words that must not be there (W4). Databases compress what they store:
// a piece of a random word survives that, so pieces are looked for, in each form that a browser stores text in.
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export interface Trace {
  readonly file: string;
  readonly word: string;
  readonly form: string;
}

const PIECE_LENGTH = 12;

/** A word that occurs nowhere by chance. */
export function createCanary(label: string): string {
  const letters = crypto.getRandomValues(new Uint8Array(24));
  return `${label}${[...letters].map((byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join("")}`;
}

/** @returns each file with a piece of a word, once for each word and form. */
export function findTraces(folder: string, words: readonly string[]): Trace[] {
  return globSync("**/*", { cwd: folder }).flatMap((file) => {
    const path = join(folder, file);
    if (!statSync(path).isFile()) return [];
    const bytes = readFileSync(path);
    return words.flatMap((word) =>
      Object.entries(FORMS).flatMap(([form, encode]) =>
        piecesOf(word).some((piece) => encode(piece).some((needle) => bytes.includes(needle))) ? [{ file, word, form }] : [],
      ),
    );
  });
}

function piecesOf(word: string): string[] {
  const last = word.length - PIECE_LENGTH;
  return last <= 0 ? [word] : Array.from({ length: last + 1 }, (_, at) => word.slice(at, at + PIECE_LENGTH));
}

const FORMS: Record<string, (piece: string) => Buffer[]> = {
  "utf-8": (piece) => [Buffer.from(piece, "utf8")],
  "utf-16": (piece) => [Buffer.from(piece, "utf16le")],
  hex: (piece) => [Buffer.from(Buffer.from(piece, "utf8").toString("hex"), "utf8")],
  // A piece lies at any of three places within a group of base64; the letters in the middle are the same whatever surrounds it.
  base64: (piece) =>
    [0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(piece, "utf8")]).toString("base64");
      return Buffer.from(text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + piece.length) * 8) / 6)), "utf8");
    }),
};
