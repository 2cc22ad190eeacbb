// One run's keys: each side seals what it says, in order, once. What comes twice or out of turn opens nothing.
import { gcm } from "@noble/ciphers/aes.js";
import { ByteWriter, concatBytes, DecodeError } from "@p2pcrypt/bytes";
import type { LinkingKeys } from "@p2pcrypt/identity";
import {
  decodeLinkingMessage,
  encodeLinkingMessage,
  type LinkingMessage,
  type LinkingRecord,
  type Side,
  sealedHead,
} from "./linking-record.ts";

export class LinkingSeal {
  readonly #keys: LinkingKeys;
  readonly #side: Side;
  readonly #run: Uint8Array;
  #sent = 0;
  #received = 0;

  constructor(keys: LinkingKeys, side: Side, run: Uint8Array) {
    this.#keys = keys;
    this.#side = side;
    this.#run = run;
  }

  /** The next record of this side. */
  seal(message: LinkingMessage): Uint8Array {
    const number = this.#sent;
    this.#sent += 1;
    const associated = sealedHead(this.#side, this.#run, number);
    const sealed = gcm(this.#keys[this.#side], nonceOf(number), associated).encrypt(encodeLinkingMessage(message));
    return concatBytes(associated, sealed);
  }

  /**
   * What the other side said.
   *
   * @returns `repeated` for a record that was read before, or is not the next one; `forged` for one that their key did not seal.
   */
  open(body: LinkingRecord["body"] & { readonly kind: "sealed" }): LinkingMessage | "repeated" | "forged" {
    if (body.number !== this.#received) return "repeated";
    const side: Side = this.#side === "joining" ? "offering" : "joining";
    let plaintext: Uint8Array;
    try {
      plaintext = gcm(this.#keys[side], nonceOf(body.number), body.associated).decrypt(body.ciphertext);
    } catch {
      // The cipher says no more than that it does not open.
      return "forged";
    }
    this.#received += 1;
    try {
      return decodeLinkingMessage(plaintext);
    } catch (error) {
      if (error instanceof DecodeError) return "forged";
      throw error;
    }
  }
}

/** Each key seals a number once. */
function nonceOf(number: number): Uint8Array {
  return new ByteWriter().u64(0).u32(number).finish();
}
