// How many segments leave in one request: few, so that a broken connection costs little, and more where the line is quick, so that the
// node's disk is waited for less often.

const SMALLEST = 8;
/** The next part is twice as large after one that took less, and half as large after one that took more. */
const QUICK_MS = 500;
const SLOW_MS = 4_000;

export class PartSize {
  readonly #largest: number;
  #segments = SMALLEST;

  constructor(largest = SMALLEST) {
    this.#largest = Math.max(SMALLEST, largest);
  }

  get segments(): number {
    return this.#segments;
  }

  /** The newest part was on its way for so long. */
  took(ms: number): void {
    if (ms < QUICK_MS) this.#segments = Math.min(this.#largest, 2 * this.#segments);
    if (ms > SLOW_MS) this.#segments = Math.max(SMALLEST, Math.floor(this.#segments / 2));
  }
}
