// Time and randomness as arguments, so that a whole network can run on virtual time from one seed.

/** Wall-clock time in milliseconds since 1970-01-01T00:00:00Z. It may jump in either direction. */
export interface Clock {
  nowMs(): number;
}

/** Cryptographically secure random bytes in production; seeded in the simulated world. */
export type RandomBytes = (length: number) => Uint8Array;

/** Stops a timer. Calling it again, or after the timer ran, does nothing. */
export type Cancel = () => void;

/** Delays that are not affected by jumps of the wall clock. */
export interface Timers {
  /** Runs `run` once, not before `delayMs` have passed. */
  after(delayMs: number, run: () => void): Cancel;
}
