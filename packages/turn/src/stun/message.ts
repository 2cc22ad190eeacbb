// STUN messages (RFC 8489 section 5).
//
//   0                   1                   2                   3
//  |0 0|  type: method and class   |        message length         |
//  |                     magic cookie 0x2112A442                   |
//  |                     transaction id, 96 bits                   |
//  |   attribute type              |        value length           |  value, padded to four bytes; …
import { DecodeError } from "@p2pcrypt/bytes";
import { ATTRIBUTE } from "./attributes.ts";
import { crc32 } from "./crc32.ts";
import { hmacOf, type IntegrityKind, integrityBytes } from "./integrity.ts";

export const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const FINGERPRINT_XOR = 0x5354554e;
const MAX_ATTRIBUTES = 100;

export type StunClass = "request" | "indication" | "success" | "error";
const CLASSES: readonly StunClass[] = ["request", "indication", "success", "error"];

export interface StunHead {
  readonly class: StunClass;
  readonly method: number;
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
}

export interface StunAttribute {
  readonly type: number;
  /** A view into the message. */
  readonly value: Uint8Array;
}

export interface ReceivedAttribute extends StunAttribute {
  /** Of its header, in the message. */
  readonly offset: number;
}

export interface StunMessage extends StunHead {
  /** Those that count: nothing behind an integrity but another integrity and the fingerprint (RFC 8489 section 14.5). */
  readonly attributes: readonly ReceivedAttribute[];
  readonly hasFingerprint: boolean;
  readonly bytes: Uint8Array;
}

/** Whether a datagram on this port claims to be STUN: the other kind begins with a channel number. */
export function isStun(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0xff) & 0xc0) === 0;
}

/** @throws {DecodeError} for anything but one whole message; a fingerprint that is there has to be right. */
export function decodeStunMessage(bytes: Uint8Array): StunMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || !isStun(bytes)) throw new DecodeError("STUN header");
  if (view.getUint32(4) !== MAGIC_COOKIE) throw new DecodeError("magic cookie", 4);
  const length = view.getUint16(2);
  if (length % 4 !== 0 || length !== bytes.length - HEADER_BYTES) throw new DecodeError("message length", 2);
  const type = view.getUint16(0);
  const { attributes, hasFingerprint } = attributesOf(bytes, view);
  return {
    class: CLASSES[((type >> 7) & 2) | ((type >> 4) & 1)] ?? "request",
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    transactionId: bytes.subarray(8, HEADER_BYTES),
    attributes,
    hasFingerprint,
    bytes,
  };
}

function attributesOf(bytes: Uint8Array, view: DataView): Pick<StunMessage, "attributes" | "hasFingerprint"> {
  const attributes: ReceivedAttribute[] = [];
  let isProtected = false;
  for (let offset = HEADER_BYTES; offset < bytes.length; ) {
    const type = view.getUint16(offset);
    const size = view.getUint16(offset + 2);
    const next = offset + 4 + padded(size);
    if (next > bytes.length) throw new DecodeError("attribute length", offset);
    const value = bytes.subarray(offset + 4, offset + 4 + size);
    if (type === ATTRIBUTE.fingerprint) {
      if (next !== bytes.length || size !== 4) throw new DecodeError("fingerprint", offset);
      if (view.getUint32(offset + 4) !== fingerprintOf(bytes.subarray(0, offset))) throw new DecodeError("fingerprint", offset);
      return { attributes, hasFingerprint: true };
    }
    const isIntegrity = type === ATTRIBUTE.messageIntegrity || type === ATTRIBUTE.messageIntegritySha256;
    if (!isProtected || isIntegrity) attributes.push({ type, value, offset });
    if (attributes.length > MAX_ATTRIBUTES) throw new DecodeError("too many attributes", offset);
    isProtected ||= isIntegrity;
    offset = next;
  }
  return { attributes, hasFingerprint: false };
}

/** Whether a request's integrity holds is asked apart from reading it: the key depends on what is in it. */
export interface Protection {
  readonly integrity?: { readonly kind: IntegrityKind; readonly key: Uint8Array } | undefined;
  readonly hasFingerprint?: boolean | undefined;
}

export function encodeStunMessage(
  head: StunHead,
  attributes: readonly StunAttribute[],
  { integrity, hasFingerprint = false }: Protection = {},
): Uint8Array {
  let size = HEADER_BYTES;
  for (const { value } of attributes) size += 4 + padded(value.length);
  const plainSize = size;
  if (integrity !== undefined) size += 4 + integrityBytes(integrity.kind);
  const protectedSize = size;
  if (hasFingerprint) size += 8;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, typeOf(head));
  view.setUint32(4, MAGIC_COOKIE);
  bytes.set(head.transactionId, 8);
  let offset = HEADER_BYTES;
  for (const { type, value } of attributes) {
    view.setUint16(offset, type);
    view.setUint16(offset + 2, value.length);
    bytes.set(value, offset + 4);
    offset += 4 + padded(value.length);
  }
  if (integrity !== undefined) {
    view.setUint16(2, protectedSize - HEADER_BYTES);
    view.setUint16(offset, integrity.kind === "sha1" ? ATTRIBUTE.messageIntegrity : ATTRIBUTE.messageIntegritySha256);
    view.setUint16(offset + 2, integrityBytes(integrity.kind));
    bytes.set(hmacOf(integrity.kind, integrity.key, bytes.subarray(0, plainSize)), offset + 4);
  }
  view.setUint16(2, size - HEADER_BYTES);
  if (hasFingerprint) {
    view.setUint16(protectedSize, ATTRIBUTE.fingerprint);
    view.setUint16(protectedSize + 2, 4);
    view.setUint32(protectedSize + 4, fingerprintOf(bytes.subarray(0, protectedSize)));
  }
  return bytes;
}

function typeOf({ class: kind, method }: StunHead): number {
  const code = CLASSES.indexOf(kind);
  return (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2) | ((code & 1) << 4) | ((code & 2) << 7);
}

/** Over the message before it, whose length field counts the fingerprint already. */
function fingerprintOf(before: Uint8Array): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}

export function padded(size: number): number {
  return (size + 3) & ~3;
}
