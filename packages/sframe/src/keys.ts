// One key for one direction: what seals never opens (RFC 9605 section 4.4.1). A base key has one sender.
import { concatBytes } from "@p2pcrypt/bytes";
import { type Aead, createAead } from "./aead.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import { encodeHeader, type Header } from "./header.ts";
import { deriveKeySalt, nonceOf } from "./key-schedule.ts";
import { ReplayWindow } from "./replay-window.ts";
import { SFrameError } from "./sframe-error.ts";
import type { Subtle } from "./subtle.ts";

const LAST_COUNTER = (1n << 64n) - 1n;

export interface KeyPlace {
  readonly kid: bigint;
  readonly baseKey: Uint8Array;
}

export class SealingKey {
  readonly kid: bigint;
  readonly #aead: Aead;
  readonly #salt: Uint8Array;
  #counter: bigint;

  private constructor(kid: bigint, aead: Aead, salt: Uint8Array, counter: bigint) {
    this.kid = kid;
    this.#aead = aead;
    this.#salt = salt;
    this.#counter = counter;
  }

  /** `counter`: of the first frame. A base key that was used before is never used again: there is a new one at each join. */
  static async create(subtle: Subtle, suite: CipherSuite, { kid, baseKey }: KeyPlace, counter = 0n): Promise<SealingKey> {
    const { key, salt } = await deriveKeySalt(subtle, suite, kid, baseKey);
    return new SealingKey(kid, await createAead(subtle, suite, key, "encrypt"), salt, counter);
  }

  /** @throws {SFrameError} sframe/counterSpent */
  async seal(frame: Uint8Array, metadata: Uint8Array): Promise<Uint8Array> {
    // Taken before anything is awaited: two frames that are sealed at once have two counters.
    const counter = this.#counter;
    if (counter > LAST_COUNTER) throw new SFrameError("sframe/counterSpent");
    this.#counter += 1n;
    const header = encodeHeader(this.kid, counter);
    const ciphertext = await this.#aead.seal(nonceOf(this.#salt, counter), concatBytes(header, metadata), frame);
    return concatBytes(header, ciphertext);
  }
}

export class OpeningKey {
  readonly #aead: Aead;
  readonly #salt: Uint8Array;
  readonly #window = new ReplayWindow();

  private constructor(aead: Aead, salt: Uint8Array) {
    this.#aead = aead;
    this.#salt = salt;
  }

  static async create(subtle: Subtle, suite: CipherSuite, { kid, baseKey }: KeyPlace): Promise<OpeningKey> {
    const { key, salt } = await deriveKeySalt(subtle, suite, kid, baseKey);
    return new OpeningKey(await createAead(subtle, suite, key, "decrypt"), salt);
  }

  /** `header` is the sealed frame's own. @throws {SFrameError} sframe/replayed, sframe/notAuthentic */
  async open(header: Header, sealed: Uint8Array, metadata: Uint8Array): Promise<Uint8Array> {
    if (!this.#window.isNew(header.counter)) throw new SFrameError("sframe/replayed");
    const associated = concatBytes(header.bytes, metadata);
    const ciphertext = sealed.slice(header.bytes.length);
    const frame = await this.#aead.open(nonceOf(this.#salt, header.counter), associated, ciphertext);
    if (frame === undefined) throw new SFrameError("sframe/notAuthentic");
    if (!this.#window.take(header.counter)) throw new SFrameError("sframe/replayed");
    return frame;
  }
}
