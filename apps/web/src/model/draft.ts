// Words that are not sent yet: in the vault a moment after they were written, so that they outlive the tab.

import { encodeUtf8 } from "@p2pcrypt/bytes";
import { MAX_TEXT_BYTES } from "@p2pcrypt/content";

export interface DraftsDeps {
  readonly stored: (place: string) => string | undefined;
  readonly keep: (place: string, text: string) => Promise<void>;
  /** @returns how to stop. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

/** Each letter is not worth a write. */
const KEPT_AFTER_MS = 700;

export class Drafts {
  readonly #deps: DraftsDeps;
  readonly #texts = new Map<string, string>();
  readonly #waiting = new Map<string, () => void>();

  constructor(deps: DraftsDeps) {
    this.#deps = deps;
  }

  get(place: string): string {
    return this.#texts.get(place) ?? this.#deps.stored(place) ?? "";
  }

  set(place: string, text: string): void {
    this.#texts.set(place, text);
    this.#waiting.get(place)?.();
    // What is sent is no draft any more, at once.
    if (text === "") this.#keep(place);
    else
      this.#waiting.set(
        place,
        this.#deps.after(KEPT_AFTER_MS, () => this.#keep(place)),
      );
  }

  /** Stores what waits. */
  flush(): void {
    for (const place of [...this.#waiting.keys()]) this.#keep(place);
  }

  #keep(place: string): void {
    this.#waiting.get(place)?.();
    this.#waiting.delete(place);
    // A conversation that is gone, or a tab that was taken over, keeps no drafts.
    this.#deps.keep(place, this.#texts.get(place) ?? "").catch(() => undefined);
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
