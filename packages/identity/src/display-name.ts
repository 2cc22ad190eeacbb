import { encodeUtf8 } from "@p2pcrypt/bytes";
import { IdentityError } from "./identity-error.ts";

/** Of a display name in UTF-8: in certificates, profiles and links alike. */
export const MAX_NAME_BYTES = 128;

/**
 * A name as it is stored: trimmed and in Unicode normalization form C. Line breaks and other control characters are refused, since a
 * name is shown in one line.
 *
 * @throws {IdentityError} name/empty, name/tooLong, name/controlCharacters
 */
export function parseName(text: string): string {
  const name = text.trim().normalize("NFC");
  if (name === "") throw new IdentityError("name/empty");
  if (!name.isWellFormed() || /\p{Cc}/u.test(name)) throw new IdentityError("name/controlCharacters");
  if (encodeUtf8(name).length > MAX_NAME_BYTES) throw new IdentityError("name/tooLong");
  return name;
}
