// How far somebody is known, in words for a line.
import type { ContactSnapshot } from "@p2pcrypt/client";
import { printable } from "./printable.ts";

/** Of somebody who is no contact nothing is known. */
export function knownText(contact: ContactSnapshot | undefined): string {
  if (contact?.trust.kind === "verified") return `verified by you ${new Date(contact.trust.atMs).toLocaleDateString()}`;
  return contact === undefined ? "not verified" : introducedText(contact);
}

/** What certifications of others say, where the person did not verify. */
export function introducedText({ authentication }: ContactSnapshot): string {
  if (authentication === undefined || authentication.amount === 0) return "not verified";
  if (authentication.amount < 120) return `partly trusted ${authentication.amount}/120`;
  const names = authentication.introducers.map(({ name }) => printable(name)).join(", ");
  return names === "" ? "certified by you" : `introduced by ${names}`;
}
