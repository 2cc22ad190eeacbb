// A certificate that is replaced before it ends. When, is decided here; how one is got and where it is kept are arguments.
import type { Cancel, Clock, Timers } from "@p2pcrypt/bytes";
import { type Certificates, type TlsPair, validityOf } from "./certificates.ts";

export interface RenewalDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Gets a new one. May take minutes, may fail. */
  readonly issue: () => Promise<TlsPair>;
  /** What was kept last, if it can still be used. */
  readonly kept: TlsPair | undefined;
  readonly keep: (pair: TlsPair) => void;
  /** Told about a renewal that failed. The certificate in use stays in use. */
  readonly failed: (cause: unknown) => void;
}

const FIRST_RETRY_MS = 60_000;
const MAX_RETRY_MS = 6 * 3_600_000;
const MAX_PAUSE_MS = 3_600_000;

/** Serves what is kept while it is valid, and otherwise waits for a first one. @throws what `issue` throws, when there is none to serve */
export async function renewedCertificates(deps: RenewalDeps): Promise<Certificates> {
  const { clock, kept } = deps;
  const isValid = kept !== undefined && validityOf(kept).untilMs > clock.nowMs();
  return new Renewal(deps, isValid ? kept : await issued(deps));
}

async function issued({ issue, keep }: RenewalDeps): Promise<TlsPair> {
  const pair = await issue();
  keep(pair);
  return pair;
}

class Renewal implements Certificates {
  readonly #deps: RenewalDeps;
  readonly #listeners: ((pair: TlsPair) => void)[] = [];
  #pair: TlsPair;
  #cancel: Cancel | undefined;
  #isClosed = false;

  constructor(deps: RenewalDeps, pair: TlsPair) {
    this.#deps = deps;
    this.#pair = pair;
    this.#schedule(FIRST_RETRY_MS);
  }

  current(): TlsPair {
    return this.#pair;
  }

  onChange(run: (pair: TlsPair) => void): void {
    this.#listeners.push(run);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  /** When two thirds of its life are over. `retryMs`: the pause after a failure. */
  #schedule(retryMs: number, isRetry = false): void {
    if (this.#isClosed) return;
    const { fromMs, untilMs } = validityOf(this.#pair);
    const lifeMs = untilMs - fromMs;
    const dueMs = untilMs - lifeMs / 3;
    // By a clock that is ahead, what was just made is old already: asking again at once would only use up the authority's patience.
    const pauseMs = Math.min(MAX_PAUSE_MS, lifeMs / 10);
    const delayMs = isRetry ? retryMs : Math.max(pauseMs, dueMs - this.#deps.clock.nowMs());
    // Looked at anew now and then: a timer does not know of a clock that was set, or a machine that slept.
    this.#cancel = this.#deps.timers.after(Math.min(delayMs, MAX_RETRY_MS), () => {
      if (isRetry || this.#deps.clock.nowMs() >= dueMs) void this.#renew(retryMs);
      else this.#schedule(FIRST_RETRY_MS);
    });
  }

  async #renew(retryMs: number): Promise<void> {
    try {
      this.#pair = await issued(this.#deps);
      for (const run of this.#listeners) run(this.#pair);
      this.#schedule(FIRST_RETRY_MS);
    } catch (cause) {
      this.#deps.failed(cause);
      this.#schedule(Math.min(retryMs * 2, MAX_RETRY_MS), true);
    }
  }
}
