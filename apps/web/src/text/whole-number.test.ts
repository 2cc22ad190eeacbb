import { expect, it } from "vitest";
import { wholeNumberIn } from "./whole-number.ts";

it("a number is read in whatever digits it is typed, and nothing else is one", () => {
  expect(["12", " 7 ", "١٢", "۱۲", "0"].map(wholeNumberIn)).toEqual([12, 7, 12, 12, 0]);
  expect(["", "-1", "1.5", "two", "1e3"].map(wholeNumberIn)).toEqual(Array(5).fill(Number.NaN));
});
