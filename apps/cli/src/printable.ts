// Names and messages come from others: nothing in them may command the terminal (C1). Control characters, and those that change the
// direction or hide, are shown by their number. Joiners inside emoji stay.
const DANGEROUS =
  /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** One line. A line break becomes a visible mark. */
export function printable(text: string): string {
  return text
    .replaceAll(/\r?\n/g, " ⏎ ")
    .replace(DANGEROUS, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
