// Every word of the client in English, the language that is complete by definition: the type of a catalogue is made from this one.
import { enFirst } from "./en-first.ts";
import { enLater } from "./en-later.ts";

export const en = { ...enFirst, ...enLater } as const;
