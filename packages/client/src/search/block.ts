// A stretch of the search index: so many messages, folded, one after the other in one string, so that looking through them is the
// engine's own substring search (spec/protocol/vault.md section 7).
import { ByteReader, ByteWriter, DecodeError, decodeUtf8, encodeUtf8 } from "@p2pcrypt/bytes";
import { isUnspaced } from "./fold.ts";

export const BLOCK_MESSAGES = 512;
const VERSION = 1;

/** What is known of one message. Threads and people by their number in the index. */
export interface IndexRow {
  readonly thread: number;
  readonly author: number;
  readonly number: number;
  readonly atMs: number;
  readonly isFile: boolean;
}

export interface Block {
  readonly rows: readonly IndexRow[];
  /** Every message between line ends. */
  readonly text: string;
  /** Where in `text` each message begins, and where the last one ends. */
  readonly starts: readonly number[];
}

export const EMPTY_BLOCK: Block = { rows: [], text: "\n", starts: [1] };

export function withMessages(block: Block, added: readonly (readonly [IndexRow, string])[]): Block {
  const starts = [...block.starts];
  let end = starts.at(-1) ?? 1;
  for (const [, letters] of added) {
    end += letters.length + 1;
    starts.push(end);
  }
  const text = block.text + added.map(([, letters]) => `${letters}\n`).join("");
  return { rows: [...block.rows, ...added.map(([row]) => row)], text, starts };
}

export function without(block: Block, isGone: (row: IndexRow) => boolean): Block {
  const kept = block.rows.flatMap((row, at) => (isGone(row) ? [] : [[row, lettersAt(block, at)] as const]));
  return kept.length === block.rows.length ? block : withMessages(EMPTY_BLOCK, kept);
}

function lettersAt({ text, starts }: Block, at: number): string {
  return text.slice(starts[at] ?? 0, (starts[at + 1] ?? 1) - 1);
}

// struct {
//   uint8  version = 1;
//   uint16 count;
//   struct { uint32 thread; uint32 author; uint32 number; uint64 at_ms; uint8 is_file; } row[count];
//   opaque letters<0..2^32-1>;                 UTF-8: a line end, and each message with one behind it
// } SearchBlock;
export function encodeBlock({ rows, text }: Block): Uint8Array {
  const writer = new ByteWriter().u8(VERSION).u16(rows.length);
  for (const { thread, author, number, atMs, isFile } of rows)
    writer
      .u32(thread)
      .u32(author)
      .u32(number)
      .u32(Math.floor(atMs / 2 ** 32))
      .u32(atMs % 2 ** 32)
      .u8(isFile ? 1 : 0);
  return writer.opaque32(encodeUtf8(text)).finish();
}

/** @throws {DecodeError} */
export function decodeBlock(bytes: Uint8Array): Block {
  const reader = new ByteReader(bytes);
  const version = reader.u8("SearchBlock.version");
  if (version !== VERSION) throw new DecodeError(`SearchBlock.version ${version} is unknown`, 0);
  const count = reader.u16("SearchBlock.count");
  const what = "SearchBlock.row";
  const rows = Array.from({ length: count }, () => ({
    thread: reader.u32(what),
    author: reader.u32(what),
    number: reader.u32(what),
    atMs: reader.u32(what) * 2 ** 32 + reader.u32(what),
    isFile: reader.u8(what) === 1,
  }));
  const text = decodeUtf8(reader.opaque32("SearchBlock.letters"));
  reader.end("SearchBlock");
  const starts: number[] = [];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  if (starts.length !== count + 1) throw new DecodeError("SearchBlock.letters: not one line for each row", reader.offset);
  return { rows, text, starts };
}

/** How well a message fits: as whole words, as beginnings of words, or inside of them; better when the words stand together. */
export type Fit = number;
const [WHOLE, BEGINS, INSIDE] = [3, 2, 1];
const MAX_LOOKED_AT = 4;

/** Tells each message that has every term, with how well. Without terms, every message. */
export function find(
  block: Block,
  terms: readonly string[],
  isWanted: (row: IndexRow) => boolean,
  found: (at: number, fit: Fit) => void,
): void {
  const { rows, text, starts } = block;
  const [rarest, ...others] = [...terms].sort((a, b) => b.length - a.length);
  if (rarest === undefined) {
    for (const [at, row] of rows.entries()) if (isWanted(row)) found(at, 0);
    return;
  }
  const whole = terms.join(" ");
  let at = 0;
  for (let place = text.indexOf(rarest); place !== -1; ) {
    while ((starts[at + 1] ?? Number.POSITIVE_INFINITY) <= place) at += 1;
    const row = rows[at];
    if (row === undefined) return;
    const end = starts[at + 1] ?? text.length;
    if (isWanted(row)) {
      const message = text.slice((starts[at] ?? 1) - 1, end);
      if (others.every((term) => message.includes(term))) {
        const fits = terms.map((term) => fitOf(message, term));
        const isTogether = terms.length > 1 && message.includes(whole);
        found(at, Math.min(...fits) * 2 + (isTogether ? 1 : 0));
      }
    }
    place = text.indexOf(rarest, end);
  }
}

/** @param message between the line ends around it. */
function fitOf(message: string, term: string): number {
  let best = INSIDE;
  const isFree = isUnspaced(term.charAt(0));
  let place = message.indexOf(term);
  for (let looked = 0; place !== -1 && looked < MAX_LOOKED_AT && best < WHOLE; looked++) {
    const before = message.charAt(place - 1);
    const after = message.charAt(place + term.length);
    if (isFree || before === " " || before === "\n") best = isFree || after === " " || after === "\n" ? WHOLE : BEGINS;
    place = message.indexOf(term, place + 1);
  }
  return best;
}
