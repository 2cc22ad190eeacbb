// Deletes what is no longer to be kept, in small steps. The clock that decides runs at most 24 times as fast as time passes, so that a
// wall clock that jumped ahead by a year and is set right within the hour has cost nobody their messages (O5).
import { ByteReader, ByteWriter, type Cancel } from "@p2pcrypt/bytes";
import type { NodeDeps } from "./node-options.ts";

/** What has expired is gone, and its room free, within ten minutes. */
const SWEEP_INTERVAL_MS = 5 * 60_000;
const STEP_INTERVAL_MS = 50;
const STEP_SIZE = 200;
const MAX_SPEED = 24;
const NOTE = "expiryClock";

export class Expiry {
  readonly #deps: NodeDeps;
  #cancel: Cancel | undefined;
  #isStopped = false;
  #running: Promise<void> | undefined;

  constructor(deps: NodeDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#schedule(SWEEP_INTERVAL_MS, true);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#running;
  }

  /** One step. @returns how many things it deleted. `elapsedMs`: time that really passed since the last sweep. */
  async step(elapsedMs: number): Promise<number> {
    const { store, blobs, clock } = this.#deps;
    const wallMs = clock.nowMs();
    const note = await store.note(NOTE);
    const beforeMs = note === undefined ? wallMs : new ByteReader(note).safeU64("expiryClock");
    const nowMs = Math.max(beforeMs, Math.min(wallMs, beforeMs + elapsedMs * MAX_SPEED));
    // Set back for good: follow, or nothing would expire until the wall clock has caught up.
    const settledMs = wallMs < beforeMs ? wallMs : nowMs;
    if (settledMs !== beforeMs || note === undefined) await store.putNote(NOTE, new ByteWriter().u64(settledMs).finish());
    return Math.max(await store.expire(settledMs, STEP_SIZE), (await blobs?.store.expire(settledMs, STEP_SIZE)) ?? 0);
  }

  #schedule(delayMs: number, isFirst: boolean): void {
    if (this.#isStopped) return;
    this.#cancel = this.#deps.timers.after(delayMs, () => {
      this.#running = this.#sweep(isFirst ? SWEEP_INTERVAL_MS : 0);
    });
  }

  async #sweep(elapsedMs: number): Promise<void> {
    try {
      const isMore = (await this.step(elapsedMs)) >= STEP_SIZE;
      this.#schedule(isMore ? STEP_INTERVAL_MS : SWEEP_INTERVAL_MS, !isMore);
    } catch (cause) {
      this.#deps.report({ where: "expiry", code: "internal", cause });
      this.#schedule(SWEEP_INTERVAL_MS, true);
    }
  }
}
