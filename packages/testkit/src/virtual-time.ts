// Time that passes only when it is told to: clock and timers of a simulated world.
import type { Cancel, Clock, Timers } from "@p2pcrypt/bytes";

interface Waiting {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualTime implements Clock, Timers {
  #elapsedMs = 0;
  #wallMs: number;
  #order = 0;
  #waiting: Waiting[] = [];

  constructor(startMs: number) {
    this.#wallMs = startMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Sets the wall clock; timers do not notice. */
  jump(byMs: number): void {
    this.#wallMs += byMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const waiting: Waiting = { atMs: this.#elapsedMs + Math.ceil(Math.max(0, delayMs)), order: this.#order++, run };
    this.#waiting.push(waiting);
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
    };
  }

  get hasTimers(): boolean {
    return this.#waiting.length > 0;
  }

  /** When the next timer is due, in milliseconds from now. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.atMs - this.#elapsedMs;
  }

  /** Lets time pass in which no timer is due. */
  restUntil(elapsedMs: number): void {
    const passedMs = Math.min(elapsedMs - this.#elapsedMs, this.nextInMs ?? Number.POSITIVE_INFINITY);
    if (passedMs <= 0) return;
    this.#elapsedMs += passedMs;
    this.#wallMs += passedMs;
  }

  /** Goes to the next timer and runs it. @returns false when there is none. */
  step(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    const passedMs = Math.max(0, next.atMs - this.#elapsedMs);
    this.#elapsedMs += passedMs;
    this.#wallMs += passedMs;
    next.run();
    return true;
  }

  #next(): Waiting | undefined {
    return this.#waiting.reduce<Waiting | undefined>(
      (best, one) =>
        best === undefined || one.atMs < best.atMs || (one.atMs === best.atMs && one.order < best.order) ? one : best,
      undefined,
    );
  }
}

/** A clock on a wall of its own: set wrong, and right again, without anybody else noticing. */
export class WallClock implements Clock {
  readonly #time: Clock;
  offMs = 0;

  constructor(time: Clock) {
    this.#time = time;
  }

  nowMs(): number {
    return this.#time.nowMs() + this.offMs;
  }
}
