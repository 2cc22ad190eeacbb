// Parts of a text that name members (spec/protocol/content.md section 9).
import { ContentError } from "./content-error.ts";
import { base64UrlField, wholeField } from "./fields.ts";
import { fieldOf, type JsonObject } from "./json-object.ts";

export interface Mention {
  /** Where it begins and how long it is, in UTF-16 code units of the text. What stands there is shown by who does not know mentions. */
  readonly at: number;
  readonly length: number;
  /** Identity id of who is meant (32 bytes). */
  readonly identity: string;
}

export const MAX_MENTIONS = 16;

/** In the order of the text, none into another. @throws {ContentError} */
export function mentionsField(object: JsonObject, text: string): { readonly mentions?: readonly Mention[] } {
  const value = fieldOf(object, "mentions");
  if (value === undefined) return {};
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_MENTIONS) throw broken();
  let end = 0;
  const mentions = value.map((item: unknown): Mention => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) throw broken();
    const fields = item as JsonObject;
    const [at, length] = [wholeField(fields, "at"), wholeField(fields, "length")];
    if (at < end || length === 0 || at + length > text.length || !text.slice(at, at + length).isWellFormed()) throw broken();
    end = at + length;
    return { at, length, identity: base64UrlField(fields, "identity", { exactBytes: 32 }) };
  });
  return { mentions };
}

function broken(): ContentError {
  return new ContentError("content/badField", "mentions");
}
