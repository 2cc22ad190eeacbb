// Values of the wire: binary as base64url on the wire and bytes in the program; ids as canonical text in both.
import { type Brand, decodeBase64Url, encodeBase64Url } from "@p2pcrypt/bytes";
import * as z from "zod/mini";

/** base64url of 32 bytes chosen at random by the client that creates the stream: 43 characters. */
export type StreamId = Brand<string, "StreamId">;
/** Lower-case hex of 32 bytes: an identity's id, a node's included. */
export type IdentityIdText = string;

const bytesValue = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** Bytes of a length between `minBytes` and `maxBytes`. */
export function binary(minBytes: number, maxBytes: number) {
  const text = z.string().check(z.minLength(textLength(minBytes)), z.maxLength(textLength(maxBytes)), z.regex(BASE64URL));
  return z.codec(text, bytesValue, {
    decode: (value, context) => {
      try {
        return decodeBase64Url(value);
      } catch {
        context.issues.push({ code: "invalid_format", format: "base64url", input: value });
        return z.NEVER;
      }
    },
    encode: (value) => encodeBase64Url(value),
  });
}

/** Exactly `size` bytes. */
export function fixedBinary(size: number) {
  return binary(size, size);
}

function textLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}

export const streamId = z.codec(
  z.string().check(z.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)),
  z.custom<StreamId>((value) => typeof value === "string"),
  { decode: (text) => text as StreamId, encode: (id): string => id },
);
export const identityId = z.string().check(z.regex(/^[0-9a-f]{64}$/));
export const count = z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));
export const timeMs = count;

/** @returns undefined for anything but the canonical text of 32 bytes. */
export function parseStreamId(text: string): StreamId | undefined {
  return streamId.safeParse(text).data;
}

export function toStreamId(bytes: Uint8Array): StreamId {
  if (bytes.length !== 32) throw new RangeError("a stream id is 32 bytes");
  return encodeBase64Url(bytes) as StreamId;
}
