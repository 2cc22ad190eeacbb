// What a link to a group says, as far as a page without a client can know.
import { parseGroupLink } from "@p2pcrypt/identity";

export interface GroupTarget {
  readonly link: string;
  readonly nodeUrl: string;
  readonly expiresMs: number;
  /** Claims of whoever made the link. */
  readonly groupHint: string;
  readonly nameHint: string;
}

/** @returns undefined for what is not a whole link to a group. */
export function groupTarget(text: string): GroupTarget | undefined {
  try {
    const { nodeUrl, expiresMs, groupHint, nameHint } = parseGroupLink(text);
    return { link: text.trim(), nodeUrl, expiresMs, groupHint, nameHint };
  } catch {
    return undefined; // anything can follow a #
  }
}
