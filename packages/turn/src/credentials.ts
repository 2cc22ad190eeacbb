// Credentials that are good for a time and need no list of users (the convention of TURN's REST interface, which coturn speaks too): the
// user name says until when and for which lease, the password is an HMAC of it under a secret that node and relay share.
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, encodeBase64Url, encodeUtf8, purposeBytes } from "@p2pcrypt/bytes";

export interface RelayCredentials {
  /** `<seconds since 1970>:<lease>` */
  readonly username: string;
  readonly password: string;
  readonly expiresAtMs: number;
}

/** `lease`: letters, digits, `-` and `_`; whoever carries the same is counted together. */
export function createCredentials(secret: string, lease: string, expiresAtMs: number): RelayCredentials {
  if (!LEASE.test(lease)) throw new RangeError("lease");
  const seconds = Math.floor(expiresAtMs / 1000);
  const username = `${seconds}:${lease}`;
  return { username, password: passwordOf(secret, username), expiresAtMs: seconds * 1000 };
}

/** A name for whose lease it is that tells the relay, its logs and those on the path nothing about it: the same for the same `resource`. */
export function leaseName(secret: string, resource: string): string {
  const mac = hmac(sha256, encodeUtf8(secret), concatBytes(purposeBytes("p2pcrypt relay lease"), encodeUtf8(resource)));
  return encodeBase64Url(mac.subarray(0, 12));
}

/** What a user name says. @returns undefined for one that was not made here. */
export function readUsername(username: string): { readonly lease: string; readonly expiresAtMs: number } | undefined {
  const [, seconds, lease] = /^(\d{1,12}):([\w-]{1,64})$/.exec(username) ?? [];
  return seconds === undefined || lease === undefined ? undefined : { lease, expiresAtMs: Number(seconds) * 1000 };
}

/** base64, padded: 28 characters. */
export function passwordOf(secret: string, username: string): string {
  const mac = hmac(sha1, encodeUtf8(secret), encodeUtf8(username));
  return `${encodeBase64Url(mac).replaceAll("-", "+").replaceAll("_", "/")}=`;
}

const LEASE = /^[\w-]{1,64}$/;
