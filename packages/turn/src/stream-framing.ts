// Cuts a stream of a client into messages: both kinds say in their first four bytes how long they are (RFC 8656 section 3.1).
import { concatBytes, DecodeError } from "@p2pcrypt/bytes";
import { CHANNEL_HEADER_BYTES } from "./channel-data.ts";
import { HEADER_BYTES, isStun, padded } from "./stun/message.ts";

export class StreamFraming {
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** How much there has to be before it is worth looking: of a long message in many small pieces nothing is copied twice. */
  #wanted = CHANNEL_HEADER_BYTES;

  /** Messages that are whole now, padding included. @throws {DecodeError} for a stream that is something else: it has to be closed. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#wanted) return [];
    const [only, ...more] = this.#chunks;
    let rest = only === undefined || more.length > 0 ? concatBytes(...this.#chunks) : only;
    const messages: Uint8Array[] = [];
    for (;;) {
      this.#wanted = rest.length < CHANNEL_HEADER_BYTES ? CHANNEL_HEADER_BYTES : sizeOf(rest);
      if (rest.length < this.#wanted) break;
      messages.push(rest.subarray(0, this.#wanted));
      rest = rest.subarray(this.#wanted);
    }
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    return messages;
  }
}

function sizeOf(bytes: Uint8Array): number {
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  if (isStun(bytes)) return HEADER_BYTES + length;
  if (((bytes[0] ?? 0) & 0xc0) === 0x40) return padded(CHANNEL_HEADER_BYTES + length);
  throw new DecodeError("neither STUN nor ChannelData");
}
