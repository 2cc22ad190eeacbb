// Places of the client, as the fragment of the address names them: never sent to a server, never in a referrer (W15).

import type { ConversationId } from "@p2pcrypt/client";
import { parseIdentityId } from "@p2pcrypt/identity";
import { rootLinkOf, toContactLink } from "./root-link.ts";

type IdentityId = NonNullable<ReturnType<typeof parseIdentityId>>;

export type Route =
  | { readonly kind: "home" }
  | { readonly kind: "me" }
  | { readonly kind: "add" }
  | { readonly kind: "requests" }
  | { readonly kind: "settings" }
  | { readonly kind: "calltest" }
  | { readonly kind: "sheet" }
  | { readonly kind: "starred" }
  /** `at`: the entry that was looked for. */
  | { readonly kind: "conversation"; readonly id: ConversationId; readonly details: boolean; readonly at?: number }
  /** Never with the words that are looked for: a browser writes down where it was (W4). */
  | { readonly kind: "search"; readonly in: ConversationId | undefined }
  | { readonly kind: "newGroup" }
  | { readonly kind: "groupAdd"; readonly id: ConversationId }
  | { readonly kind: "person"; readonly identityId: IdentityId }
  | { readonly kind: "compare"; readonly identityId: IdentityId }
  | { readonly kind: "vouch"; readonly identityId: IdentityId }
  | { readonly kind: "introduce"; readonly identityId: IdentityId }
  /** The map of trust, with somebody chosen in it. */
  | { readonly kind: "trust"; readonly identityId: IdentityId | undefined }
  | { readonly kind: "roots" }
  /** A contact link that somebody handed out to be made a root. */
  | { readonly kind: "root"; readonly link: string }
  /** A link with which this browser may become a new device of its person's identity. */
  | { readonly kind: "link"; readonly code: string }
  /** A link that somebody gave: to a person (`#/add/`), to a group (`#/join/`), or to where a conversation goes on (`#/move/`). */
  | { readonly kind: "landing"; readonly link: string };

const PLAIN = ["me", "add", "requests", "roots", "settings", "calltest", "sheet", "starred"] as const;

/** Anything that names no place is home. `origin` is that of the page, for links that belong to it. */
export function parseRoute(fragment: string, origin: string): Route {
  const path = fragment.replace(/^#?\/?/, "");
  const [first = "", second = "", third, fourth = ""] = path.split("/");
  const plain = PLAIN.find((one) => one === path);
  if (plain !== undefined) return { kind: plain };
  switch (first) {
    case "c":
      if (!isConversationId(second)) return { kind: "home" };
      return { kind: "conversation", id: second, details: third === "details", ...(third === "at" ? placeIn(fourth) : {}) };
    case "search":
      return { kind: "search", in: isConversationId(second) ? second : undefined };
    case "group":
      if (second === "") return { kind: "newGroup" };
      return isConversationId(second) ? { kind: "groupAdd", id: second } : { kind: "home" };
    case "p":
    case "compare":
    case "vouch":
    case "introduce": {
      const identityId = parseIdentityId(second);
      if (identityId === undefined) return { kind: "home" };
      return { kind: first === "p" ? "person" : first, identityId };
    }
    case "trust":
      return { kind: "trust", identityId: parseIdentityId(second) };
    case "root":
      return { kind: "root", link: toContactLink(`${origin}/#/${path}`) };
    case "join":
    case "move":
      return { kind: "landing", link: `${origin}/#/${path}` };
    case "add":
      return second === "" ? { kind: "add" } : { kind: "landing", link: `${origin}/#/${path}` };
    case "link":
      return second === "" ? { kind: "home" } : { kind: "link", code: `${origin}/#/${path}` };
    case "open":
      return { kind: "landing", link: decoded(path.slice("open/".length)) };
    default:
      return { kind: "home" };
  }
}

function isConversationId(text: string): boolean {
  return /^[0-9a-f]{32,64}$/.test(text);
}

function placeIn(number: string): { readonly at?: number } {
  return /^[1-9]\d{0,8}$/.test(number) ? { at: Number(number) } : {};
}

export function formatRoute(route: Route): string {
  switch (route.kind) {
    case "home":
      return "#/";
    case "conversation":
      if (route.details) return `#/c/${route.id}/details`;
      return route.at === undefined ? `#/c/${route.id}` : `#/c/${route.id}/at/${route.at}`;
    case "search":
      return route.in === undefined ? "#/search" : `#/search/${route.in}`;
    case "newGroup":
      return "#/group";
    case "groupAdd":
      return `#/group/${route.id}`;
    case "person":
      return `#/p/${route.identityId}`;
    case "compare":
    case "vouch":
    case "introduce":
      return `#/${route.kind}/${route.identityId}`;
    case "trust":
      return route.identityId === undefined ? "#/trust" : `#/trust/${route.identityId}`;
    case "root":
      return rootLinkOf(route.link).replace(/^[^#]*/, "");
    case "link":
      return route.code.replace(/^[^#]*/, "");
    case "landing":
      return `#/open/${encodeURIComponent(route.link)}`;
    default:
      return `#/${route.kind}`;
  }
}

/** What the protocol handler puts in place of %s. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded, or badly: the link is then told to be broken
  }
}
