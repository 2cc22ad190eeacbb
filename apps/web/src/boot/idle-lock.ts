// Locks when nobody did anything for a while. Timers of a hidden page are late and a sleeping machine has none, so the clock decides.
import type { Cancel, Clock, Timers } from "@p2pcrypt/bytes";

export interface IdleLockDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** 0: never. */
  readonly lockAfterMs: () => number;
  readonly lock: () => void;
}

export class IdleLock {
  readonly #deps: IdleLockDeps;
  #lastMs: number;
  #stop: Cancel | undefined;

  constructor(deps: IdleLockDeps) {
    this.#deps = deps;
    this.#lastMs = deps.clock.nowMs();
    this.#arm();
  }

  /** Somebody is here. Too late when the time was over before: then it locks. */
  active(): void {
    if (this.#isOver()) {
      this.#run();
      return;
    }
    this.#lastMs = this.#deps.clock.nowMs();
    if (this.#stop === undefined) this.#arm();
  }

  /** After a change of the time, or when the page is shown again. */
  check(): void {
    if (this.#isOver()) this.#run();
    else this.#arm();
  }

  dispose(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #arm(): void {
    this.dispose();
    const afterMs = this.#deps.lockAfterMs();
    if (afterMs === 0) return;
    const leftMs = Math.max(0, this.#lastMs + afterMs - this.#deps.clock.nowMs());
    this.#stop = this.#deps.timers.after(leftMs, () => {
      this.#stop = undefined;
      this.check();
    });
  }

  #isOver(): boolean {
    const afterMs = this.#deps.lockAfterMs();
    return afterMs !== 0 && this.#deps.clock.nowMs() - this.#lastMs >= afterMs;
  }

  #run(): void {
    this.dispose();
    this.#lastMs = this.#deps.clock.nowMs();
    this.#deps.lock();
  }
}
