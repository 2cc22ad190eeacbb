import { shownName } from "./printable.ts";

/** Without case and accents, so that "jose" finds José. */
export function folded(text: string): string {
  return shownName(text).normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
