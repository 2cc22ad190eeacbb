// Attribute values: addresses, numbers, texts, errors.
import { decodeUtf8, encodeUtf8 } from "@p2pcrypt/bytes";
import { formatIp, type IpFamily, parseIp, type TransportAddress } from "../ip-address.ts";
import { ATTRIBUTE, FAMILY_CODES } from "./attributes.ts";
import type { StunAttribute, StunMessage } from "./message.ts";

const COOKIE_BYTES = [0x21, 0x12, 0xa4, 0x42] as const;

export function attributeOf({ attributes }: StunMessage, type: number): Uint8Array | undefined {
  return attributes.find((attribute) => attribute.type === type)?.value;
}

export function attributesOfType({ attributes }: StunMessage, type: number): readonly Uint8Array[] {
  return attributes.filter((attribute) => attribute.type === type).map(({ value }) => value);
}

//   |0 0 0 0 0 0 0 0|    family     |  port xor cookie              |
//   |  address xor (cookie ‖ transaction id): 4 or 16 bytes         |
export function encodeXorAddress(type: number, { ip, port }: TransportAddress, transactionId: Uint8Array): StunAttribute {
  const bytes = parseIp(ip);
  if (bytes === undefined) throw new RangeError("not an IP address");
  const value = new Uint8Array(4 + bytes.length);
  value[1] = bytes.length === 4 ? FAMILY_CODES.ipv4 : FAMILY_CODES.ipv6;
  value[2] = (port >> 8) ^ COOKIE_BYTES[0];
  value[3] = (port & 255) ^ COOKIE_BYTES[1];
  for (const [i, byte] of bytes.entries()) value[4 + i] = byte ^ maskAt(i, transactionId);
  return { type, value };
}

/** @returns undefined for what is no address. */
export function decodeXorAddress(value: Uint8Array, transactionId: Uint8Array): TransportAddress | undefined {
  const family: IpFamily | undefined =
    value[1] === FAMILY_CODES.ipv4 ? "ipv4" : value[1] === FAMILY_CODES.ipv6 ? "ipv6" : undefined;
  if (family === undefined || value.length !== (family === "ipv4" ? 8 : 20)) return undefined;
  const port = (((value[2] ?? 0) ^ COOKIE_BYTES[0]) << 8) | ((value[3] ?? 0) ^ COOKIE_BYTES[1]);
  const bytes = value.slice(4);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ maskAt(i, transactionId);
  return { family, ip: formatIp(bytes), port };
}

function maskAt(i: number, transactionId: Uint8Array): number {
  return i < 4 ? (COOKIE_BYTES[i as 0 | 1 | 2 | 3] ?? 0) : (transactionId[i - 4] ?? 0);
}

export function decodeText(value: Uint8Array | undefined, maxBytes: number): string | undefined {
  if (value === undefined || value.length > maxBytes) return undefined;
  try {
    return decodeUtf8(value);
  } catch {
    return undefined; // not UTF-8: names nobody
  }
}

export function encodeText(type: number, text: string): StunAttribute {
  return { type, value: encodeUtf8(text) };
}

export function decodeUint32(value: Uint8Array | undefined): number | undefined {
  if (value?.length !== 4) return undefined;
  return new DataView(value.buffer, value.byteOffset).getUint32(0);
}

export function encodeUint32(type: number, number: number): StunAttribute {
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, number);
  return { type, value };
}

/** Without a reason phrase: an answer to somebody unknown is to be short (R2). */
export function encodeError(code: number): StunAttribute {
  return { type: ATTRIBUTE.errorCode, value: Uint8Array.of(0, 0, Math.floor(code / 100), code % 100) };
}

export function decodeError(value: Uint8Array | undefined): number | undefined {
  if (value === undefined || value.length < 4) return undefined;
  return ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0);
}

/** The code and the family that it is about (RFC 8656 section 18.13). */
export function encodeAddressError(family: IpFamily, code: number): StunAttribute {
  return {
    type: ATTRIBUTE.addressErrorCode,
    value: Uint8Array.of(FAMILY_CODES[family], 0, Math.floor(code / 100), code % 100),
  };
}

export function encodeUnknownAttributes(types: readonly number[]): StunAttribute {
  const value = new Uint8Array(types.length * 2);
  const view = new DataView(value.buffer);
  for (const [i, type] of types.entries()) view.setUint16(2 * i, type);
  return { type: ATTRIBUTE.unknownAttributes, value };
}

/** First byte of a REQUESTED-ADDRESS-FAMILY or ADDITIONAL-ADDRESS-FAMILY. @returns "unknown" for a family that nobody knows. */
export function decodeFamily(value: Uint8Array | undefined): IpFamily | "unknown" | undefined {
  if (value === undefined) return undefined;
  if (value.length !== 4) return "unknown";
  return value[0] === FAMILY_CODES.ipv4 ? "ipv4" : value[0] === FAMILY_CODES.ipv6 ? "ipv6" : "unknown";
}
