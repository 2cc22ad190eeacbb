import { DecodeError } from "./decode-error.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Reads big-endian fields in order. Every method throws DecodeError, naming the field, when bytes are missing or out of bounds. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(what: string): number {
    return this.#uint(1, what);
  }

  u16(what: string): number {
    return this.#uint(2, what);
  }

  u24(what: string): number {
    return this.#uint(3, what);
  }

  u32(what: string): number {
    return this.#uint(4, what);
  }

  u64(what: string): bigint {
    const high = BigInt(this.#uint(4, what));
    return (high << 32n) | BigInt(this.#uint(4, what));
  }

  /** A uint64 that must be a safe integer: times in ms, sequence numbers, sizes. */
  safeU64(what: string): number {
    const start = this.#offset;
    const value = this.u64(what);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new DecodeError(`${what}: out of range`, start);
    return Number(value);
  }

  /** A copy, so that the result does not keep the whole input alive. */
  take(size: number, what: string): Uint8Array {
    if (size > this.remaining) throw new DecodeError(`${what}: ${size} bytes wanted`, this.#offset);
    const slice = this.#bytes.slice(this.#offset, this.#offset + size);
    this.#offset += size;
    return slice;
  }

  opaque8(what: string, maxBytes = 0xff): Uint8Array {
    return this.#opaque(1, what, maxBytes);
  }

  opaque16(what: string, maxBytes = 0xffff): Uint8Array {
    return this.#opaque(2, what, maxBytes);
  }

  opaque24(what: string, maxBytes = 0xffffff): Uint8Array {
    return this.#opaque(3, what, maxBytes);
  }

  opaque32(what: string, maxBytes = 0xffffffff): Uint8Array {
    return this.#opaque(4, what, maxBytes);
  }

  /** UTF-8 with a one-byte length. */
  text8(what: string, maxBytes = 0xff): string {
    return decodeUtf8(this.opaque8(what, maxBytes));
  }

  /** UTF-8 with a two-byte length. */
  text16(what: string, maxBytes = 0xffff): string {
    return decodeUtf8(this.opaque16(what, maxBytes));
  }

  bool(what: string): boolean {
    const value = this.u8(what);
    if (value > 1) throw new DecodeError(`${what}: neither 0 nor 1`, this.#offset - 1);
    return value === 1;
  }

  /** Refuses what is left over: two byte strings must never mean the same value. */
  end(what: string): void {
    if (this.remaining !== 0) throw new DecodeError(`${what}: trailing bytes`, this.#offset);
  }

  #opaque(lengthBytes: 1 | 2 | 3 | 4, what: string, maxBytes: number): Uint8Array {
    const start = this.#offset;
    const size = this.#uint(lengthBytes, what);
    if (size > maxBytes) throw new DecodeError(`${what}: longer than ${maxBytes} bytes`, start);
    return this.take(size, what);
  }

  #uint(size: 1 | 2 | 3 | 4, what: string): number {
    if (size > this.remaining) throw new DecodeError(`${what}: ${size} bytes wanted`, this.#offset);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.#bytes[this.#offset + i] ?? 0);
    this.#offset += size;
    return value;
  }
}
