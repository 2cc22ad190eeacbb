// Those whom a text names, while its light marks are read: each stands as one character that no text can hold.
import type { MentionSnapshot, pieces } from "@p2pcrypt/client";
import { shownName, shownText } from "./printable.ts";

/** Noncharacters, for as many as a message can name. */
const FIRST = 0xfdd0;
const ANY = /[\uFDD0-\uFDDF]/g;
export const PLACES = /([\uFDD0-\uFDDF])/;

export interface Named {
  readonly text: string;
  readonly names: readonly {
    readonly name: string;
    readonly isSelf: boolean;
    readonly identityId: MentionSnapshot["identityId"];
  }[];
}

/** What is shown of a text, with a place for everybody whom it names. */
export function withPlaces(said: ReturnType<typeof pieces>): Named {
  const names: Named["names"][number][] = [];
  const texts = said.map(({ text, mention }) => {
    if (mention === undefined) return shownText(text).replaceAll(ANY, "");
    const { isSelf, identityId } = mention;
    return String.fromCharCode(FIRST + names.push({ name: `@${shownName(text.replace(/^@/, ""))}`, isSelf, identityId }) - 1);
  });
  return { text: texts.join(""), names };
}

export function namedAt(piece: string): number | undefined {
  return piece.length === 1 && PLACES.test(piece) ? piece.charCodeAt(0) - FIRST : undefined;
}

/** In code, and where there is one line, a name is text. */
export function withNames(text: string, names: Named["names"]): string {
  return text.replaceAll(ANY, (place) => names[place.charCodeAt(0) - FIRST]?.name ?? "");
}
