// The shape of a language: every key of the English one, in one form, or in the forms that the language counts with.
import type { en } from "./en.ts";

export interface Plural {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

export type WordKey = keyof typeof en;

type Shape<Phrase> = Phrase extends string ? string : Plural;
export type Catalogue = { readonly [Key in WordKey]: Shape<(typeof en)[Key]> };

type TextOf<Phrase> = Phrase extends string
  ? Phrase
  : Phrase extends { readonly one: infer One; readonly other: infer Other }
    ? One | Other
    : never;
type Blanks<Text> = Text extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Blanks<Rest> : never;
type Counted<Phrase> = Phrase extends string ? never : "count";

/** What a phrase wants to be told. `n` follows from `count`. */
export type ValuesOf<Key extends WordKey> = Exclude<Blanks<TextOf<(typeof en)[Key]>>, "n"> | Counted<(typeof en)[Key]>;
