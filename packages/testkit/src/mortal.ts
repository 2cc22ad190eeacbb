// Ways to die: what a process holds on to stops answering at a chosen call through any of its ports, and nothing of it runs any
// further. Ports that answer at once (clock, randomness, cryptography) change nothing outside: dying there is dying at the next call.
import type { Cancel, Timers } from "@p2pcrypt/bytes";
import type { NodeSocket, NodeTransport, SocketHandler } from "@p2pcrypt/client";
import type { RangeBounds, StoredPair, StoreWrite, VaultStore } from "@p2pcrypt/vault";

export interface Death {
  /** Calls through ports, counted from now, that still go well. */
  afterCalls: number;
  /** Whether the deadly call still has its effect outside. */
  readonly isDone: boolean;
}

/** One process. Once dead, its disk, timers and connections are silent for ever. */
export class Life {
  isOver = false;
  /** Calls through ports so far. */
  calls = 0;
  death: Death | undefined;
  readonly #deaths: (() => void)[] = [];
  #isBuried = false;

  onDeath(run: () => void): void {
    this.#deaths.push(run);
  }

  end(): void {
    this.isOver = true;
    if (this.#isBuried) return;
    this.#isBuried = true;
    for (const run of this.#deaths) run();
  }

  /** A call through a port. Of a dead process it is never answered. */
  through<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.isOver) return never();
    this.calls += 1;
    if (this.death !== undefined && this.death.afterCalls-- <= 0) return this.#dying(call, this.death.isDone);
    return new Promise((resolve, reject) => {
      call().then(
        (result) => {
          if (!this.isOver) resolve(result);
        },
        (error: unknown) => {
          if (!this.isOver) reject(error);
        },
      );
    });
  }

  async #dying<Result>(call: () => Promise<Result>, isDone: boolean): Promise<Result> {
    this.isOver = true;
    // Its answer, good or bad, reaches nobody.
    if (isDone) await call().catch(() => undefined);
    this.end();
    return never();
  }
}

function never<Result>(): Promise<Result> {
  return new Promise(() => undefined);
}

/** A disk under a process that may die. What was applied stays; what was not never will be. */
export class MortalDisk implements VaultStore {
  /** Stores nothing more, and says so. */
  isFull = false;
  /** Writes that still go well; undefined for all of them. */
  failsAfter: number | undefined;
  hasFailed = false;
  readonly #disk: VaultStore;
  readonly #life: Life;

  constructor(disk: VaultStore, life: Life) {
    this.#disk = disk;
    this.#life = life;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#life.through(() => this.#disk.get(key));
  }

  range(bounds: RangeBounds): Promise<readonly StoredPair[]> {
    return this.#life.through(() => this.#disk.range(bounds));
  }

  apply(writes: readonly StoreWrite[]): Promise<void> {
    return this.#life.through(async () => {
      if (this.isFull || this.failsAfter === 0) {
        this.hasFailed = true;
        throw new Error("no space left");
      }
      if (this.failsAfter !== undefined) this.failsAfter -= 1;
      await this.#disk.apply(writes);
    });
  }

  async close(): Promise<void> {
    // The disk outlives the process.
  }
}

export function mortalTimers(timers: Timers, life: Life): Timers {
  return {
    after: (delayMs, run): Cancel =>
      timers.after(delayMs, () => {
        if (!life.isOver) run();
      }),
  };
}

export function mortalTransport(transport: NodeTransport & { readonly cut: () => void }, life: Life): NodeTransport {
  life.onDeath(() => transport.cut());
  const handlerOf = (handler: SocketHandler): SocketHandler => ({
    pushed: (method, params) => {
      if (!life.isOver) handler.pushed(method, params);
    },
    closed: () => {
      if (!life.isOver) handler.closed();
    },
  });
  const socketOf = (socket: NodeSocket): NodeSocket => ({
    call: (...args) => life.through(() => socket.call(...args)),
    close: () => socket.close(),
  });
  return {
    call: (...args) => life.through(() => transport.call(...args)),
    open: (url, handler) => life.through(async () => socketOf(await transport.open(url, handlerOf(handler)))),
  };
}
