// What the other side says in a call, as a sound file: packets as they came, in order, and silence where some did not come.
import type { Clock } from "@p2pcrypt/bytes";
import type { OggOpusWriter, SoundPacket } from "./ogg-opus.ts";
import { lostPackets, OPUS_RATE, opusSamples } from "./opus-packet.ts";
import { RtpOrder } from "./rtp-order.ts";

/** Silence is written for time that has passed here, and a second more: what the other side says of time is not believed. */
const GRACE_MS = 1_000;

export interface HeardPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly bytes: Uint8Array;
}

export class Recorder {
  readonly #writer: Pick<OggOpusWriter, "add">;
  readonly #clock: Clock;
  readonly #order = new RtpOrder<HeardPacket>();
  #before: { readonly packet: HeardPacket; readonly samples: number; readonly atMs: number } | undefined;

  constructor(writer: Pick<OggOpusWriter, "add">, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  heard(packet: HeardPacket): void {
    for (const one of this.#order.take(packet)) this.#write(one);
  }

  end(): void {
    for (const one of this.#order.rest()) this.#write(one);
  }

  #write(packet: HeardPacket): void {
    const samples = opusSamples(packet.bytes);
    if (samples === undefined) return;
    const nowMs = this.#clock.nowMs();
    for (const lost of this.#lost(packet, nowMs)) this.#writer.add(lost);
    this.#writer.add({ bytes: packet.bytes, samples });
    this.#before = { packet, samples, atMs: nowMs };
  }

  #lost(packet: HeardPacket, nowMs: number): readonly SoundPacket[] {
    const before = this.#before;
    if (before === undefined) return [];
    const missing = (packet.timestamp - before.packet.timestamp - before.samples) >>> 0;
    const most = ((nowMs - before.atMs + GRACE_MS) * OPUS_RATE) / 1_000;
    if (missing === 0 || missing > most) return [];
    return lostPackets(before.packet.bytes, missing).map((bytes) => ({ bytes, samples: opusSamples(bytes) ?? 0 }));
  }
}
