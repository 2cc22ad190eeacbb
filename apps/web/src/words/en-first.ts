// The English words of the first sight. {{name}} is filled in; {{n}} is the counted number, written as the language writes numbers.
import { beginning } from "./en/beginning.ts";
import { talking } from "./en/talking.ts";

export const enFirst = { ...beginning, ...talking } as const;
