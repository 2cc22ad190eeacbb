// Bytes of a stranger → one JSON object within limits. Depth and fields are counted on the text, before any object exists.
import { decodeUtf8 } from "@p2pcrypt/bytes";
import { MAX_CONTENT_DEPTH, MAX_CONTENT_FIELDS } from "./content.ts";
import { ContentError } from "./content-error.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws {ContentError} for anything but one JSON object within the limits. */
export function parseJsonObject(bytes: Uint8Array, maxBytes: number): JsonObject {
  if (bytes.length > maxBytes) throw new ContentError("content/tooLarge");
  const text = textOf(bytes);
  assertShape(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ContentError("content/notJson", undefined, { cause });
  }
  if (!isJsonObject(value)) throw new ContentError("content/notJson");
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw new ContentError("content/notUtf8", undefined, { cause });
  }
}

/** Counts every separator outside strings: arrays are bounded by the same number as fields. */
function assertShape(text: string): void {
  let depth = 0;
  let fields = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at += 1;
      else if (character === '"') isInString = false;
      continue;
    }
    if (character === '"') isInString = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else if (character === "," || character === ":") fields += 1;
    if (depth > MAX_CONTENT_DEPTH) throw new ContentError("content/tooDeep");
    if (fields > 2 * MAX_CONTENT_FIELDS) throw new ContentError("content/tooManyFields");
  }
}

/** The value of an own field; inherited names (`constructor`, `__proto__`) are never read. */
export function fieldOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
