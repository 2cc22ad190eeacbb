/// <reference path="./web-globals.d.ts" />
import { DecodeError } from "./decode-error.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 bytes. A lone surrogate becomes U+FFFD, as the platform's encoder does; check with `isWellFormed` where it matters. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Strict UTF-8. A byte order mark is kept as a character.
 *
 * @throws {DecodeError} for bytes that are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new DecodeError("text: not UTF-8");
  }
}
