// Sees every AEAD sealing of a world and every frame that travels: no (key, nonce) pair may leave a process with two plaintexts. (A crash
// between sealing and storing may seal again under the same pair; then the first ciphertext must never have left.)
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, encodeBase64Url, encodeHex } from "@p2pcrypt/bytes";
import type { SessionCrypto } from "@p2pcrypt/session";

const SAMPLE_BYTES = 24;

export class NonceWatch {
  readonly #sealed = new Map<string, Uint8Array>();
  /** Pairs that were used with more than one plaintext. */
  readonly #repeated: (readonly [Uint8Array, Uint8Array])[] = [];
  readonly #frames: string[] = [];
  /** Words that must never travel. */
  readonly canaries: string[] = [];
  readonly leaks: string[] = [];

  watching(crypto: SessionCrypto): SessionCrypto {
    return {
      ...crypto,
      seal: (key, nonce, associated, plaintext) => {
        const sealed = crypto.seal(key, nonce, associated, plaintext);
        if (sealed instanceof Promise) throw new TypeError("the suite of a world answers at once");
        this.#note(encodeHex(sha256(concatBytes(key, nonce))), sealed);
        return sealed;
      },
    };
  }

  travelled(text: string): void {
    for (const canary of this.canaries) if (text.includes(canary)) this.leaks.push(canary);
    this.#frames.push(text);
  }

  /** Pairs of which two ciphertexts left. */
  violations(): number {
    const travelled = (sealed: Uint8Array): boolean => {
      // The end, which holds the tag. Base64 of the same bytes looks different at each of three offsets: look for all.
      const samples = [0, 1, 2].map((offset) =>
        encodeBase64Url(sealed.slice(sealed.length - SAMPLE_BYTES - offset, sealed.length - offset)),
      );
      return this.#frames.some((frame) => samples.some((sample) => frame.includes(sample)));
    };
    return this.#repeated.filter(([a, b]) => travelled(a) && travelled(b)).length;
  }

  #note(pair: string, sealed: Uint8Array): void {
    const known = this.#sealed.get(pair);
    if (known === undefined) this.#sealed.set(pair, sealed);
    else if (encodeHex(known) !== encodeHex(sealed)) this.#repeated.push([known, sealed]);
  }
}
