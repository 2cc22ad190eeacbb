import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";

const MB = 1_000_000;

function moving(pace: Pace, all: number, nowMs: number): { bytesPerSecond: number; secondsLeft: number } {
  const reading = pace.read(all, nowMs);
  if (reading.kind !== "moving") throw new Error(reading.kind);
  return reading;
}

describe("the pace of a transfer", () => {
  it("is said from the second step on, and not before", () => {
    const pace = new Pace();
    expect(pace.read(10 * MB, 0)).toEqual({ kind: "unknown" });
    pace.take(3 * MB, 1_000); // what was there already is no speed
    expect(pace.read(10 * MB, 1_500)).toEqual({ kind: "unknown" });
    pace.take(4 * MB, 1_500);
    expect(pace.read(10 * MB, 1_500)).toEqual({ kind: "moving", bytesPerSecond: 2 * MB, secondsLeft: 3 });
  });

  it("does not jump with one slow step, and follows a line that became slower within a few seconds", () => {
    const pace = new Pace();
    for (let step = 0; step <= 50; step++) pace.take(step * MB, step * 100);
    pace.take(51 * MB, 5_600);
    expect(moving(pace, 100 * MB, 5_600).bytesPerSecond).toBeGreaterThan(8 * MB);
    for (let step = 1; step <= 6; step++) pace.take((51 + step) * MB, 5_600 + step * 1_000);
    expect(moving(pace, 100 * MB, 11_600).bytesPerSecond).toBeLessThan(1.1 * MB);
  });

  it("becomes slower while nothing comes, and then says so", () => {
    const pace = new Pace();
    for (let step = 0; step <= 10; step++) pace.take(step * MB, step * 100);
    const before = moving(pace, 20 * MB, 1_100);
    const after = moving(pace, 20 * MB, 4_000);
    expect(after.bytesPerSecond).toBeLessThan(before.bytesPerSecond / 3);
    expect(after.secondsLeft).toBeGreaterThan(before.secondsLeft);
    expect(pace.read(20 * MB, 6_100)).toEqual({ kind: "stalled" });
    pace.take(11 * MB, 6_200);
    expect(pace.read(20 * MB, 6_200).kind).toBe("moving");
  });

  it("is right where a part takes longer than the window: eight megabytes each nine seconds are not a stall", () => {
    const pace = new Pace();
    for (let step = 0; step <= 5; step++) pace.take(step * 8 * MB, step * 9_000);
    expect(moving(pace, 80 * MB, 45_000 + 8_900).bytesPerSecond).toBe(Math.round((8 * MB) / 9));
    expect(pace.read(80 * MB, 45_000 + 28_000)).toEqual({ kind: "stalled" });
  });

  it("knows nothing of what was before a pause or a new beginning", () => {
    const pace = new Pace();
    pace.take(0, 0);
    pace.take(9 * MB, 1_000);
    pace.take(0, 1_100);
    expect(pace.read(10 * MB, 1_100)).toEqual({ kind: "unknown" });
    pace.take(1 * MB, 2_100);
    expect(moving(pace, 10 * MB, 2_100).bytesPerSecond).toBe(MB);
    pace.forget();
    expect(pace.read(10 * MB, 2_200)).toEqual({ kind: "unknown" });
  });
});
