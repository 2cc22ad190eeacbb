import { expect, it } from "vitest";
import { Pace } from "./pace.ts";
import type { Measured } from "./quality.ts";

const START: Measured = {
  ...{ packetsReceived: 0, packetsLost: 0, roundTripMs: 40, frames: { sealed: 0, opened: 0, dropped: 0 } },
  ...{ packetsSent: 0, sentLost: 0, sendsPictures: true },
};
const after = (change: Partial<Measured>): Measured => ({ ...START, packetsSent: 100, ...change });

it("sends as much as the line takes, shared among those who see it", () => {
  const pace = new Pace(() => 0);
  expect(pace.next(START, after({}), 1)).toEqual({ sound: 32_000, isSparse: false, pictures: 1_500_000, scale: 1 });
  expect(pace.next(START, after({}), 3)).toEqual({ sound: 32_000, isSparse: false, pictures: 500_000, scale: 1 });
  expect(pace.next(START, after({ availableBps: 200_000 }), 1)).toEqual({
    sound: 32_000,
    isSparse: false,
    pictures: 151_200,
    scale: 2,
  });
});

it("K6: on a line of 30 kbit/s sound goes on in little, and pictures rest, each time for longer", () => {
  let nowMs = 0;
  const pace = new Pace(() => nowMs);
  const narrow = after({ availableBps: 30_000, roundTripMs: 900, sentLost: 12 });
  expect(pace.next(START, narrow, 1).pictures).toBeGreaterThan(0); // once may be chance
  expect(pace.next(START, narrow, 1)).toEqual({ sound: 12_000, isSparse: true, pictures: 0, scale: 4 });
  nowMs = 20_000;
  expect(pace.next(START, narrow, 1).pictures).toBeGreaterThan(0);
  expect(pace.next(START, narrow, 1).pictures).toBe(0);
  nowMs = 40_001;
  expect(pace.next(START, narrow, 1).pictures).toBe(0);
  nowMs = 60_000;
  expect(pace.next(START, after({}), 1).pictures).toBe(1_500_000);
});

it("a low guess where nothing is late or lost stops no pictures", () => {
  const pace = new Pace(() => 0);
  for (let turn = 0; turn < 5; turn++) expect(pace.next(START, after({ availableBps: 50_000 }), 1).pictures).toBe(60_000);
});
