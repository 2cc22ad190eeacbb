/** Told once that nobody wants the result any more. */
export class Stop {
  readonly #listeners = new Set<() => void>();
  #isStopped = false;

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const run of this.#listeners) run();
    this.#listeners.clear();
  }

  /** Runs when it is stopped; at once if it is already. @returns takes it back. */
  onStop(run: () => void): () => void {
    if (this.#isStopped) run();
    else this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }
}
