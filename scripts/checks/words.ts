// Words of the web client: every key is used, every language has every key with the same blanks, and no sentence counts in forms that its
// language does not have. (That a key is there at all, the types say.)
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ar } from "../../apps/web/src/words/ar.ts";
import type { Catalogue, Plural } from "../../apps/web/src/words/catalogue.ts";
import { en } from "../../apps/web/src/words/en.ts";
import { enLater } from "../../apps/web/src/words/en-later.ts";
import { root } from "../workspaces.ts";

type Phrases = Readonly<Record<string, string | Plural>>;

const LANGUAGES: Readonly<Record<string, Catalogue>> = { en, ar };

export function checkWords(): string[] {
  const sources = globSync("apps/web/src/**/*.{ts,tsx}", { cwd: root })
    .filter((file) => !/words[/\\](en|en-first|en-later|ar)(\.ts$|[/\\])|\.test\.tsx?$/.test(file))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  const firstSight = firstSightSources();
  return [
    ...Object.keys(enLater).flatMap((key) =>
      isUsed(key, firstSight) ? [`words: ${key} is used at first sight, and loaded later`] : [],
    ),
    ...Object.keys(en).flatMap((key) => (isUsed(key, sources) ? [] : [`words: ${key} is used nowhere`])),
    ...Object.entries(LANGUAGES).flatMap(([language, catalogue]) => wrongPhrases(language, catalogue)),
  ];
}

/** What the page loads before anything is wanted: its entry with everything that is imported at once. */
function firstSightSources(): string {
  const found = new Map<string, string>();
  const waiting = [join(root, "apps/web/src/main.tsx")];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file) || /[/\\]words[/\\](en|en-first|en-later|ar)(\.ts$|[/\\])/.test(file)) continue;
    const text = readFileSync(file, "utf8");
    found.set(file, text);
    for (const [, imported = ""] of text.matchAll(/^(?:import|export) (?!type )[^;]*?"(\.[^"]+\.tsx?)";/gm))
      waiting.push(join(dirname(file), imported));
  }
  return [...found.values()].join("\n");
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
