// The keys of a call: the own one that seals, and those of the others. They change with the epochs of the conversation
// (spec/protocol/call.md section 5).
import { type Clock, encodeHex } from "@p2pcrypt/bytes";
import type { CipherSuite } from "./cipher-suite.ts";
import { decodeHeader } from "./header.ts";
import { type KeyPlace, OpeningKey, SealingKey } from "./keys.ts";
import { leafOf } from "./kid.ts";
import { SFrameError } from "./sframe-error.ts";
import type { Subtle } from "./subtle.ts";

/** How long frames of the epoch before still open. After a removal: not at all. */
export const OLD_KEYS_LIVE_MS = 2_000;
/** Others have the new epoch by then: until this the old key seals on. After a removal: not at all. */
export const OLD_KEY_SEALS_MS = 500;

export interface EpochKeys {
  readonly own: KeyPlace;
  readonly others: readonly KeyPlace[];
  /** Somebody was removed: nothing is sealed for them any more, and nothing of theirs opens. */
  readonly isRemoval: boolean;
}

interface Held {
  readonly key: OpeningKey;
  /** Which base key it was made of. */
  readonly of: string;
  /** Undefined: of the present epoch. */
  readonly untilMs?: number;
}

export class KeyRing {
  readonly #subtle: Subtle;
  readonly #suite: CipherSuite;
  readonly #clock: Clock;
  #opening: ReadonlyMap<bigint, Held> = new Map();
  #sealing: SealingKey | undefined;
  #next: { readonly key: SealingKey; readonly fromMs: number } | undefined;
  /** Every own key there ever was here: one that comes a second time goes on counting, so that no nonce is used twice. */
  readonly #own = new Map<string, SealingKey>();
  /** Grows with each change: one that was overtaken while its keys were derived is dropped. */
  #changes = 0;

  constructor(deps: { readonly subtle: Subtle; readonly suite: CipherSuite; readonly clock: Clock }) {
    this.#subtle = deps.subtle;
    this.#suite = deps.suite;
    this.#clock = deps.clock;
  }

  /** The keys of the epoch that begins, or of the same one when somebody joined or left the call: those that stay go on as they are. */
  async setKeys({ own, others, isRemoval }: EpochKeys): Promise<void> {
    this.#changes += 1;
    const change = this.#changes;
    if (isRemoval) {
      // Before anything is derived: from here on the removed neither hear nor are heard.
      this.#opening = new Map();
      this.#sealing = undefined;
      this.#next = undefined;
    }
    const made = this.#own.get(nameOf(own)) ?? (await SealingKey.create(this.#subtle, this.#suite, own));
    const held = this.#opening;
    const keys = await Promise.all(
      others.map(async (place): Promise<readonly [bigint, Held]> => {
        const of = nameOf(place);
        const before = held.get(place.kid);
        const key = before?.of === of ? before.key : await OpeningKey.create(this.#subtle, this.#suite, place);
        return [place.kid, { key, of }];
      }),
    );
    if (change !== this.#changes) return;
    const sealing = this.#own.get(nameOf(own)) ?? made;
    this.#own.set(nameOf(own), sealing);
    const nowMs = this.#clock.nowMs();
    const opening = new Map<bigint, Held>();
    for (const [kid, { untilMs = nowMs + OLD_KEYS_LIVE_MS, ...one }] of this.#opening)
      if (untilMs > nowMs) opening.set(kid, { ...one, untilMs });
    for (const [kid, one] of keys) opening.set(kid, one);
    this.#opening = opening;
    if (this.#sealing === undefined) this.#sealing = sealing;
    else if (this.#sealing !== sealing && this.#next?.key !== sealing)
      this.#next = { key: sealing, fromMs: nowMs + OLD_KEY_SEALS_MS };
  }

  /** Nothing opens or is sealed from now on. */
  clear(): void {
    this.#changes += 1;
    this.#opening = new Map();
    this.#sealing = undefined;
    this.#next = undefined;
  }

  /** @throws {SFrameError} sframe/noKey, sframe/counterSpent */
  async seal(frame: Uint8Array, metadata: Uint8Array): Promise<Uint8Array> {
    if (this.#next !== undefined && this.#clock.nowMs() >= this.#next.fromMs) {
      this.#sealing = this.#next.key;
      this.#next = undefined;
    }
    if (this.#sealing === undefined) throw new SFrameError("sframe/noKey");
    return this.#sealing.seal(frame, metadata);
  }

  /**
   * `leaf`: whose frame it has to be, where several send. Somebody else's does not open (K3).
   *
   * @throws {SFrameError}
   */
  async open(sealed: Uint8Array, metadata: Uint8Array, leaf?: number): Promise<Uint8Array> {
    const header = decodeHeader(sealed);
    if (header === undefined) throw new SFrameError("sframe/badHeader");
    if (leaf !== undefined && leafOf(header.kid) !== BigInt(leaf)) throw new SFrameError("sframe/noKey");
    const held = this.#opening.get(header.kid);
    if (held === undefined || (held.untilMs !== undefined && held.untilMs <= this.#clock.nowMs()))
      throw new SFrameError("sframe/noKey");
    return held.key.open(header, sealed, metadata);
  }
}

function nameOf({ kid, baseKey }: KeyPlace): string {
  return `${kid} ${encodeHex(baseKey)}`;
}
