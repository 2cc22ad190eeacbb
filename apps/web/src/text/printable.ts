// Names and messages come from strangers. What is shown of them has no control characters, cannot turn the direction of the words around
// it, and has an end (I13).

/** Controls, bidi controls, zero-width and other invisible format characters. Joiners stay where scripts need them. */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\p{Co}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]/gu;
const INVISIBLE_BUT_BREAKS =
  /[^\P{Cc}\n\t]|[\p{Cs}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u206F\uFEFF\uFFF9-\uFFFB]/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const LEFT_TO_RIGHT = /(?![\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}])\p{L}/u;
const MAX_NAME_CHARACTERS = 64;
const MAX_MARKS_IN_A_ROW = /(\p{M}{4})\p{M}+/gu;

export type Direction = "ltr" | "rtl";

/** One line, at most 64 characters, nothing invisible. Empty when nothing is left. */
export function shownName(name: string): string {
  // 5 KiB of marks on one letter are one character to a person, and a tower over the line to everybody else.
  const clean = name
    .slice(0, 2_000)
    .normalize("NFC")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(INVISIBLE, "")
    .replaceAll(MAX_MARKS_IN_A_ROW, "$1")
    .trim();
  const characters = [...clean];
  return characters.length <= MAX_NAME_CHARACTERS ? clean : `${characters.slice(0, MAX_NAME_CHARACTERS - 1).join("")}…`;
}

/** Whether a name holds characters that are not shown. */
export function hasHiddenCharacters(name: string): boolean {
  return name.search(INVISIBLE) !== -1;
}

/** A message: lines stay, what steers a terminal or the direction of text goes. */
export function shownText(text: string): string {
  return text.replaceAll(INVISIBLE_BUT_BREAKS, "").replaceAll(MAX_MARKS_IN_A_ROW, "$1");
}

/** For a value inside a sentence: kept apart from it by isolates where its direction differs. */
export function isolated(value: string, around: Direction): string {
  const clean = value.replaceAll(INVISIBLE_BUT_BREAKS, "");
  const other = around === "ltr" ? RIGHT_TO_LEFT : LEFT_TO_RIGHT;
  return other.test(clean) ? `\u2068${clean}\u2069` : clean;
}

/** Up to two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = shownName(name)
    .split(" ")
    .filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last].map((word) => (word === undefined ? "" : ([...word][0] ?? "").toLocaleUpperCase())).join("");
}
