// Words of the web client: every key is used, every language has every key with the same blanks, and no sentence counts in forms that its
// language does not have. (That a key is there at all, the types say.)
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ar } from "../../apps/web/src/words/ar.ts";
import type { Catalogue, Plural } from "../../apps/web/src/words/catalogue.ts";
import { en } from "../../apps/web/src/words/en.ts";
import { root } from "../workspaces.ts";

type Phrases = Readonly<Record<string, string | Plural>>;

const LANGUAGES: Readonly<Record<string, Catalogue>> = { en, ar };

export function checkWords(): string[] {
  const sources = globSync("apps/web/src/**/*.{ts,tsx}", { cwd: root })
    .filter((file) => !/words[/\\](en|ar)\.ts$|\.test\.tsx?$/.test(file))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  return [
    ...Object.keys(en).flatMap((key) => (isUsed(key, sources) ? [] : [`words: ${key} is used nowhere`])),
    ...Object.entries(LANGUAGES).flatMap(([language, catalogue]) => wrongPhrases(language, catalogue)),
  ];
}

/** By its whole name, or by a template whose fixed beginning it has: `trust.${mark}`. */
function isUsed(key: string, sources: string): boolean {
  if (sources.includes(`"${key}"`)) return true;
  const ends = [...key.matchAll(/[./]/g)].map(({ index }) => index + 1);
  return ends.some((end) => sources.includes(`\`${key.slice(0, end)}\${`));
}

function wrongPhrases(language: string, catalogue: Phrases): string[] {
  const english: Phrases = en;
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return Object.entries(catalogue).flatMap(([key, phrase]) => {
    const wanted = blanksOf(english[key] ?? "");
    const given = blanksOf(phrase);
    const lost = [...wanted, ...given].filter((blank) => wanted.has(blank) !== given.has(blank));
    const uncounted = typeof phrase === "string" ? [] : forms.filter((form) => phrase[form] === undefined);
    return [
      ...lost.map((blank) => `words: ${language} ${key} and English differ in {{${blank}}}`),
      ...uncounted.map((form) => `words: ${language} ${key} lacks the form ${form}`),
    ];
  });
}

function blanksOf(phrase: string | Plural): ReadonlySet<string> {
  const text = typeof phrase === "string" ? phrase : Object.values(phrase).join(" ");
  return new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, blank = ""]) => blank));
}
