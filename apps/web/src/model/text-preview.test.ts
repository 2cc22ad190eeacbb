import { expect, it } from "vitest";
import { isTextFile, PREVIEW_BYTES, textPreviewOf } from "./text-preview.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it("B5: a text is shown as text, with what hides or turns letters taken out, and markup is letters", () => {
  expect(textPreviewOf(bytes("one\r\n<script>alert(1)</script>\u202egpj\u0007"), true)).toEqual({
    text: "one\n<script>alert(1)</script>gpj",
    isCut: false,
  });
});

it("B5: only the beginning of much is shown, and that it is", () => {
  expect(textPreviewOf(bytes("a\n".repeat(1_000)), true)).toMatchObject({ isCut: true });
  expect(textPreviewOf(bytes("a\n".repeat(1_000)), true)?.text.split("\n")).toHaveLength(400);
  expect(textPreviewOf(bytes("a".repeat(PREVIEW_BYTES)), false)).toEqual({ text: "a".repeat(500), isCut: true });
});

it("a letter that the beginning cuts off is left out; what is no text is not shown", () => {
  expect(textPreviewOf(bytes("aé").subarray(0, 2), false)?.text).toBe("a");
  expect(textPreviewOf(bytes("aé").subarray(0, 2), true)).toBeUndefined();
  expect(textPreviewOf(Uint8Array.of(0xff, 0xd8), true)).toBeUndefined();
  expect(textPreviewOf(bytes("a\0b"), true)).toBeUndefined();
});

it("B6: a page, a picture made of text and a program are not offered to be read", () => {
  const offered = (name: string, type = ""): boolean => isTextFile({ name, type });
  expect(["notes.txt", "a.csv", "b.MD"].map((name) => offered(name))).toEqual([true, true, true]);
  expect(offered("notes", "text/plain")).toBe(true);
  for (const [name, type] of [
    ["a.html", "text/html"],
    ["a.svg", "image/svg+xml"],
    ["a.js", "text/javascript"],
    ["a.pdf", "application/pdf"],
  ] as const)
    expect(offered(name, type)).toBe(false);
});
