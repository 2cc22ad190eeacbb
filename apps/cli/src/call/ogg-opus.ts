// Sound files of Opus packets (RFC 7845), read and written without decoding anything.

import { writeUint32 } from "./little-endian.ts";
import { encodeOggPage, OggError, OggPackets, readOggPages, segmentsOf } from "./ogg-pages.ts";
import { OPUS_RATE, opusSamples } from "./opus-packet.ts";

const HEAD = "OpusHead";
const TAGS = "OpusTags";
/** What is played before the first sound that counts: the look-ahead of the usual encoder. */
const PRE_SKIP = 312;
const PAGE_PACKETS = 50;
const MAX_PAGE_SEGMENTS = 255;

export interface SoundPacket {
  readonly bytes: Uint8Array;
  /** Of 48 kHz. */
  readonly samples: number;
}

/** The packets of the sound in a file; of several streams in it the first of Opus, and what follows when that has ended. @throws {OggError} */
export async function* readOggOpus(source: AsyncIterable<Uint8Array>): AsyncGenerator<SoundPacket> {
  let stream: { readonly serial: number; readonly packets: OggPackets; headers: number } | undefined;
  let hasSound = false;
  for await (const page of readOggPages(source)) {
    if (page.isFirst && stream === undefined && beginsWith(page.pieces[0], HEAD)) {
      hasSound = true;
      stream = { serial: page.serial, packets: new OggPackets(), headers: 2 };
    }
    if (page.serial !== stream?.serial) continue;
    for (const bytes of stream.packets.take(page)) {
      if (stream.headers > 0) {
        if (stream.headers === 2) assertPlayable(bytes);
        stream.headers -= 1;
        continue;
      }
      const samples = opusSamples(bytes);
      if (samples !== undefined) yield { bytes, samples };
    }
    if (page.isLast) stream = undefined;
  }
  if (!hasSound) throw new OggError("there is no Opus sound in this file");
}

/** One channel or two, as calls have them: mapping family 0. */
function assertPlayable(head: Uint8Array): void {
  const [version = 0, channels = 0] = head.subarray(8, 10);
  if (head.length < 19 || version >> 4 !== 0) throw new OggError("another version of Opus files");
  if (head[18] !== 0 || channels < 1 || channels > 2) throw new OggError("sound of more than two channels");
}

function beginsWith(bytes: Uint8Array | undefined, text: string): boolean {
  return bytes !== undefined && new TextDecoder("latin1").decode(bytes.subarray(0, text.length)) === text;
}

/** Writes pages of about a second. What was written so far can be played when the program ends before `end`. */
export class OggOpusWriter {
  readonly #write: (page: Uint8Array) => void;
  readonly #serial: number;
  #number = 0;
  #granule = 0n;
  #packets: Uint8Array[] = [];
  #segments = 0;

  constructor(serial: number, write: (page: Uint8Array) => void) {
    this.#serial = serial;
    this.#write = write;
    this.#page([openingHead()], { isFirst: true });
    this.#page([openingTags()]);
  }

  /** How long everything so far sounds. */
  get seconds(): number {
    return Number(this.#granule) / OPUS_RATE;
  }

  add({ bytes, samples }: SoundPacket): void {
    const segments = segmentsOf(bytes);
    const isFull = this.#packets.length >= PAGE_PACKETS || this.#segments + segments > MAX_PAGE_SEGMENTS;
    // The last packets stay here until `end`, which marks their page as the last one.
    if (isFull) this.#flush(false);
    this.#packets.push(bytes);
    this.#segments += segments;
    this.#granule += BigInt(samples);
  }

  end(): void {
    this.#flush(true);
  }

  #flush(isLast: boolean): void {
    this.#page(this.#packets, { isLast, granule: this.#granule });
    this.#packets = [];
    this.#segments = 0;
  }

  #page(packets: readonly Uint8Array[], { isFirst = false, isLast = false, granule = 0n } = {}): void {
    this.#write(encodeOggPage({ packets, granule, serial: this.#serial, number: this.#number, isFirst, isLast }));
    this.#number += 1;
  }
}

/** RFC 7845 section 5.1: version 1, two channels, 48 kHz, no gain, family 0. Sound of one channel is heard on both. */
function openingHead(): Uint8Array {
  const bytes = new Uint8Array(19);
  bytes.set(new TextEncoder().encode(HEAD));
  bytes.set([1, 2, PRE_SKIP & 0xff, PRE_SKIP >> 8], 8);
  writeUint32(bytes, 12, OPUS_RATE);
  return bytes;
}

function openingTags(): Uint8Array {
  const vendor = new TextEncoder().encode("p2pcrypt");
  const bytes = new Uint8Array(8 + 4 + vendor.length + 4);
  bytes.set(new TextEncoder().encode(TAGS));
  writeUint32(bytes, 8, vendor.length);
  bytes.set(vendor, 12);
  return bytes;
}
