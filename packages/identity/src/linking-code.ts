// How a new device finds the one that takes it in: a link to scan, or a short code to type, and the place at the node that both lead to
// (spec/protocol/linking.md section 2). Neither is worth anything after three minutes.
import { sha256 } from "@noble/hashes/sha2.js";
import {
  ByteReader,
  ByteWriter,
  DecodeError,
  decodeBase64Url,
  decodeUtf8,
  encodeBase64Url,
  encodeUtf8,
  purposeBytes,
} from "@p2pcrypt/bytes";
import { MAX_LINK_CHARACTERS, originOf, withoutScheme } from "./contact-link.ts";
import { IdentityError } from "./identity-error.ts";

export const LINKING_MS = 3 * 60_000;

/** Where two devices meet, and what both know: the password of their key exchange. */
export interface LinkingCode {
  readonly form: "link" | "typed";
  /** Leads to the place. Not secret from the node that holds it. */
  readonly rendezvous: Uint8Array;
  readonly secret: Uint8Array;
}

export interface LinkingLink extends LinkingCode {
  readonly nodeUrl: string;
  readonly expiresMs: number;
}

const RENDEZVOUS_BYTES = 16;
const SECRET_BYTES = 16;
/** Crockford's: without letters that look like digits. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RENDEZVOUS_CHARACTERS = 4;
const TYPED_CHARACTERS = 10;
export const LINKING_RANDOM_BYTES = RENDEZVOUS_BYTES + SECRET_BYTES;

// struct {
//   uint8  version = 1;
//   opaque rendezvous[16];
//   opaque secret[16];
//   uint64 expires_ms;
// } LinkingLink;
/** A code for a link. @param random 32 bytes */
export function newLinkCode(random: Uint8Array): LinkingCode {
  return {
    form: "link",
    rendezvous: random.slice(0, RENDEZVOUS_BYTES),
    secret: random.slice(RENDEZVOUS_BYTES, LINKING_RANDOM_BYTES),
  };
}

/** A code to type: four characters that lead to the place, six that only the two devices know. @param random 10 bytes or more */
export function newTypedCode(random: Uint8Array): LinkingCode {
  const text = Array.from(random.slice(0, TYPED_CHARACTERS), (byte) => ALPHABET[byte & 31] ?? "").join("");
  if (text.length !== TYPED_CHARACTERS) throw new RangeError("10 random bytes are needed");
  return typedCode(text);
}

/** `https://HOST/#/link/…`: the part behind the # never reaches a server. */
export function formatLinkingLink({ nodeUrl, rendezvous, secret, expiresMs }: Omit<LinkingLink, "form">): string {
  const bytes = new ByteWriter()
    .u8(1)
    .fixed(rendezvous, RENDEZVOUS_BYTES, "rendezvous")
    .fixed(secret, SECRET_BYTES, "secret")
    .u64(expiresMs)
    .finish();
  return `${originOf(nodeUrl)}/#/link/${encodeBase64Url(bytes)}`;
}

/** Takes the form of the application's scheme as well, with spaces around. @throws {IdentityError} linking/malformed */
export function parseLinkingLink(text: string): LinkingLink {
  const link = withoutScheme(text);
  const [before, encoded, another] = link.split("#/link/");
  if (link.length > MAX_LINK_CHARACTERS || before === undefined || encoded === undefined || another !== undefined)
    throw new IdentityError("linking/malformed");
  try {
    const nodeUrl = originOf(before.replace(/\/$/, ""));
    const reader = new ByteReader(decodeBase64Url(encoded));
    if (reader.u8("LinkingLink.version") !== 1) throw new IdentityError("linking/malformed");
    const rendezvous = reader.take(RENDEZVOUS_BYTES, "LinkingLink.rendezvous");
    const secret = reader.take(SECRET_BYTES, "LinkingLink.secret");
    const expiresMs = reader.safeU64("LinkingLink.expires_ms");
    reader.end("LinkingLink");
    return { form: "link", nodeUrl, rendezvous, secret, expiresMs };
  } catch (cause) {
    if (cause instanceof DecodeError || cause instanceof IdentityError) throw new IdentityError("linking/malformed", { cause });
    throw cause;
  }
}

/** `XXXXX-XXXXX` */
export function formatTypedCode({ rendezvous, secret }: LinkingCode): string {
  const text = decodeUtf8(rendezvous) + decodeUtf8(secret);
  return `${text.slice(0, TYPED_CHARACTERS / 2)}-${text.slice(TYPED_CHARACTERS / 2)}`;
}

/** Small letters, spaces and hyphens do not matter, nor O for 0 and I or L for 1. @throws {IdentityError} linking/malformed */
export function parseTypedCode(text: string): LinkingCode {
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  const isCode = plain.length === TYPED_CHARACTERS && [...plain].every((character) => ALPHABET.includes(character));
  if (!isCode) throw new IdentityError("linking/malformed");
  return typedCode(plain);
}

function typedCode(text: string): LinkingCode {
  return {
    form: "typed",
    rendezvous: encodeUtf8(text.slice(0, RENDEZVOUS_CHARACTERS)),
    secret: encodeUtf8(text.slice(RENDEZVOUS_CHARACTERS)),
  };
}

/** The stream that both sides use for three minutes. Says nothing about the secret. */
export function linkingPlace({ form, rendezvous }: Omit<LinkingCode, "secret">): {
  readonly stream: Uint8Array;
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
} {
  const derive = (purpose: string): Uint8Array =>
    sha256(
      new ByteWriter()
        .bytes(purposeBytes(purpose))
        .u8(form === "link" ? 1 : 2)
        .opaque8(rendezvous)
        .finish(),
    );
  return {
    stream: derive("p2pcrypt linking stream"),
    readToken: derive("p2pcrypt linking read token"),
    writeToken: derive("p2pcrypt linking write token"),
  };
}
