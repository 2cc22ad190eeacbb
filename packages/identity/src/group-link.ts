// The link that lets somebody knock at a group: whom to ask, and the secret that says which group is meant. It lets nobody in: an
// administrator decides (spec/protocol/identity.md section 11).
import { ByteReader, ByteWriter, DecodeError, decodeBase64Url, encodeBase64Url } from "@p2pcrypt/bytes";
import { MAX_HINT_BYTES, MAX_LINK_CHARACTERS, originOf, shortened, withoutScheme } from "./contact-link.ts";
import { IdentityError } from "./identity-error.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";

// struct {
//   uint8  version = 1;
//   opaque identity[32];                   who is asked
//   opaque secret[32];
//   uint64 expires_ms;
//   opaque group_hint<0..64>;              uint8 length, UTF-8; a claim
//   opaque name_hint<0..64>;               of who is asked; a claim
// } GroupLink;
export interface GroupLink {
  /** Origin of the node of who is asked. */
  readonly nodeUrl: string;
  readonly identityId: IdentityId;
  readonly secret: Uint8Array;
  readonly expiresMs: number;
  readonly groupHint: string;
  readonly nameHint: string;
}

/** `https://HOST/#/join/…`: the part behind the # never reaches a server. */
export function formatGroupLink({ nodeUrl, identityId, secret, expiresMs, groupHint, nameHint }: GroupLink): string {
  const bytes = new ByteWriter()
    .u8(1)
    .fixed(identityIdBytes(identityId), 32, "identityId")
    .fixed(secret, 32, "secret")
    .u64(expiresMs)
    .text8(shortened(groupHint))
    .text8(shortened(nameHint))
    .finish();
  return `${originOf(nodeUrl)}/#/join/${encodeBase64Url(bytes)}`;
}

/** Takes both forms, with spaces around. @throws {IdentityError} link/malformed */
export function parseGroupLink(text: string): GroupLink {
  const link = withoutScheme(text);
  if (link.length > MAX_LINK_CHARACTERS) throw new IdentityError("link/malformed");
  const [before, encoded, another] = link.split("#/join/");
  if (before === undefined || encoded === undefined || another !== undefined) throw new IdentityError("link/malformed");
  try {
    const nodeUrl = originOf(before.replace(/\/$/, ""));
    const reader = new ByteReader(decodeBase64Url(encoded));
    if (reader.u8("GroupLink.version") !== 1) throw new IdentityError("link/malformed");
    const identityId = toIdentityId(reader.take(32, "GroupLink.identity"));
    const secret = reader.take(32, "GroupLink.secret");
    const expiresMs = reader.safeU64("GroupLink.expires_ms");
    const groupHint = reader.text8("GroupLink.group_hint", MAX_HINT_BYTES);
    const nameHint = reader.text8("GroupLink.name_hint", MAX_HINT_BYTES);
    reader.end("GroupLink");
    return { nodeUrl, identityId, secret, expiresMs, groupHint, nameHint };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new IdentityError("link/malformed", { cause });
    throw cause;
  }
}
