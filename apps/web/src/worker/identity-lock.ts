// One writer per identity: a Web Lock that the worker holds for life. Whoever wants it asks first, so that the holder can finish what
// it is writing, and takes it when no answer comes. The vault's fence holds even then: it refuses the writes of a loser that goes on.
import type { Timers } from "@p2pcrypt/bytes";

const NAME = "identity:p2pcrypt";
const POLITE_MS = 3_000;

export interface IdentityLock {
  /** `ifFree`: undefined when somebody has it. `lost` is called when it is wanted or was taken; the holder then stops and releases. */
  acquire(how: "ifFree", lost: () => void): Promise<HeldLock | undefined>;
  acquire(how: "takeOver", lost: () => void): Promise<HeldLock>;
}

export interface HeldLock {
  release(): void;
}

export interface LockDeps {
  readonly locks: Pick<LockManager, "request">;
  /** Reaches the other tabs of this origin, not the sender itself. */
  readonly openChannel: () => Pick<BroadcastChannel, "postMessage" | "onmessage" | "close">;
  readonly timers: Timers;
}

export function webIdentityLock({ locks, openChannel, timers }: LockDeps): IdentityLock {
  const request = (options: LockOptions, lost: () => void): Promise<HeldLock | undefined> =>
    new Promise((resolve, reject) => {
      let isHeld = false;
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        isHeld = true;
        return new Promise<void>((release) => {
          const channel = openChannel();
          channel.onmessage = () => lost();
          resolve({
            release: () => {
              channel.close();
              release();
            },
          });
        });
      };
      locks.request(NAME, options, hold).catch((error: unknown) => {
        // A lock that was stolen rejects too, long after it was granted.
        if (isHeld) lost();
        else reject(error);
      });
    });
  const takeOver = async (lost: () => void): Promise<HeldLock> => {
    const channel = openChannel();
    channel.postMessage("wanted");
    channel.close();
    const patience = new AbortController();
    const stop = timers.after(POLITE_MS, () => patience.abort());
    try {
      const held = await request({ signal: patience.signal }, lost);
      if (held !== undefined) return held;
    } catch (error) {
      if (!patience.signal.aborted) throw error;
    } finally {
      stop();
    }
    const stolen = await request({ steal: true }, lost);
    if (stolen === undefined) throw new TypeError("a stolen lock is always granted");
    return stolen;
  };
  function acquire(how: "ifFree", lost: () => void): Promise<HeldLock | undefined>;
  function acquire(how: "takeOver", lost: () => void): Promise<HeldLock>;
  function acquire(how: "ifFree" | "takeOver", lost: () => void): Promise<HeldLock | undefined> {
    return how === "ifFree" ? request({ ifAvailable: true }, lost) : takeOver(lost);
  }
  return { acquire };
}
