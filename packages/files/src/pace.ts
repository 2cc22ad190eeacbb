// How fast bytes come, and how long the rest will take: over the newest steps, so that one slow or quick one does not make it jump, and
// slower with every moment in which nothing came.

/** Over how much of the past, and at least over how many steps: an upload is told in parts of several segments. */
const WINDOW_MS = 5_000;
const MIN_STEPS = 3;
/** From then on nothing comes any more, however slow it was. */
const STALLS_MS = 5_000;
const STALLS_STEPS = 3;

export type PaceReading =
  /** Too little has come to say anything. */
  | { readonly kind: "unknown" }
  | { readonly kind: "moving"; readonly bytesPerSecond: number; readonly secondsLeft: number }
  /** It ran, and nothing came for longer than the steps before took. */
  | { readonly kind: "stalled" };

interface Step {
  readonly atMs: number;
  readonly bytes: number;
}

export class Pace {
  readonly #steps: Step[] = [];

  /** So many bytes are there at this time. */
  take(bytes: number, atMs: number): void {
    const last = this.#steps.at(-1);
    if (last?.bytes === bytes) return;
    // What began anew is not faster for it.
    if (last !== undefined && bytes < last.bytes) this.#steps.length = 0;
    this.#steps.push({ atMs, bytes });
    while (this.#steps.length > MIN_STEPS + 1 && (this.#steps[1]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#steps.shift();
  }

  /** It was paused, or waits: what was before says nothing about what comes. */
  forget(): void {
    this.#steps.length = 0;
  }

  read(allBytes: number, nowMs: number): PaceReading {
    const [first, last] = [this.#steps[0], this.#steps.at(-1)];
    if (first === undefined || last === undefined) return { kind: "unknown" };
    const silentMs = nowMs - last.atMs;
    const stepMs = (last.atMs - first.atMs) / Math.max(1, this.#steps.length - 1);
    if (silentMs > Math.max(STALLS_MS, STALLS_STEPS * stepMs)) return { kind: "stalled" };
    const elapsedMs = last.atMs - first.atMs + Math.max(0, silentMs - stepMs);
    const bytes = last.bytes - first.bytes;
    if (bytes <= 0 || elapsedMs <= 0) return { kind: "unknown" };
    const bytesPerSecond = (bytes * 1_000) / elapsedMs;
    return {
      kind: "moving",
      bytesPerSecond: Math.round(bytesPerSecond),
      secondsLeft: Math.ceil(Math.max(0, allBytes - last.bytes) / bytesPerSecond),
    };
  }
}
