// Typed fields of a JSON object. Each reader throws ContentError("content/badField") naming the field.
import { decodeBase64Url, encodeUtf8 } from "@p2pcrypt/bytes";
import { type ContentId, MAX_EMOJI_BYTES } from "./content.ts";
import { ContentError } from "./content-error.ts";
import { fieldOf, type JsonObject } from "./json-object.ts";

const CONTENT_ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
/** A pictograph, two letters of a flag, or a key, with what may follow: a tone, a presentation, more joined to it, a flag's tags. */
const EMOJI =
  /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}\p{Regional_Indicator}|[0-9#*]\ufe0f?\u20e3)(?:\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic}|[\u{e0020}-\u{e007f}])*$/u;

export function isContentId(value: unknown): value is ContentId {
  return typeof value === "string" && CONTENT_ID.test(value);
}

export function contentIdField(object: JsonObject, name: string): ContentId {
  const value = fieldOf(object, name);
  if (!isContentId(value)) throw new ContentError("content/badField", name);
  return value;
}

export function optionalContentIdField(object: JsonObject, name: string): ContentId | undefined {
  return fieldOf(object, name) === undefined ? undefined : contentIdField(object, name);
}

/** 1 to `maxItems` content ids. */
export function contentIdListField(object: JsonObject, name: string, maxItems: number): readonly ContentId[] {
  const value = fieldOf(object, name);
  if (!Array.isArray(value) || value.length === 0 || value.length > maxItems) throw new ContentError("content/badField", name);
  return value.map((item: unknown) => contentIdField({ [name]: item }, name));
}

/** One symbol and nothing that is read as words. */
export function isEmoji(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= MAX_EMOJI_BYTES &&
    EMOJI.test(value) &&
    encodeUtf8(value).length <= MAX_EMOJI_BYTES
  );
}

export function emojiField(object: JsonObject, name: string): string {
  const value = fieldOf(object, name);
  if (!isEmoji(value)) throw new ContentError("content/badField", name);
  return value;
}

/** Not negative, and exact as a JSON number. */
export function wholeField(object: JsonObject, name: string): number {
  const value = fieldOf(object, name);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw new ContentError("content/badField", name);
  return value;
}

export function booleanField(object: JsonObject, name: string): boolean {
  const value = fieldOf(object, name);
  if (typeof value !== "boolean") throw new ContentError("content/badField", name);
  return value;
}

/** Text of 1 to `maxBytes` bytes of UTF-8; a lone surrogate has no bytes and is refused. */
export function textField(object: JsonObject, name: string, maxBytes: number): string {
  const value = fieldOf(object, name);
  if (typeof value !== "string" || value.length === 0 || value.length > maxBytes)
    throw new ContentError("content/badField", name);
  if (LONE_SURROGATE.test(value) || encodeUtf8(value).length > maxBytes) throw new ContentError("content/badField", name);
  return value;
}

export function choiceField<Choice extends string>(object: JsonObject, name: string, choices: readonly Choice[]): Choice {
  const value = fieldOf(object, name);
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw new ContentError("content/badField", name);
  return choice;
}

/** base64url of 1 to `maxBytes` bytes, or of exactly `exactBytes`. Kept as text: the caller decodes what it uses. */
export function base64UrlField(
  object: JsonObject,
  name: string,
  size: { readonly maxBytes: number } | { readonly exactBytes: number },
): string {
  const value = fieldOf(object, name);
  if (typeof value !== "string") throw new ContentError("content/badField", name);
  const bytes = bytesOf(value, name);
  const isRightSize = "exactBytes" in size ? bytes.length === size.exactBytes : bytes.length > 0 && bytes.length <= size.maxBytes;
  if (!isRightSize) throw new ContentError("content/badField", name);
  return value;
}

/** 1 to `maxItems` values, each as `base64UrlField` takes it. */
export function base64UrlListField(
  object: JsonObject,
  name: string,
  { maxItems, maxBytes }: { readonly maxItems: number; readonly maxBytes: number },
): readonly string[] {
  const value = fieldOf(object, name);
  if (!Array.isArray(value) || value.length === 0 || value.length > maxItems) throw new ContentError("content/badField", name);
  return value.map((item: unknown) => base64UrlField({ [name]: item }, name, { maxBytes }));
}

function bytesOf(value: string, name: string): Uint8Array {
  try {
    return decodeBase64Url(value);
  } catch (cause) {
    throw new ContentError("content/badField", name, { cause });
  }
}
