// How much one connection is given: what the browser measured decides, sound comes before pictures. Sound goes on down to a line of
// 30 kbit/s; pictures stop before they take its place, and are tried again after a while.
import type { Measured } from "./quality.ts";

/** In bits a second. */
export interface Limits {
  readonly sound: number;
  /** Fewer and larger packets of sound: less of a narrow line goes to their headers. Where much is lost, small ones are better. */
  readonly isSparse: boolean;
  /** 0: none. */
  readonly pictures: number;
  /** Pictures are made smaller by this. */
  readonly scale: number;
}

const SOUND = 32_000;
/** Of a line of 30 kbit/s this much is left for sound: the rest is addresses and seals, with fewer and larger packets. */
const LEAST_SOUND = 12_000;
const MOST_PICTURES = 1_500_000;
const LEAST_PICTURES = 60_000;
const MUCH_LOSS = 0.1;
const SPARSE_BELOW = 60_000;
const SOME_LOSS = 0.04;
const LATE_MS = 400;
const NARROW_TWICE = 2;
const FIRST_REST_MS = 20_000;
const LONGEST_REST_MS = 160_000;

export class Pace {
  readonly #nowMs: () => number;
  #narrow = 0;
  #restMs = FIRST_REST_MS;
  #restsUntilMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** `people`: how many others the pictures go to, over the same line. */
  next(before: Measured, now: Measured, people: number): Limits {
    const { availableBps } = now;
    const sent = now.packetsSent - before.packetsSent;
    const loss = sent <= 0 ? 0 : Math.max(0, now.sentLost - before.sentLost) / sent;
    const room = availableBps ?? Number.POSITIVE_INFINITY;
    const sound = room < 100_000 || loss > MUCH_LOSS ? Math.max(LEAST_SOUND, Math.min(SOUND / 2, room * 0.4)) : SOUND;
    const isSparse = room < SPARSE_BELOW;
    const nowMs = this.#nowMs();
    // The browser's guess alone may be low because little is sent: what is late or lost says that it is true.
    const isLate = loss > SOME_LOSS || now.roundTripMs > LATE_MS;
    const isNarrow = now.sendsPictures && room < LEAST_PICTURES + SOUND && isLate;
    this.#narrow = isNarrow ? this.#narrow + 1 : 0;
    if (nowMs >= this.#restsUntilMs && this.#narrow >= NARROW_TWICE) {
      this.#restsUntilMs = nowMs + this.#restMs;
      this.#restMs = Math.min(LONGEST_REST_MS, this.#restMs * 2);
      this.#narrow = 0;
    }
    if (nowMs < this.#restsUntilMs) return { sound: Math.round(sound), isSparse, pictures: 0, scale: 4 };
    const pictures = Math.max(LEAST_PICTURES, Math.min(MOST_PICTURES / people, (room - SOUND) * 0.9));
    const scale = pictures < 80_000 ? 4 : pictures < 250_000 ? 2 : 1;
    return { sound: Math.round(sound), isSparse, pictures: Math.round(pictures), scale };
  }
}
