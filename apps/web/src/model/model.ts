// What every view model is: a snapshot that only ever gets replaced, and listeners that hear when. Fits React's useSyncExternalStore and
// knows nothing of React.

export interface Readable<Snapshot> {
  getSnapshot(): Snapshot;
  subscribe(listener: () => void): () => void;
}

/** Runs something soon, many calls at once: a frame in a page, a microtask in a test. */
export type Later = (run: () => void) => void;

export class Model<Snapshot> implements Readable<Snapshot> {
  #snapshot: Snapshot;
  readonly #listeners = new Set<() => void>();
  readonly #endings: (() => void)[] = [];
  #isDisposed = false;

  constructor(first: Snapshot) {
    this.#snapshot = first;
  }

  readonly getSnapshot = (): Snapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Lets go of everything. Nothing changes afterwards. */
  dispose(): void {
    this.#isDisposed = true;
    for (const end of this.#endings.splice(0)) end();
    this.#listeners.clear();
  }

  protected get isDisposed(): boolean {
    return this.#isDisposed;
  }

  protected until(end: () => void): void {
    this.#endings.push(end);
  }

  protected show(snapshot: Snapshot): void {
    if (this.#isDisposed || Object.is(snapshot, this.#snapshot)) return;
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }

  protected update(change: Partial<Snapshot>): void {
    this.show({ ...this.#snapshot, ...change });
  }
}

/** Many wishes, one run. */
export function coalesced(later: Later, run: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    later(() => {
      isDue = false;
      run();
    });
  };
}
