// The sound of one call: what a file says goes out sealed, what comes in is opened and recorded (spec/protocol/call.md section 5).
import { webcrypto } from "node:crypto";
import type { Clock, Timers } from "@p2pcrypt/bytes";
import { CIPHER_SUITES, type EpochKeys, KeyRing, SFrameError, type Subtle } from "@p2pcrypt/sframe";
import type { SoundPacket } from "./ogg-opus.ts";
import { Player } from "./player.ts";
import type { HeardPacket } from "./recorder.ts";

/** Sound has nothing in the clear. */
const NO_METADATA = new Uint8Array();

export interface SoundCounts {
  readonly sent: number;
  readonly received: number;
  /** Did not open: not of this call's keys. */
  readonly dropped: number;
}

export interface CallSoundDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Of the first packet; then they count on. */
  readonly sequenceNumber: number;
  readonly send: (packet: HeardPacket) => void;
  readonly heard: (packet: HeardPacket) => void;
}

export class CallSound {
  readonly #deps: CallSoundDeps;
  readonly #ring: KeyRing;
  readonly #player: Player;
  #sequenceNumber: number;
  #counts: SoundCounts = { sent: 0, received: 0, dropped: 0 };
  /** Sealing takes turns, so that packets leave in order. */
  #sending: Promise<void> = Promise.resolve();

  constructor(deps: CallSoundDeps) {
    this.#deps = deps;
    this.#sequenceNumber = deps.sequenceNumber;
    const { clock, timers } = deps;
    this.#ring = new KeyRing({ subtle: webcrypto.subtle as Subtle, suite: CIPHER_SUITES.aes256GcmSha512, clock });
    this.#player = new Player({ clock, timers, send: (packet, timestamp) => this.#send(packet.bytes, timestamp) });
  }

  get counts(): SoundCounts {
    return this.#counts;
  }

  async setKeys(keys: EpochKeys | undefined): Promise<void> {
    if (keys === undefined) this.#ring.clear();
    else await this.#ring.setKeys(keys);
  }

  /** Resolves when all of it is out, or the call is over. */
  async play(packets: AsyncIterable<SoundPacket>): Promise<void> {
    await this.#player.play(packets);
    await this.#sending;
  }

  stop(): void {
    this.#player.stop();
  }

  async received(packet: HeardPacket): Promise<void> {
    const bytes = await this.#opened(packet.bytes);
    if (bytes === undefined) {
      this.#counts = { ...this.#counts, dropped: this.#counts.dropped + 1 };
      return;
    }
    this.#counts = { ...this.#counts, received: this.#counts.received + 1 };
    this.#deps.heard({ ...packet, bytes });
  }

  #send(bytes: Uint8Array, timestamp: number): void {
    this.#sending = this.#sending.then(async () => {
      const sealed = await this.#sealed(bytes);
      if (sealed === undefined) return;
      this.#deps.send({ sequenceNumber: this.#sequenceNumber, timestamp, bytes: sealed });
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xff_ff;
      this.#counts = { ...this.#counts, sent: this.#counts.sent + 1 };
    });
  }

  /** Nothing is ever sent that is not sealed. */
  async #sealed(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await this.#ring.seal(bytes, NO_METADATA);
    } catch (error) {
      if (error instanceof SFrameError) return undefined;
      throw error;
    }
  }

  async #opened(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await this.#ring.open(bytes, NO_METADATA);
    } catch (error) {
      if (error instanceof SFrameError) return undefined;
      throw error;
    }
  }
}
