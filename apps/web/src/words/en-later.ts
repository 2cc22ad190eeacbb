// The English words of places that are loaded when they are wanted (views/later.ts).
import { calls } from "./en/calls.ts";
import { contents } from "./en/contents.ts";
import { people } from "./en/people.ts";
import { settings } from "./en/settings.ts";

export const enLater = { ...calls, ...contents, ...people, ...settings } as const;
