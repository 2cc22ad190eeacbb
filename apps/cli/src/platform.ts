// Time and randomness of this machine.
import { randomBytes } from "node:crypto";
import type { Clock, RandomBytes, Timers } from "@p2pcrypt/bytes";

export const systemClock: Clock = { nowMs: () => Date.now() };

export const systemRandom: RandomBytes = (length) => new Uint8Array(randomBytes(length));

const MAX_DELAY_MS = 2 ** 31 - 1;

/** Timers do not keep the process alive by themselves. */
export const systemTimers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
};
