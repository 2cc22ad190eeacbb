// Text as it is compared when something is looked for: without case, without diacritics, in one form of each letter, and with one space
// between words. Written as people search: "Zoe" finds "Zoë", "strasse" finds "Straße", "احمد" finds "أحمد".

/** Latin, Greek and Cyrillic accents, points of Hebrew, vowels of Arabic and its tatweel. Signs of other scripts are letters there. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]/g;
/** Letters that no decomposition makes equal and that people do not tell apart when they search. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  þ: "th",
  ı: "i",
  ς: "σ",
  ٱ: "ا",
  ى: "ي",
  ی: "ي",
  ک: "ك",
  ة: "ه",
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
/** Digits as Arabic and Persian write them. */
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
/** Belongs to the word that it stands in. */
const APOSTROPHES = /['\u2019\u02bc]/g;
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]+/gu;
const PLAIN = /^\p{ASCII}*$/u;
/** Scripts that write no space between words: every place in them may begin one. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export function folded(text: string): string {
  return lettersOf(text).replace(BETWEEN_WORDS, " ").trim();
}

function lettersOf(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase().replaceAll("'", "");
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(MARKS, "")
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter)
    .replace(DIGITS, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
    .replace(APOSTROPHES, "")
    .normalize("NFC");
}

/** What is looked for: each of these must be there. What stands in quotation marks stays together. */
export function termsOf(words: string): readonly string[] {
  const terms = words.split(/["“”«»„]/u).flatMap((part, at) => (at % 2 === 1 ? [folded(part)] : folded(part).split(" ")));
  return [...new Set(terms.filter((term) => term !== ""))];
}

export function isUnspaced(character: string): boolean {
  return UNSPACED.test(character);
}

export interface Excerpt {
  readonly text: string;
  /** Places of what was found, in order: from, until. */
  readonly marks: readonly (readonly [from: number, until: number])[];
}

const MAX_LOOKED_AT = 8_000;
const BEFORE = 40;
const EXCERPT = 200;

/** The part of a text that shows why it was found. */
export function excerptOf(text: string, terms: readonly string[]): Excerpt {
  const { letters, places } = withPlaces(text.slice(0, MAX_LOOKED_AT));
  const found = terms.flatMap((term) =>
    placesOf(letters, term).map((at) => [places[at] ?? 0, places[at + term.length] ?? 0] as const),
  );
  found.sort((a, b) => a[0] - b[0]);
  const first = found[0]?.[0] ?? 0;
  const from = startOf(text, first);
  const shown = [...text.slice(from, from + EXCERPT * 2)].slice(0, EXCERPT).join("");
  const before = from > 0 ? "…" : "";
  const after = from + shown.length < text.length ? "…" : "";
  const moved = found.map(([one, other]) => [one - from + before.length, other - from + before.length] as const);
  const end = before.length + shown.length;
  return { text: `${before}${shown}${after}`, marks: apart(moved.filter(([, until]) => until <= end)) };
}

/** A little before the place, at the beginning of a word. */
function startOf(text: string, place: number): number {
  if (place <= BEFORE) return 0;
  const space = text.slice(place - BEFORE, place).search(/\s/);
  const start = space === -1 ? place - BEFORE / 2 : place - BEFORE + space + 1;
  const isHalf = /[\udc00-\udfff]/.test(text.charAt(start));
  return isHalf ? start - 1 : start;
}

function placesOf(letters: string, term: string): readonly number[] {
  const places: number[] = [];
  for (let at = letters.indexOf(term); at !== -1; at = letters.indexOf(term, at + term.length)) places.push(at);
  return places;
}

/** Of marks that overlap, the first. */
function apart(marks: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  let end = 0;
  return marks.filter(([from, until]) => {
    if (from < end || until <= from) return false;
    end = until;
    return true;
  });
}

/** Folded character by character, with where each came from. The last place is the end. */
function withPlaces(text: string): { readonly letters: string; readonly places: readonly number[] } {
  let letters = "";
  const places: number[] = [];
  let at = 0;
  for (const character of text) {
    const own = lettersOf(character).replace(BETWEEN_WORDS, " ");
    if (own !== " " || !letters.endsWith(" ")) {
      letters += own;
      for (let i = 0; i < own.length; i++) places.push(at);
    }
    at += character.length;
  }
  places.push(at);
  return { letters, places };
}
