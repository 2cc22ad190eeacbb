// What a media frame looks like on its way (spec/protocol/call.md section 5). Sound is sealed whole; of pictures the header stays in the
// clear, authenticated, since browsers read it to tell key frames.
import { concatBytes } from "@p2pcrypt/bytes";
import { type KeyRing, SFrameError } from "@p2pcrypt/sframe";

/** Of an encoded frame, as RTCEncodedVideoFrame says it; sound has none. */
export type FrameType = "key" | "delta" | "empty" | undefined;

/** What became of the frames so far. */
export interface FrameCounts {
  readonly sealed: number;
  readonly opened: number;
  /** Did not open, or could not be sealed: dropped. */
  readonly dropped: number;
}

export class Frames {
  readonly #ring: KeyRing;
  readonly #leaf: number | undefined;
  #counts: FrameCounts = { sealed: 0, opened: 0, dropped: 0 };

  /** `leaf`: the sender whose frames alone open. */
  constructor(ring: KeyRing, leaf?: number) {
    this.#ring = ring;
    this.#leaf = leaf;
  }

  get counts(): FrameCounts {
    return this.#counts;
  }

  /** @returns undefined for a frame that is not to be sent. */
  seal(frame: Uint8Array, type: FrameType): Promise<Uint8Array | undefined> {
    const [clear, secret] = split(frame, type);
    return this.#counted("sealed", async () => concatBytes(clear, await this.#ring.seal(secret, clear)));
  }

  /** @returns undefined for a frame that is not to be played. */
  open(frame: Uint8Array, type: FrameType): Promise<Uint8Array | undefined> {
    const [clear, sealed] = split(frame, type);
    return this.#counted("opened", async () => concatBytes(clear, await this.#ring.open(sealed, clear, this.#leaf)));
  }

  async #counted(what: "sealed" | "opened", run: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
    try {
      const made = await run();
      this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
      return made;
    } catch (error) {
      if (!(error instanceof SFrameError)) throw error;
      this.#counts = { ...this.#counts, dropped: this.#counts.dropped + 1 };
      return undefined;
    }
  }
}

/** RFC 6386 section 9.1: three bytes of every VP8 frame, and seven more of a key frame. */
function split(frame: Uint8Array, type: FrameType): readonly [clear: Uint8Array, rest: Uint8Array] {
  const clearBytes = type === undefined ? 0 : type === "key" ? 10 : 3;
  return [frame.slice(0, clearBytes), frame.slice(clearBytes)];
}
