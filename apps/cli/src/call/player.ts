// Packets of a sound file at the pace at which they sound, as a microphone would give them.
import type { Clock, Timers } from "@p2pcrypt/bytes";
import type { SoundPacket } from "./ogg-opus.ts";
import { OPUS_RATE } from "./opus-packet.ts";

export interface PlayerDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly send: (packet: SoundPacket, timestamp: number) => void;
}

/** Later than this, what comes is played from now on instead of all at once (a slow source, a machine that slept). */
const CATCHES_UP_MS = 200;

export class Player {
  readonly #deps: PlayerDeps;
  #isStopped = false;
  #stop: (() => void) | undefined;

  constructor(deps: PlayerDeps) {
    this.#deps = deps;
  }

  /** Resolves when everything was played, or `stop` was called. Rejects as the source does. */
  async play(packets: AsyncIterable<SoundPacket>): Promise<void> {
    const { clock, send } = this.#deps;
    let [dueMs, timestamp] = [clock.nowMs(), 0];
    for await (const packet of packets) {
      const lateMs = clock.nowMs() - dueMs;
      if (lateMs > CATCHES_UP_MS) {
        dueMs += lateMs;
        timestamp += Math.round((lateMs * OPUS_RATE) / 1_000);
      } else if (lateMs < 0) await this.#wait(-lateMs);
      if (this.#isStopped) return;
      send(packet, timestamp >>> 0);
      timestamp += packet.samples;
      dueMs += (packet.samples * 1_000) / OPUS_RATE;
    }
    await this.#wait(dueMs - clock.nowMs());
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop?.();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.timers.after(Math.max(0, ms), resolve);
      this.#stop = () => {
        cancel();
        resolve();
      };
    });
  }
}
