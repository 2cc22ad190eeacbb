// What we put inside MLS messages: the content frame of an application message, and the authenticated data of a handshake.
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";
import { MAX_CONTENT_BYTES } from "./padding.ts";
import { decodeView, encodeView, MAX_VIEW_BYTES, type View } from "./view.ts";

// struct {                          inside the ciphertext
//   uint8  version = 1;
//   opaque view<0..2^16-1>;
//   opaque content<0..2^32-1>;      at most 70,000
// } ContentFrame;

export interface ContentFrame {
  readonly view: View;
  readonly content: Uint8Array;
}

export function encodeContentFrame({ view, content }: ContentFrame): Uint8Array {
  if (content.length > MAX_CONTENT_BYTES) throw new RangeError(`content is larger than ${MAX_CONTENT_BYTES} bytes`);
  return new ByteWriter().u8(1).opaque16(encodeView(view)).opaque32(content).finish();
}

/** @throws {DecodeError} */
export function decodeContentFrame(bytes: Uint8Array): ContentFrame {
  const reader = new ByteReader(bytes);
  if (reader.u8("ContentFrame.version") !== 1) throw new DecodeError("ContentFrame.version is unknown", 0);
  const view = decodeView(reader.opaque16("ContentFrame.view", MAX_VIEW_BYTES));
  const content = reader.opaque32("ContentFrame.content", MAX_CONTENT_BYTES);
  reader.end("ContentFrame");
  return { view, content };
}

// struct {                          authenticated data: nodes can read it
//   uint8  version = 1;
//   uint64 time_ms;                 the sender's clock; certificates are judged at it
//   opaque view<0..2^16-1>;
// } HandshakeHeader;

export interface HandshakeHeader {
  readonly timeMs: number;
  readonly view: View;
}

export function encodeHandshakeHeader({ timeMs, view }: HandshakeHeader): Uint8Array {
  return new ByteWriter().u8(1).u64(timeMs).opaque16(encodeView(view)).finish();
}

/** @throws {DecodeError} */
export function decodeHandshakeHeader(bytes: Uint8Array): HandshakeHeader {
  const reader = new ByteReader(bytes);
  if (reader.u8("HandshakeHeader.version") !== 1) throw new DecodeError("HandshakeHeader.version is unknown", 0);
  const timeMs = reader.safeU64("HandshakeHeader.time_ms");
  const view = decodeView(reader.opaque16("HandshakeHeader.view", MAX_VIEW_BYTES));
  reader.end("HandshakeHeader");
  return { timeMs, view };
}
