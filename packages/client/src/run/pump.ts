// A task that runs when woken and never twice at once: the only way in which this package does anything by itself.
import type { Cancel, RandomBytes, Timers } from "@p2pcrypt/bytes";
import { backoffMs } from "./backoff.ts";

/** idle: until the next wake. again: at once. waitMs: after that time or at the next wake, whichever is first. */
export type Step = { readonly kind: "idle" } | { readonly kind: "again" } | { readonly kind: "wait"; readonly delayMs: number };

export interface PumpDeps {
  readonly timers: Timers;
  readonly random: RandomBytes;
  /** A step that throws is a defect or a failed vault. The pump backs off and tries again unless stopped in here. */
  readonly failed: (error: unknown) => void;
}

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;

export class Pump {
  readonly #step: () => Promise<Step>;
  readonly #deps: PumpDeps;
  #isWoken = false;
  #isStopped = false;
  #running: Promise<void> | undefined;
  #cancelTimer: Cancel | undefined;
  #failures = 0;

  constructor(step: () => Promise<Step>, deps: PumpDeps) {
    this.#step = step;
    this.#deps = deps;
  }

  /** Runs a step soon. While one is running, another one follows it. */
  wake(): void {
    if (this.#isStopped) return;
    this.#isWoken = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing runs: all is done, or waits for a time or a wake. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Nothing of this pump runs after the promise resolves. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#isWoken = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.settled();
  }

  async #run(): Promise<void> {
    // A microtask first, so that several wakes in one turn make one step and `wake` never runs foreign code.
    await Promise.resolve();
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      this.#follow(await this.#guarded());
    }
    this.#running = undefined;
  }

  async #guarded(): Promise<Step> {
    try {
      const step = await this.#step();
      this.#failures = 0;
      return step;
    } catch (error) {
      this.#failures += 1;
      this.#deps.failed(error);
      const delayMs = backoffMs(this.#failures, { firstMs: FIRST_RETRY_MS, lastMs: LAST_RETRY_MS }, this.#deps.random);
      return { kind: "wait", delayMs };
    }
  }

  #follow(step: Step): void {
    if (this.#isStopped || this.#isWoken) return;
    if (step.kind === "again") this.#isWoken = true;
    if (step.kind === "wait") this.#cancelTimer = this.#deps.timers.after(step.delayMs, () => this.wake());
  }
}
