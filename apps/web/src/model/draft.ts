// Words that are not sent yet. Kept while the tab lives, and nowhere else: a draft on the disk would lie beside the vault, not in it.

import { encodeUtf8 } from "@p2pcrypt/bytes";
import { MAX_TEXT_BYTES } from "@p2pcrypt/content";

export class Drafts {
  readonly #texts = new Map<string, string>();

  get(place: string): string {
    return this.#texts.get(place) ?? "";
  }

  set(place: string, text: string): void {
    if (text === "") this.#texts.delete(place);
    else this.#texts.set(place, text);
  }
}

/** How many characters a message is over what fits. Counted only near the limit: typing stays as fast with long texts. */
export function excessOf(text: string, maxBytes = MAX_TEXT_BYTES): number {
  if (text.length * 3 <= maxBytes) return 0;
  let bytes = encodeUtf8(text.toWellFormed()).length;
  if (bytes <= maxBytes) return 0;
  let excess = 0;
  for (const character of [...text].reverse()) {
    bytes -= encodeUtf8(character.toWellFormed()).length;
    excess += 1;
    if (bytes <= maxBytes) break;
  }
  return excess;
}

/** What goes out: without what surrounds it. Undefined when there is nothing. */
export function sendable(text: string): string | undefined {
  const trimmed = text.toWellFormed().replaceAll(/^\s*\n|\s+$/g, "");
  return trimmed === "" ? undefined : trimmed;
}
