import { encodeUtf8 } from "./utf8.ts";

/** Writes big-endian fields in order. Every method throws RangeError for a value that does not fit its field. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #size = 0;

  u8(value: number): this {
    return this.#uint(value, 1);
  }

  u16(value: number): this {
    return this.#uint(value, 2);
  }

  u24(value: number): this {
    return this.#uint(value, 3);
  }

  u32(value: number): this {
    return this.#uint(value, 4);
  }

  u64(value: bigint | number): this {
    const whole = BigInt(value);
    if (whole < 0n || whole > 0xffffffffffffffffn) throw new RangeError("uint64 out of range");
    return this.#uint(Number(whole >> 32n), 4).#uint(Number(whole & 0xffffffffn), 4);
  }

  bool(value: boolean): this {
    return this.#uint(value ? 1 : 0, 1);
  }

  bytes(value: Uint8Array): this {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#size);
    this.#size += value.length;
    return this;
  }

  /** Bytes of a fixed length, which is checked. */
  fixed(value: Uint8Array, size: number, what: string): this {
    if (value.length !== size) throw new RangeError(`${what}: ${size} bytes wanted, ${value.length} given`);
    return this.bytes(value);
  }

  opaque8(value: Uint8Array): this {
    return this.#uint(value.length, 1).bytes(value);
  }

  opaque16(value: Uint8Array): this {
    return this.#uint(value.length, 2).bytes(value);
  }

  opaque24(value: Uint8Array): this {
    return this.#uint(value.length, 3).bytes(value);
  }

  opaque32(value: Uint8Array): this {
    return this.#uint(value.length, 4).bytes(value);
  }

  text8(value: string): this {
    return this.opaque8(encodeUtf8(value));
  }

  text16(value: string): this {
    return this.opaque16(encodeUtf8(value));
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #uint(value: number, size: 1 | 2 | 3 | 4): this {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** size) throw new RangeError(`uint${8 * size} out of range`);
    this.#reserve(size);
    for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) this.#bytes[this.#size + i] = rest % 256;
    this.#size += size;
    return this;
  }

  #reserve(size: number): void {
    const wanted = this.#size + size;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }
}
