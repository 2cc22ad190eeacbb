// Nonces that nobody has to remember: the minute in which they were made, and a MAC that binds them to one client (RFC 8489 section 9.2).
//
//   struct { uint16 minute; opaque mac[7]; }   base64url: 12 characters, short because strangers are answered with one (R2)
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Clock, concatBytes, decodeBase64Url, encodeBase64Url, encodeUtf8 } from "@p2pcrypt/bytes";

const MINUTE_MS = 60_000;
const LIFETIME_MINUTES = 60;
const MAC_BYTES = 7;

export class Nonces {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;

  constructor(secret: Uint8Array, clock: Clock) {
    this.#secret = secret;
    this.#clock = clock;
  }

  /** `client` names a connection, or address and port. */
  make(client: string): string {
    return this.#of(this.#minute(), client);
  }

  isFresh(nonce: string, client: string): boolean {
    if (!/^[\w-]{12}$/.test(nonce)) return false;
    const [high = 0, low = 0] = decodeBase64Url(nonce);
    const minute = high * 256 + low;
    return ((this.#minute() - minute) & 0xffff) < LIFETIME_MINUTES && nonce === this.#of(minute, client);
  }

  #minute(): number {
    return Math.floor(this.#clock.nowMs() / MINUTE_MS) & 0xffff;
  }

  #of(minute: number, client: string): string {
    const head = Uint8Array.of(minute >> 8, minute & 255);
    const mac = hmac(sha256, this.#secret, concatBytes(head, encodeUtf8(client)));
    return encodeBase64Url(concatBytes(head, mac.subarray(0, MAC_BYTES)));
  }
}
