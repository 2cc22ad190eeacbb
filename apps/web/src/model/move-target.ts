// Where a conversation of one's own is said to go on, as far as the link alone tells.
import { parseMoveLink } from "@p2pcrypt/identity";

export interface MoveTarget {
  readonly link: string;
  readonly nodeUrl: string;
}

/** @returns undefined for what is not a whole link of this kind. */
export function moveTarget(text: string): MoveTarget | undefined {
  try {
    return { link: text.trim(), nodeUrl: parseMoveLink(text).nodeUrl };
  } catch {
    return undefined; // anything can follow a #
  }
}
