// Bytes of a kept file, a piece at a time, from the worker that can open it to whoever hands them to the browser. One buffer goes to and
// fro: what is copied from thread to thread, or only ever handed on, waits for the collectors of both, which see no reason to run.

/** `buffer`: to be filled. It goes there with the request and comes back with the answer. */
type PieceRequest = { readonly kind: "read"; readonly at: number; readonly buffer: ArrayBuffer } | { readonly kind: "end" };

/** At the beginning of the buffer, fewer than fit in where the file ends. Undefined: it is not here any more. */
interface PieceAnswer {
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/** Fills the beginning of `into`. @returns what of it; undefined when the file is not here any more */
export type FillPiece = (at: number, into: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/** The side that has the file. */
export function servePieces(port: MessagePort, fill: FillPiece): void {
  port.onmessage = async ({ data }: MessageEvent<PieceRequest>) => {
    if (data.kind === "end") {
      port.close();
      return;
    }
    const bytes = await fill(data.at, new Uint8Array(data.buffer)).catch(() => undefined); // whoever asked is told that it is not here
    const answer: PieceAnswer = { bytes };
    port.postMessage(answer, bytes === undefined ? [] : [bytes.buffer]);
  };
}

/** The side that wants it. One piece at a time. */
export class PieceReader {
  readonly #port: MessagePort;
  #buffer: ArrayBuffer;

  constructor(port: MessagePort, pieceBytes: number) {
    this.#port = port;
    this.#buffer = new ArrayBuffer(pieceBytes);
  }

  /**
   * A whole piece, or less where the file ends. They are gone with the next call.
   *
   * @returns undefined when the file is not here any more
   */
  read(at: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return new Promise((resolve) => {
      this.#port.onmessage = ({ data: { bytes } }: MessageEvent<PieceAnswer>) => {
        if (bytes !== undefined) this.#buffer = bytes.buffer;
        resolve(bytes);
      };
      const request: PieceRequest = { kind: "read", at, buffer: this.#buffer };
      this.#port.postMessage(request, [this.#buffer]);
    });
  }

  end(): void {
    const request: PieceRequest = { kind: "end" };
    this.#port.postMessage(request);
    this.#port.close();
  }
}
