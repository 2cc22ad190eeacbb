import { expect, it } from "vitest";
import { type Measured, qualityOf } from "./quality.ts";

const before: Measured = {
  packetsReceived: 100,
  packetsLost: 2,
  roundTripMs: 40,
  frames: { sealed: 100, opened: 100, dropped: 0 },
  packetsSent: 100,
  sentLost: 0,
  sendsPictures: true,
};
const after = (change: Partial<Measured>): Measured => ({
  ...before,
  packetsReceived: 200,
  frames: { sealed: 200, opened: 200, dropped: 0 },
  ...change,
});

it.each<[string, Partial<Measured>, string]>([
  ["all that was sent", {}, "good"],
  ["a little less", { packetsLost: 5 }, "good"],
  ["a tenth less", { packetsLost: 14 }, "loss"],
  ["late", { roundTripMs: 900 }, "slow"],
  ["nothing", { packetsReceived: 100 }, "silent"],
  ["nothing that opens", { frames: { sealed: 200, opened: 100, dropped: 50 } }, "sealed"],
  ["one that did not open among many", { frames: { sealed: 200, opened: 200, dropped: 1 } }, "good"],
])("what arrives is %s", (_what, change, quality) => {
  expect(qualityOf(before, after(change))).toBe(quality);
});
