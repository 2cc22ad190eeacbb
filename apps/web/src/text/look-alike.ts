// Names that look like another name (I13): letters of several scripts in one word, or letters of another script that look Latin.
// A hint, not a proof: the fingerprint is what tells two people apart.
import { hasHiddenCharacters, shownName } from "./printable.ts";

export type NameHint = "hiddenCharacters" | "mixedScripts" | "looksLatin";

const SCRIPTS = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Armenian",
  "Hebrew",
  "Arabic",
  "Georgian",
  "Cherokee",
  "Devanagari",
  "Thai",
] as const;
const OF_SCRIPT = SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, "u")] as const);

/** Letters of other scripts, by the Latin letters that they look like. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  ...pairs("аеорсухіјѕһԁԛԝѵҽɡ", "aeopcyxijshdqwveg"),
  ...pairs("АВЕКМНОРСТУХІЈЅԌԚԜ", "ABEKMHOPCTYXIJSGQW"),
  ...pairs("αοονικρτυχγ", "aoovikptuxy"),
  ...pairs("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
  ...pairs("օոսցհ", "onugh"),
  ...pairs("ΙΙ", "II"),
};

export function nameHintOf(name: string): NameHint | undefined {
  if (hasHiddenCharacters(name)) return "hiddenCharacters";
  const words = shownName(name)
    .split(/[^\p{L}\p{M}]+/u)
    .filter((word) => word !== "");
  if (words.some((word) => scriptsIn(word).length > 1)) return "mixedScripts";
  return words.some(looksLatin) ? "looksLatin" : undefined;
}

/** Equal for names that a person could take for each other. */
export function skeletonOf(name: string): string {
  const letters = [...shownName(name).normalize("NFKD").replaceAll(/\p{M}/gu, "")].map((letter) => LOOKS_LIKE[letter] ?? letter);
  return letters
    .join("")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "")
    .replaceAll("0", "o")
    .replaceAll(/[1li|]/g, "l");
}

function scriptsIn(word: string): readonly string[] {
  return OF_SCRIPT.flatMap(([script, letters]) => (letters.test(word) ? [script] : []));
}

/** Every letter is from elsewhere and has a Latin twin. */
function looksLatin(word: string): boolean {
  return [...word].every((letter) => LOOKS_LIKE[letter] !== undefined);
}

function pairs(from: string, to: string): Record<string, string> {
  const targets = [...to];
  return Object.fromEntries([...from].map((letter, at) => [letter, targets[at] ?? letter]));
}
