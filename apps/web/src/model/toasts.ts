// Short words at the edge of the screen, some with a way back. What can be undone waits a moment before it is done.
import { Model } from "./model.ts";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly undo: (() => void) | undefined;
}

const SHOWN_MS = 6_000;

export class Toasts extends Model<readonly Toast[]> {
  readonly #after: (delayMs: number, run: () => void) => () => void;
  readonly #due = new Map<number, () => void>();
  #count = 0;

  constructor(after: (delayMs: number, run: () => void) => () => void) {
    super([]);
    this.#after = after;
  }

  say(text: string, undo?: () => void): void {
    const id = ++this.#count;
    const cancel = this.#after(SHOWN_MS, () => this.#end(id));
    this.until(cancel);
    const taken = (): void => {
      cancel();
      this.#due.delete(id);
      this.#end(id);
      undo?.();
    };
    this.show([...this.getSnapshot(), { id, text, undo: undo === undefined ? undefined : taken }]);
  }

  /** Does it when nobody took it back. */
  doUnlessUndone(text: string, act: () => void): void {
    const id = ++this.#count;
    this.#due.set(id, act);
    const cancel = this.#after(SHOWN_MS, () => {
      this.#end(id);
      this.#do(id);
    });
    const undo = (): void => {
      cancel();
      this.#due.delete(id);
      this.#end(id);
    };
    this.show([...this.getSnapshot(), { id, text, undo }]);
  }

  /** Whoever goes has decided. */
  override dispose(): void {
    for (const id of [...this.#due.keys()]) this.#do(id);
    super.dispose();
  }

  #do(id: number): void {
    const act = this.#due.get(id);
    this.#due.delete(id);
    act?.();
  }

  #end(id: number): void {
    this.show(this.getSnapshot().filter((toast) => toast.id !== id));
  }
}
