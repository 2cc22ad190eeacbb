// What a person calls a device, cut to what is passed on.
import { encodeUtf8 } from "@p2pcrypt/bytes";

export const MAX_DEVICE_NAME_BYTES = 64;

/** Whole characters that fit. */
export function shortName(name: string): string {
  let short = "";
  for (const character of name.trim()) {
    if (encodeUtf8(short + character).length > MAX_DEVICE_NAME_BYTES) break;
    short += character;
  }
  return short;
}
