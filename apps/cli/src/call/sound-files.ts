// Sound files of a call: the one that is played, checked before anybody is called, and the one that is recorded.
import { closeSync, createReadStream, openSync, statSync, unlinkSync, writeSync } from "node:fs";
import { CommandError, EXIT } from "../exit-codes.ts";
import { systemClock, systemRandom } from "../platform.ts";
import { readUint32 } from "./little-endian.ts";
import { OggOpusWriter, readOggOpus, type SoundPacket } from "./ogg-opus.ts";
import { OggError } from "./ogg-pages.ts";
import { type HeardPacket, Recorder } from "./recorder.ts";

/** A packet goes in one datagram, beside what it is sealed and relayed with. */
const MAX_PACKET_BYTES = 1_100;

/** What is played. */
export interface Sound {
  readonly packets: AsyncIterable<SoundPacket>;
  /** Nothing more is read: standard input would keep the program waiting. */
  close(): void;
}

/** "-" is standard input. @throws {CommandError} audio/* */
export async function openSound(path: string): Promise<Sound> {
  if (path !== "-" && !statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new CommandError(EXIT.notFound, "audio/gone", "there is no such sound file");
  const source = path === "-" ? process.stdin : createReadStream(path);
  const packets = understood(readOggOpus(source));
  const close = (): void => void source.destroy();
  if (path === "-") return { packets, close }; // it may be live: nothing is read before it is played
  const first = await packets.next();
  if (first.done === true) throw new CommandError(EXIT.refused, "audio/empty", "there is no sound in that file");
  return { packets: followed(first.value, packets), close };
}

async function* followed(first: SoundPacket, rest: AsyncIterable<SoundPacket>): AsyncGenerator<SoundPacket> {
  yield first;
  yield* rest;
}

async function* understood(packets: AsyncIterable<SoundPacket>): AsyncGenerator<SoundPacket> {
  try {
    for await (const packet of packets) {
      if (packet.bytes.length > MAX_PACKET_BYTES)
        throw new OggError("its packets are too large for a call, encode it with less than 400 kbit/s");
      yield packet;
    }
  } catch (error) {
    if (!(error instanceof OggError)) throw error;
    const how = "make one that is: ffmpeg -i SOUND -c:a libopus sound.opus";
    throw new CommandError(
      EXIT.refused,
      "audio/malformed",
      `that is not an Ogg Opus file that can be played: ${error.message}; ${how}`,
    );
  }
}

/** A new file that only its owner may read (C3). It can be played whatever happens to this program. */
export class Recording {
  readonly path: string;
  readonly #file: number;
  readonly #writer: OggOpusWriter;
  readonly #recorder: Recorder;
  #isEmpty = true;

  private constructor(path: string, file: number) {
    this.path = path;
    this.#file = file;
    this.#writer = new OggOpusWriter(readUint32(systemRandom(4), 0), (page) => writeSync(file, page));
    this.#recorder = new Recorder(this.#writer, systemClock);
  }

  /** @throws {CommandError} file/exists, file/noFolder */
  static create(path: string): Recording {
    try {
      return new Recording(path, openSync(path, "wx", 0o600));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EEXIST") throw new CommandError(EXIT.refused, "file/exists", "that file exists; nothing was overwritten");
      if (code === "ENOENT") throw new CommandError(EXIT.notFound, "file/noFolder", "there is no folder for that file");
      throw new CommandError(EXIT.refused, "file/notStored", "that file cannot be written");
    }
  }

  heard(packet: HeardPacket): void {
    this.#isEmpty = false;
    this.#recorder.heard(packet);
  }

  /** Of nothing no file is left. @returns how long it is. */
  end(): { readonly seconds: number } | undefined {
    this.#recorder.end();
    if (!this.#isEmpty) this.#writer.end();
    closeSync(this.#file);
    if (this.#isEmpty) unlinkSync(this.path);
    return this.#isEmpty ? undefined : { seconds: this.#writer.seconds };
  }
}
