// The link that makes somebody a contact: where to ask, and for whom. Everything else is fetched and checked against the id, so a link
// gives no trust (spec/protocol/identity.md section 11).
import { ByteReader, ByteWriter, DecodeError, decodeBase64Url, encodeBase64Url, encodeUtf8 } from "@p2pcrypt/bytes";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";

export const MAX_LINK_CHARACTERS = 1024;
export const MAX_HINT_BYTES = 64;
/** Browsers take letters only after `web+`. */
const APP_SCHEME = "web+ptopcrypt:";

// struct {
//   uint8  version = 1;
//   opaque identity[32];
//   opaque name_hint<0..64>;               uint8 length, UTF-8: shown as a claim only
// } ContactLink;
export interface ContactLink {
  /** Origin of the identity's node: scheme, host and port. */
  readonly nodeUrl: string;
  readonly identityId: IdentityId;
  readonly nameHint: string;
}

/** `https://HOST/#/add/…`: the part behind the # never reaches a server. */
export function formatContactLink({ nodeUrl, identityId, nameHint }: ContactLink): string {
  const bytes = new ByteWriter().u8(1).fixed(identityIdBytes(identityId), 32, "identityId").text8(shortened(nameHint)).finish();
  return `${originOf(nodeUrl)}/#/add/${encodeBase64Url(bytes)}`;
}

/** The same link for an application that registered for it. */
export function toAppLink(link: string): string {
  return `${APP_SCHEME}${link}`;
}

/** Takes both forms, with spaces around. @throws {IdentityError} link/malformed */
export function parseContactLink(text: string): ContactLink {
  const link = withoutScheme(text);
  if (link.length > MAX_LINK_CHARACTERS) throw new IdentityError("link/malformed");
  const [before, encoded, another] = link.split("#/add/");
  if (before === undefined || encoded === undefined || another !== undefined) throw new IdentityError("link/malformed");
  try {
    const nodeUrl = originOf(before.replace(/\/$/, ""));
    const reader = new ByteReader(decodeBase64Url(encoded));
    if (reader.u8("ContactLink.version") !== 1) throw new IdentityError("link/malformed");
    const identityId = toIdentityId(reader.take(32, "ContactLink.identity"));
    const nameHint = reader.text8("ContactLink.name_hint", MAX_HINT_BYTES);
    reader.end("ContactLink");
    return { nodeUrl, identityId, nameHint };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new IdentityError("link/malformed", { cause });
    throw cause;
  }
}

export function withoutScheme(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith(APP_SCHEME) ? trimmed.slice(APP_SCHEME.length) : trimmed;
}

/** Only an origin: a path, user or query in a node's address is refused. */
export function originOf(nodeUrl: string): string {
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/i.test(nodeUrl)) throw new IdentityError("link/malformed");
  return nodeUrl.toLowerCase();
}

/** Whole characters that fit. */
export function shortened(name: string): string {
  let hint = "";
  for (const character of name) {
    if (encodeUtf8(hint + character).length > MAX_HINT_BYTES) break;
    hint += character;
  }
  return hint;
}
