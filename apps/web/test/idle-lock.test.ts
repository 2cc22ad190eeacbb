import { VirtualTime } from "@p2pcrypt/testkit";
import { describe, expect, it } from "vitest";
import { IdleLock } from "../src/boot/idle-lock.ts";
import { pass } from "./support/pass.ts";

function start(lockAfterMs: number) {
  const time = new VirtualTime(1_000_000);
  const locked: number[] = [];
  const setting = { lockAfterMs };
  const idle = new IdleLock({
    clock: time,
    timers: time,
    lockAfterMs: () => setting.lockAfterMs,
    lock: () => locked.push(time.nowMs() - 1_000_000),
  });
  return { time, locked, idle, setting };
}

describe("locking when idle", () => {
  it("locks after the time without an act, counted from the last one", () => {
    const { time, locked, idle } = start(60_000);
    pass(time, 50_000);
    idle.active();
    pass(time, 50_000);
    expect(locked).toEqual([]);
    pass(time, 10_000);
    expect(locked).toEqual([110_000]);
  });

  it("locks at the first sign of life when the machine slept over the time", () => {
    const { time, locked, idle } = start(60_000);
    time.jump(3_600_000); // the wall clock went on, the timers did not
    idle.active();
    expect(locked).toEqual([3_600_000]);
  });

  it("does nothing when switched off, and follows the setting", () => {
    const { time, locked, idle, setting } = start(0);
    pass(time, 10_000_000);
    setting.lockAfterMs = 1_000;
    idle.active();
    expect(locked.length).toBe(1);
    idle.dispose();
  });
});
