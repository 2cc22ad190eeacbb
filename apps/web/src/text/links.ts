// Web addresses inside a message. Only http and https, only what the eye sees is where it leads, and nothing is ever fetched.

export type Segment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

const ADDRESS = /\bhttps?:\/\/[^\s\p{C}<>"'`{}|\\^]+/giu;
const TRAILING = /[.,;:!?…'"»”’)\]}*_~،؛؟]+$/u;
const MAX_LINKS = 200;

export function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    if (segments.length > MAX_LINKS * 2) break;
    const address = withoutTrailing(match[0]);
    const href = hrefOf(address);
    if (href === undefined) continue;
    if (match.index > end) segments.push({ kind: "text", text: text.slice(end, match.index) });
    segments.push({ kind: "link", text: shownAddress(address, href), href });
    end = match.index + address.length;
  }
  if (end < text.length) segments.push({ kind: "text", text: text.slice(end) });
  return segments;
}

/** The point that ends a sentence is not part of the address, a bracket that was opened inside it is. */
function withoutTrailing(address: string): string {
  let rest = address;
  for (;;) {
    const trailing = TRAILING.exec(rest)?.[0];
    if (trailing === undefined) return rest;
    const last = rest.at(-1);
    if (last === ")" && count(rest, "(") >= count(rest, ")")) return rest;
    rest = rest.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function hrefOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  // A user part is how "https://bank.example@evil.example" deceives.
  const isPlain = (url.protocol === "https:" || url.protocol === "http:") && url.username === "" && url.password === "";
  return isPlain && url.hostname !== "" ? url.href : undefined;
}

/** As written, unless the host is not ASCII: then its encoded form, which cannot look like another. */
function shownAddress(address: string, href: string): string {
  const host = /^https?:\/\/([^/?#]*)/i.exec(address)?.[1] ?? "";
  return /^[\x21-\x7e]+$/.test(host) ? address : href;
}
