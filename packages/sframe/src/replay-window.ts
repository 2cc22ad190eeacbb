/** As many counters behind the newest one may still come. Sound and pictures share a counter, and pictures come late. */
export const REPLAY_WINDOW = 2048;

/** Which counters of one key were opened: each at most once, in any order within the window. */
export class ReplayWindow {
  readonly #seen = new Uint8Array(REPLAY_WINDOW);
  /** One more than the newest counter that was taken. */
  #end = 0n;

  /** Whether a frame with this counter may be opened at all. */
  isNew(counter: bigint): boolean {
    if (counter >= this.#end) return true;
    return counter + BigInt(REPLAY_WINDOW) >= this.#end && this.#seen[place(counter)] === 0;
  }

  /** A frame with this counter opened. @returns false when another one did meanwhile. */
  take(counter: bigint): boolean {
    if (!this.isNew(counter)) return false;
    if (counter >= this.#end) {
      const passed = counter - this.#end + 1n;
      if (passed >= BigInt(REPLAY_WINDOW)) this.#seen.fill(0);
      else for (let at = this.#end; at <= counter; at++) this.#seen[place(at)] = 0;
      this.#end = counter + 1n;
    }
    this.#seen[place(counter)] = 1;
    return true;
  }
}

function place(counter: bigint): number {
  return Number(counter % BigInt(REPLAY_WINDOW));
}
