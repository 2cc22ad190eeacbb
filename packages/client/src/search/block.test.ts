import { DecodeError } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Block, decodeBlock, EMPTY_BLOCK, encodeBlock, find, type IndexRow, withMessages, without } from "./block.ts";
import { folded, termsOf } from "./fold.ts";

const rowOf = (number: number): IndexRow => ({ thread: 1, author: 2, number, atMs: 1_795_000_000_123 + number, isFile: false });
const blockOf = (texts: readonly string[]): Block =>
  withMessages(
    EMPTY_BLOCK,
    texts.map((text, at) => [rowOf(at + 1), folded(text)]),
  );

function found(block: Block, words: string): readonly (readonly [number, number])[] {
  const all: (readonly [number, number])[] = [];
  find(
    block,
    termsOf(words),
    () => true,
    (at, fit) => all.push([block.rows[at]?.number ?? 0, fit]),
  );
  return all;
}

it("finds a message when it has every term, as a plain search through each one does", () => {
  const word = fc.constantFrom("ab", "abc", "b", "ca", "東京", "京");
  const texts = fc.array(
    fc.array(word, { maxLength: 5 }).map((words) => words.join(" ")),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(texts, fc.array(word, { minLength: 1, maxLength: 3 }), (messages, words) => {
      const expected = messages.flatMap((text, at) => (words.every((one) => text.includes(one)) ? [at + 1] : []));
      expect(found(blockOf(messages), words.join(" ")).map(([number]) => number)).toEqual(expected);
    }),
  );
});

it("whole words fit better than beginnings, those better than insides, and words that stand together best", () => {
  const block = blockOf(["the tea house", "teapots in houses", "steady housekeeping", "house of tea", "京都の家"]);
  const fits = new Map(found(block, "tea house"));
  expect([...fits].sort((a, b) => b[1] - a[1]).map(([number]) => number)).toEqual([1, 4, 2, 3]);
  expect(found(block, "都の")).toEqual([[5, 6]]);
});

it("forgets messages without a trace", () => {
  const block = without(blockOf(["one canary", "two", "three canary"]), ({ number }) => number !== 2);
  expect(block).toEqual(withMessages(EMPTY_BLOCK, [[rowOf(2), "two"]]));
  expect(new TextDecoder().decode(encodeBlock(block))).not.toContain("canary");
});

it("is stored and read back, and refuses anything else", () => {
  const block = blockOf(["Zoë", "", "東京", "x".repeat(70_000)]);
  const bytes = encodeBlock(block);
  expect(decodeBlock(bytes)).toEqual(block);
  for (const length of [0, 1, 3, 10, bytes.length - 1]) expect(() => decodeBlock(bytes.subarray(0, length))).toThrow(DecodeError);
  expect(() => decodeBlock(Uint8Array.of(2, ...bytes.subarray(1, 60)))).toThrow("version");
  expect(() => decodeBlock(encodeBlock({ ...block, text: "\nonly one\n" }))).toThrow("one line for each row");
});
