import { MAX_TEXT_BYTES } from "@p2pcrypt/content";
import { expect, it } from "vitest";
import { excessOf, sendable } from "./draft.ts";

it("says by how many characters a message is too long", () => {
  expect(excessOf("a".repeat(MAX_TEXT_BYTES))).toBe(0);
  expect(excessOf("a".repeat(MAX_TEXT_BYTES + 3))).toBe(3);
  expect(excessOf("é".repeat(MAX_TEXT_BYTES / 2))).toBe(0);
  expect(excessOf(`${"é".repeat(MAX_TEXT_BYTES / 2)}👍a`)).toBe(2);
});

it("sends words without what surrounds them, and nothing when there are none", () => {
  expect([sendable("  hi \n"), sendable(" \n\t "), sendable("\n  code")]).toEqual(["  hi", undefined, "  code"]);
  expect(sendable("half \uD800 pair")?.isWellFormed()).toBe(true);
});
