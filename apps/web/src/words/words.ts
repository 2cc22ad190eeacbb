// The words of one language, and its numbers, dates and direction. Everything a person reads passes through here.
import i18next, { type i18n } from "i18next";
import { type Direction, isolated } from "../text/printable.ts";
import type { Catalogue, Plural, ValuesOf, WordKey } from "./catalogue.ts";
import { enFirst } from "./en-first.ts";

export type Language = "en" | "ar";

/** How each language calls itself, and which way it runs. */
export const LANGUAGES: Readonly<Record<Language, { readonly name: string; readonly direction: Direction }>> = {
  en: { name: "English", direction: "ltr" },
  ar: { name: "العربية", direction: "rtl" },
};

/** What i18next calls it when nothing else is said. */
const NAMESPACE = "translation";

type Values<Key extends WordKey> = [ValuesOf<Key>] extends [never]
  ? readonly []
  : readonly [values: { readonly [Name in ValuesOf<Key>]: Name extends "count" ? number : string }];

export interface Words {
  readonly language: Language;
  readonly direction: Direction;
  /** Values are cleaned and kept apart from the sentence around them: they may come from strangers. */
  t<Key extends WordKey>(key: Key, ...values: Values<Key>): string;
  number(value: number): string;
  bytes(value: number): string;
  /** 3 May, with the year when it is not this one. */
  date(atMs: number, nowMs: number): string;
  /** 14:05 */
  time(atMs: number): string;
  /** How long something takes: 1:05 */
  clock(durationMs: number): string;
  /** Wednesday, 3 May */
  day(atMs: number, nowMs: number): string;
}

/** The language to begin with. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [primary = ""] = tag.toLowerCase().split("-");
    if (isLanguage(primary)) return primary;
  }
  return "en";
}

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}

/** Of English, the words of the first sight; other languages are fetched whole. */
export async function loadWords(language: Language): Promise<Words> {
  switch (language) {
    case "en":
      return inEnglish().words;
    case "ar":
      return createWords("ar", (await import("./ar.ts")).ar);
  }
}

/** The rest of English. Whatever is shown with these words waits for them (views/later.ts). */
export function loadLaterWords(): Promise<void> {
  laterWords ??= import("./en-later.ts").then(
    ({ enLater }) => inEnglish().learn(enLater),
    (error: unknown) => {
      laterWords = undefined; // asked for again when it is needed
      throw error;
    },
  );
  return laterWords;
}

let english: Speech | undefined;
let laterWords: Promise<void> | undefined;

function inEnglish(): Speech {
  english ??= speech("en", enFirst);
  return english;
}

export function createWords(language: Language, catalogue: Catalogue): Words {
  return speech(language, catalogue).words;
}

type Phrases = Readonly<Record<string, string | Plural>>;

interface Speech {
  readonly words: Words;
  readonly learn: (phrases: Phrases) => void;
}

function speech(language: Language, phrases: Phrases): Speech {
  const { direction } = LANGUAGES[language];
  const engine = engineOf(language, phrases, direction);
  const numbers = new Intl.NumberFormat(language);
  const twoDigits = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });
  const times = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const datesWithYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
  const days = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const daysWithYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
  const say = (key: string, values: Readonly<Record<string, string | number>> = {}): string => {
    const { count } = values;
    const options: Record<string, unknown> = typeof count === "number" ? { ...values, n: numbers.format(count) } : { ...values };
    return engine.t(key, options);
  };
  const words: Words = {
    language,
    direction,
    t: (key, ...given) => say(key, given[0]),
    number: (value) => numbers.format(value),
    bytes: (value) => bytesIn(language, value),
    date: (atMs, nowMs) => (isSameYear(atMs, nowMs) ? dates : datesWithYear).format(atMs),
    time: (atMs) => times.format(atMs),
    clock: (durationMs) => {
      const seconds = Math.floor(durationMs / 1_000);
      return `${numbers.format(Math.floor(seconds / 60))}:${twoDigits.format(seconds % 60)}`;
    },
    day: (atMs, nowMs) => (isSameYear(atMs, nowMs) ? days : daysWithYear).format(atMs),
  };
  return { words, learn: (learned) => void engine.addResources(language, NAMESPACE, flat(learned)) };
}

function engineOf(language: Language, phrases: Phrases, direction: Direction): i18n {
  const engine = i18next.createInstance();
  void engine.init({
    lng: language,
    fallbackLng: false,
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    resources: { [language]: { [NAMESPACE]: flat(phrases) } },
    interpolation: { escapeValue: true, escape: (value: string) => isolated(value, direction), skipOnVariables: true },
  });
  return engine;
}

/** i18next looks for `key_few` and so on. */
function flat(phrases: Phrases): Record<string, string> {
  return Object.fromEntries(
    Object.entries(phrases).flatMap(([key, phrase]) =>
      typeof phrase === "string"
        ? [[key, phrase]]
        : Object.entries(phrase).map(([form, text]) => [`${key}_${form}`, String(text)]),
    ),
  );
}

function bytesIn(language: Language, value: number): string {
  const [amount, unit] =
    value >= 1e9
      ? [value / 1e9, "gigabyte"]
      : value >= 1e6
        ? [value / 1e6, "megabyte"]
        : value >= 1e3
          ? [value / 1e3, "kilobyte"]
          : [value, "byte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(amount);
}

function isSameYear(oneMs: number, otherMs: number): boolean {
  return new Date(oneMs).getFullYear() === new Date(otherMs).getFullYear();
}
