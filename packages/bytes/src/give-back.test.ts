import { expect, it } from "vitest";
import { giveBack } from "./give-back.ts";

it("frees a buffer of its own, and leaves alone what shares one", () => {
  const own = new Uint8Array(10);
  giveBack(own);
  expect(own.length).toBe(0);
  const shared = new Uint8Array(10).fill(7);
  giveBack(shared.subarray(0, 9));
  giveBack(shared.subarray(0, 0));
  expect([...shared]).toEqual(new Array(10).fill(7));
  giveBack(new Uint8Array(0));
});
