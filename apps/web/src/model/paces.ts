// How fast the transfers of a conversation go. What is not running has no speed, and begins anew when it runs again.
import type { TransferSnapshot } from "@p2pcrypt/client";
import { Pace, type PaceReading } from "@p2pcrypt/files";

export class Paces {
  readonly #paces = new Map<string, Pace>();

  get isAnyRunning(): boolean {
    return this.#paces.size > 0;
  }

  take({ id, state, doneBytes }: TransferSnapshot, nowMs: number): void {
    if (state !== "running") {
      this.#paces.delete(id);
      return;
    }
    const pace = this.#paces.get(id) ?? new Pace();
    this.#paces.set(id, pace);
    pace.take(doneBytes, nowMs);
  }

  /** Of those that run. */
  read(transfers: Iterable<TransferSnapshot>, nowMs: number): ReadonlyMap<string, PaceReading> {
    return new Map(
      [...transfers].flatMap(({ id, bytes }) => {
        const pace = this.#paces.get(id);
        return pace === undefined ? [] : [[id, pace.read(bytes, nowMs)] as const];
      }),
    );
  }
}
