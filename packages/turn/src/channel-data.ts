// ChannelData messages (RFC 8656 section 12.4): | channel number | length | data … |
//
// Numbers are those of RFC 5766, 0x4000 to 0x7FFE: clients in use still draw from all of them. RFC 8656 leaves them 0x4000 to 0x4FFF, to
// share a port with DTLS and RTP, which is nothing that happens here.
import { padded } from "./stun/message.ts";

export const FIRST_CHANNEL = 0x4000;
export const LAST_CHANNEL = 0x7ffe;
export const CHANNEL_HEADER_BYTES = 4;

export interface ChannelData {
  readonly channel: number;
  /** A view into the message. */
  readonly data: Uint8Array;
}

/** Bytes behind the data are padding, which UDP needs not have. @returns undefined for what is no such message. */
export function decodeChannelData(bytes: Uint8Array): ChannelData | undefined {
  if (bytes.length < CHANNEL_HEADER_BYTES) return undefined;
  const channel = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const end = CHANNEL_HEADER_BYTES + length;
  if (channel < FIRST_CHANNEL || channel > LAST_CHANNEL || end > bytes.length) return undefined;
  return { channel, data: bytes.subarray(CHANNEL_HEADER_BYTES, end) };
}

/** `isPadded`: over a stream, where the next message begins at a multiple of four. */
export function encodeChannelData(channel: number, data: Uint8Array, isPadded: boolean): Uint8Array {
  const size = CHANNEL_HEADER_BYTES + data.length;
  const bytes = new Uint8Array(isPadded ? padded(size) : size);
  bytes[0] = channel >> 8;
  bytes[1] = channel & 255;
  bytes[2] = data.length >> 8;
  bytes[3] = data.length & 255;
  bytes.set(data, CHANNEL_HEADER_BYTES);
  return bytes;
}
