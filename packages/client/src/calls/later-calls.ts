// What calls need is fetched with the first of them: a program that is never called does without.
import type { CallSnapshot } from "../call-snapshots.ts";
import type { Ephemerals } from "../conversation/ephemeral.ts";
import type { Core } from "../core.ts";
import type { CallKeysListener } from "./call-keys.ts";
import type { CallRuns } from "./calls.ts";

export class LaterCalls {
  readonly #core: Core;
  readonly #ephemerals: Ephemerals;
  #runs: CallRuns | undefined;

  constructor(core: Core, ephemerals: Ephemerals) {
    this.#core = core;
    this.#ephemerals = ephemerals;
    ephemerals.hearCalls((group, author, signal) => {
      this.load().then(
        (runs) => runs.received(group, author, signal),
        () => undefined, // cannot be had now: it is said again, or seen as missed
      );
    });
  }

  /** Always the same. */
  async load(): Promise<CallRuns> {
    const { CallRuns } = await import("./calls.ts");
    this.#runs ??= new CallRuns(this.#core, this.#ephemerals);
    return this.#runs;
  }

  list(): readonly CallSnapshot[] {
    return this.#runs?.list() ?? [];
  }

  watchKeys(callId: string, listener: CallKeysListener): () => void {
    return this.#runs?.watchKeys(callId, listener) ?? (() => undefined);
  }

  groupChanged(groupId: string): void {
    this.#runs?.groupChanged(groupId);
  }

  close(): void {
    this.#runs?.close();
  }
}
