// The product's own words, so that a story says what a person reads and a changed sentence does not break it.
import { ar } from "../../apps/web/src/words/ar.ts";
import { en } from "../../apps/web/src/words/en.ts";
import { createWords, type Language, type Words } from "../../apps/web/src/words/words.ts";

export type { WordKey } from "../../apps/web/src/words/catalogue.ts";
export type { Language, Words } from "../../apps/web/src/words/words.ts";

const CATALOGUES = { en, ar };

export function wordsOf(language: Language): Words {
  return createWords(language, CATALOGUES[language]);
}
