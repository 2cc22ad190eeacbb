// The keys of a call: the own one that seals, and those of the others. They change with the epochs of the conversation
// (spec/protocol/call.md section 5).
import type { Clock } from "@p2pcrypt/bytes";
import type { CipherSuite } from "./cipher-suite.ts";
import { decodeHeader } from "./header.ts";
import { type KeyPlace, OpeningKey, SealingKey } from "./keys.ts";
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
  /** Grows with each change: one that was overtaken while its keys were derived is dropped. */
  #changes = 0;

  constructor(deps: { readonly subtle: Subtle; readonly suite: CipherSuite; readonly clock: Clock }) {
    this.#subtle = deps.subtle;
    this.#suite = deps.suite;
    this.#clock = deps.clock;
  }

  /** The keys of the epoch that begins. */
  async setKeys({ own, others, isRemoval }: EpochKeys): Promise<void> {
    this.#changes += 1;
    const change = this.#changes;
    if (isRemoval) {
      // Before anything is derived: from here on the removed neither hear nor are heard.
      this.#opening = new Map();
      this.#sealing = undefined;
      this.#next = undefined;
    }
    const sealing = await SealingKey.create(this.#subtle, this.#suite, own);
    const keys = await Promise.all(
      others.map(async (place) => [place.kid, await OpeningKey.create(this.#subtle, this.#suite, place)] as const),
    );
    if (change !== this.#changes) return;
    const nowMs = this.#clock.nowMs();
    const opening = new Map<bigint, Held>();
    for (const [kid, { key, untilMs = nowMs + OLD_KEYS_LIVE_MS }] of this.#opening)
      if (untilMs > nowMs) opening.set(kid, { key, untilMs });
    for (const [kid, key] of keys) opening.set(kid, { key });
    this.#opening = opening;
    if (this.#sealing === undefined) this.#sealing = sealing;
    else this.#next = { key: sealing, fromMs: nowMs + OLD_KEY_SEALS_MS };
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

  /** @throws {SFrameError} */
  async open(sealed: Uint8Array, metadata: Uint8Array): Promise<Uint8Array> {
    const header = decodeHeader(sealed);
    if (header === undefined) throw new SFrameError("sframe/badHeader");
    const held = this.#opening.get(header.kid);
    if (held === undefined || (held.untilMs !== undefined && held.untilMs <= this.#clock.nowMs()))
      throw new SFrameError("sframe/noKey");
    return held.key.open(header, sealed, metadata);
  }
}
