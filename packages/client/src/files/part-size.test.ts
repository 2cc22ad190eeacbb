import { expect, it } from "vitest";
import { PartSize } from "./part-size.ts";

it("parts grow on a quick line up to what the platform holds, stay where they are, and shrink on a slow one", () => {
  const size = new PartSize(32);
  const after = (ms: number): number => {
    size.took(ms);
    return size.segments;
  };
  expect([size.segments, after(100), after(499), after(0)]).toEqual([8, 16, 32, 32]);
  expect([after(500), after(4_000)]).toEqual([32, 32]);
  expect([after(4_001), after(60_000), after(60_000)]).toEqual([16, 8, 8]);
});

it("parts are small where the platform says nothing", () => {
  const size = new PartSize();
  size.took(1);
  expect(size.segments).toBe(8);
});
