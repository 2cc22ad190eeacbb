import { DecodeError } from "./decode-error.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Two letters for each 12 bits: nodes write a lot of this. */
const PAIRS = Array.from({ length: 4096 }, (_, bits) => ALPHABET.charAt(bits >> 6) + ALPHABET.charAt(bits & 63));

/** base64url without padding (RFC 4648 section 5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  const left = bytes.length % 3;
  const whole = bytes.length - left;
  let text = "";
  for (let i = 0; i < whole; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += (PAIRS[group >> 12] ?? "") + (PAIRS[group & 4095] ?? "");
  }
  if (left === 0) return text;
  const group = ((bytes[whole] ?? 0) << 16) | ((bytes[whole + 1] ?? 0) << 8);
  return text + (PAIRS[group >> 12] ?? "") + (left === 2 ? ALPHABET.charAt((group >> 6) & 63) : "");
}

/**
 * Reads base64url without padding. Canonical only: unused trailing bits are zero, so two texts never mean the same bytes.
 *
 * @throws {DecodeError} for any other character, length or trailing bits.
 */
export function decodeBase64Url(text: string): Uint8Array {
  const rest = text.length % 4;
  if (rest === 1) throw new DecodeError("base64url: impossible length", text.length);
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let i = 0;
  // Four letters at a time, up to the first that is none: nodes read a lot of this.
  for (const whole = text.length - rest; i < whole; i += 4) {
    const group = (valueAt(text, i) << 18) | (valueAt(text, i + 1) << 12) | (valueAt(text, i + 2) << 6) | valueAt(text, i + 3);
    if (group < 0) break;
    bytes[at++] = group >> 16;
    bytes[at++] = group >> 8;
    bytes[at++] = group;
  }
  let bits = 0;
  let held = 0;
  for (; i < text.length; i++) {
    const value = valueAt(text, i);
    if (value < 0) throw new DecodeError("base64url: not in the alphabet", at);
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 255;
    }
  }
  if ((bits & ((1 << held) - 1)) !== 0) throw new DecodeError("base64url: trailing bits", at);
  return bytes;
}

/** -1 for a letter that is not in the alphabet. */
function valueAt(text: string, i: number): number {
  return VALUES[text.charCodeAt(i)] ?? -1;
}
