// Pieces of a backup as one stream of bytes of a size that is fixed before it is read, and back. Holds one piece at a time.
import { ByteWriter, concatBytes } from "@p2pcrypt/bytes";
import { ClientError } from "../failure.ts";

const MAX_PIECE_BYTES = 64 * 1024 * 1024;
/** What may be said between measuring and sealing. */
const SLACK_BYTES = 65_536;

// struct { opaque piece<1..2^32-1>; } pieces[], then uint32 0, then zeros up to the size
export function frame(piece: Uint8Array): Uint8Array {
  return new ByteWriter().opaque32(piece).finish();
}

const END = frame(new Uint8Array(0));

/** How large the stream is made for pieces of this size, their lengths included. */
export function sizeFor(framedBytes: number): number {
  return framedBytes + END.length + Math.max(SLACK_BYTES, Math.floor(framedBytes / 16));
}

/** Reads the pieces from the beginning to the end, each byte once, as a sealer asks for them. */
export class PieceSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = new Uint8Array(0);
  #isOver = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(pieces: AsyncIterator<Uint8Array>) {
    this.#pieces = pieces;
  }

  /** Whether everything was read, with its end. */
  get isWhole(): boolean {
    return this.#isOver && this.#buffer.length === 0;
  }

  /** In the order of the calls; `_at` is where the call before ended. */
  read(_at: number, size: number): Promise<Uint8Array> {
    const next = this.#turn.then(() => this.#next(size));
    this.#turn = next.catch(() => undefined); // whoever asked has the rejection
    return next;
  }

  async #next(size: number): Promise<Uint8Array> {
    const parts = [this.#buffer];
    let length = this.#buffer.length;
    while (length < size && !this.#isOver) {
      const { value, done } = await this.#pieces.next();
      this.#isOver = done === true;
      const part = done === true ? END : frame(value);
      parts.push(part);
      length += part.length;
    }
    const bytes = concatBytes(...parts);
    this.#buffer = bytes.slice(size);
    if (bytes.length >= size) return bytes.subarray(0, size);
    const padded = new Uint8Array(size);
    padded.set(bytes);
    return padded;
  }
}

/** The pieces again, as their bytes come. @throws {ClientError} export/damaged: there is no end */
export async function* piecesIn(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let wanted = 4;
  let isInside = false;
  let isEnded = false;
  for await (const some of stream) {
    if (isEnded) continue; // what is left is read, so that the whole is checked
    parts.push(some);
    length += some.length;
    while (length >= wanted && !isEnded) {
      const bytes = concatBytes(...parts);
      const taken = bytes.slice(0, wanted);
      parts = [bytes.slice(wanted)];
      length -= wanted;
      if (isInside) yield taken;
      else if (sizeIn(taken) === 0) isEnded = true;
      wanted = isInside ? 4 : sizeIn(taken);
      isInside = !isInside;
    }
  }
  if (!isEnded) throw new ClientError({ code: "export/damaged" });
}

function sizeIn(bytes: Uint8Array): number {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (size > MAX_PIECE_BYTES) throw new ClientError({ code: "export/damaged" });
  return size;
}
