import { DecodeError } from "./decode-error.ts";

const DIGITS = "0123456789abcdef";

/** Lower-case hex, two digits a byte. */
export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  return text;
}

/**
 * Reads hex in either case.
 *
 * @throws {DecodeError} for an odd length or any other character.
 */
export function decodeHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new DecodeError("hex: odd length", text.length >> 1);
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (nibble(text.charCodeAt(2 * i), i) << 4) | nibble(text.charCodeAt(2 * i + 1), i);
  }
  return bytes;
}

function nibble(code: number, offset: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  throw new DecodeError("hex: not a digit", offset);
}
