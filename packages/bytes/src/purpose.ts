import { concatBytes } from "./combine.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * The first field of everything that is signed or hashed: uint8 length, then the purpose in ASCII, so that a value made
 * for one purpose never stands for another.
 */
export function purposeBytes(purpose: string): Uint8Array {
  if (!/^[\x20-\x7e]{1,255}$/.test(purpose)) throw new RangeError("a purpose is 1 to 255 printable ASCII characters");
  return concatBytes(Uint8Array.of(purpose.length), encodeUtf8(purpose));
}
