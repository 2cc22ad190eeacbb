// Whom a contact link names, as far as a page without a client can know.
import { parseContactLink, toAppLink } from "@p2pcrypt/identity";

export interface LinkTarget {
  readonly link: string;
  /** For an app that registered for it. */
  readonly appLink: string;
  readonly nodeUrl: string;
  readonly identityId: ReturnType<typeof parseContactLink>["identityId"];
  /** A claim of whoever made the link. */
  readonly nameHint: string;
}

/** @returns undefined for what is not a whole contact link. */
export function linkTarget(text: string): LinkTarget | undefined {
  const link = text.trim().replace(/^web\+p(?:2|to)pcrypt:(\/\/)?/, "");
  try {
    return { link, appLink: toAppLink(link), ...parseContactLink(link) };
  } catch {
    return undefined; // anything can follow a #
  }
}
