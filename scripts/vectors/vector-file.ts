// The form of spec/vectors/*.json: byte strings in hex, times in milliseconds, numbers above 2^53 as text.
import { encodeHex } from "@p2pcrypt/bytes";

export interface VectorFile {
  /** Where the rules stand. */
  readonly spec: string;
  readonly [group: string]: unknown;
}

/** Made once: OpenPGP keys come from the platform's randomness. Everything else follows from them and from seeds. */
export interface Keys {
  /** As stored in a vault (identity.md section 3). */
  readonly ana: Uint8Array;
  readonly ben: Uint8Array;
}

export const AT_MS = Date.UTC(2026, 10, 24, 12);
export const DAY_MS = 86_400_000;

/** `size` bytes that count up from `first`. */
export function counting(first: number, size = 32): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (first + at) & 255);
}

export function toJson(file: VectorFile): string {
  return `${JSON.stringify(file, (_, value: unknown) => toJsonValue(value), 2)}\n`;
}

function toJsonValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return encodeHex(value);
  return typeof value === "bigint" ? String(value) : value;
}
