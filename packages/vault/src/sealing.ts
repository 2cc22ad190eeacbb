// How values and names of a vault are hidden (spec/protocol/vault.md section 3): each batch seals under a fresh subkey, each value is
// bound to its vault, store, name and batch, and names are keyed hashes.
import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader, ByteWriter, concatBytes, DecodeError, purposeBytes, type RandomBytes } from "@p2pcrypt/bytes";
import { VaultError } from "./vault-error.ts";

const SALT_BYTES = 24;
const BATCH_INFO = purposeBytes("p2pcrypt vault batch");
const NAMES_INFO = purposeBytes("p2pcrypt vault names");
const VALUE_PURPOSE = purposeBytes("p2pcrypt vault value");

/** A value's place: what it is bound to. */
export interface Place {
  readonly store: string;
  readonly name: string;
  /** Page of a collection, or 0. */
  readonly page: number;
}

export class Sealing {
  readonly #vaultId: Uint8Array;
  readonly #dataKey: Uint8Array;
  readonly #namesKey: Uint8Array;
  readonly #random: RandomBytes;

  constructor(vaultId: Uint8Array, dataKey: Uint8Array, random: RandomBytes) {
    this.#vaultId = vaultId;
    this.#dataKey = dataKey.slice();
    this.#namesKey = hkdf(sha256, dataKey, vaultId, NAMES_INFO, 32);
    this.#random = random;
  }

  /** 32 bytes. */
  hideName(store: string, name: string): Uint8Array {
    return hmac(sha256, this.#namesKey, new ByteWriter().text8(store).text16(name).finish());
  }

  /** Seals the values of one batch: one fresh subkey, nonces count up. */
  batch(number: number): (place: Place, value: Uint8Array) => Uint8Array {
    const salt = this.#random(SALT_BYTES);
    const key = this.#subkey(salt);
    let index = 0;
    // struct { uint8 version = 1; uint64 batch; opaque salt[24]; uint32 index; opaque sealed<rest>; } Value;
    return (place, value) => {
      const nonce = nonceOf(index);
      const head = new ByteWriter().u8(1).u64(number).bytes(salt).u32(index).finish();
      index += 1;
      return concatBytes(head, gcm(key, nonce, this.#aad(place, number)).encrypt(value));
    };
  }

  /** @throws {VaultError} vault/damaged: altered, moved from another name or vault, or cut off. */
  open(place: Place, bytes: Uint8Array): Uint8Array {
    try {
      const reader = new ByteReader(bytes);
      if (reader.u8("Value.version") !== 1) throw new VaultError({ code: "vault/damaged" });
      const batch = reader.safeU64("Value.batch");
      const key = this.#subkey(reader.take(SALT_BYTES, "Value.salt"));
      const nonce = nonceOf(reader.u32("Value.index"));
      return gcm(key, nonce, this.#aad(place, batch)).decrypt(bytes.subarray(reader.offset));
    } catch (cause) {
      if (cause instanceof DecodeError || cause instanceof Error) throw new VaultError({ code: "vault/damaged" }, { cause });
      throw cause;
    }
  }

  /** Overwrites the keys. What was derived from them elsewhere is the garbage collector's. */
  wipe(): void {
    this.#dataKey.fill(0);
    this.#namesKey.fill(0);
  }

  #subkey(salt: Uint8Array): Uint8Array {
    return hkdf(sha256, this.#dataKey, salt, BATCH_INFO, 32);
  }

  #aad({ store, name, page }: Place, batch: number): Uint8Array {
    return new ByteWriter()
      .bytes(VALUE_PURPOSE)
      .fixed(this.#vaultId, 16, "vaultId")
      .text8(store)
      .text16(name)
      .u64(page)
      .u64(batch)
      .finish();
  }
}

function nonceOf(index: number): Uint8Array {
  return new ByteWriter().u64(0).u32(index).finish();
}
