// العربية: كل كلمات البرنامج. الصيغ المعدودة ست كما تعدّ العربية.
import { beginning } from "./ar/beginning.ts";
import { calls } from "./ar/calls.ts";
import { contents } from "./ar/contents.ts";
import { people } from "./ar/people.ts";
import { settings } from "./ar/settings.ts";
import { talking } from "./ar/talking.ts";
import type { Catalogue } from "./catalogue.ts";

export const ar: Catalogue = { ...beginning, ...calls, ...contents, ...people, ...settings, ...talking };
