// The way of an upload's bytes to the disk: gathered, written while more come, flushed while more are written. What is told to the
// database was flushed before.
import { giveBack } from "@p2pcrypt/bytes";

/** Gathered before a write to the file; twice, so that one is filled while the other is written. */
const WRITE_BYTES = 1024 * 1024;
/** Written before the disk is asked to take it, so that little is left to wait for when the last byte has come. */
const FLUSH_BYTES = 8 * 1024 * 1024;
/**
 * Flushed before the database is told. From an upload that is one long request, a power cut takes at most this much, what waited for the
 * flush that is going on (FLUSH_BYTES, or what came during the one before), and what came since it began.
 */
const SETTLE_BYTES = 32 * 1024 * 1024;

/** Of a file's handle, what is used. */
export interface BlobFile {
  write(bytes: Uint8Array, offset: number, size: number, at: number): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
}

export class BlobWriting {
  readonly #file: BlobFile;
  readonly #settle: (at: number) => void;
  readonly #spare: Uint8Array[] = [];
  #buffer: Uint8Array | undefined;
  #filled = 0;
  /** Handed to the file, whether it is there yet or not. */
  #sent: number;
  #written: number;
  #flushed: number;
  #settled: number;
  #writing: Promise<void> = Promise.resolve();
  #flushing: Promise<void> | undefined;
  #failure: { readonly cause: unknown } | undefined;
  /** A disk that failed to flush is not believed the next time: it may have forgotten what it did not take. */
  #isBelieved = true;

  /** `settle`: everything before `at` is on the disk. */
  constructor(file: BlobFile, offset: number, settle: (at: number) => void) {
    this.#file = file;
    this.#settle = settle;
    this.#sent = offset;
    this.#written = offset;
    this.#flushed = offset;
    this.#settled = offset;
  }

  /** Of all that was added. */
  get end(): number {
    return this.#sent + this.#filled;
  }

  /** The piece is copied. */
  async add(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      this.#buffer ??= this.#spare.pop() ?? new Uint8Array(WRITE_BYTES);
      const part = piece.subarray(at, at + WRITE_BYTES - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === WRITE_BYTES) await this.#send();
    }
  }

  /** When this resolves, all that was added is on the disk and told; when it throws, what was written before is. */
  async finish(): Promise<void> {
    try {
      await this.#send();
      await this.#writing;
    } catch {
      // Told below, when what came through is safe.
    }
    await this.#flushing;
    if (this.#written > this.#flushed && this.#isBelieved) await this.#flush();
    this.#tell();
    for (const buffer of this.#spare) giveBack(buffer);
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  /** Begins to write what was gathered, behind what is being written. */
  async #send(): Promise<void> {
    await this.#writing;
    if (this.#flushed - this.#settled >= SETTLE_BYTES) this.#tell();
    if (this.#failure !== undefined) throw this.#failure.cause;
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#writing = this.#write(buffer, this.#filled).catch((cause: unknown) => {
      this.#failure ??= { cause };
    });
    this.#sent += this.#filled;
    this.#filled = 0;
    this.#buffer = undefined;
  }

  async #write(buffer: Uint8Array, size: number): Promise<void> {
    for (let at = 0; at < size; ) {
      const { bytesWritten } = await this.#file.write(buffer, at, size - at, this.#written);
      at += bytesWritten;
      this.#written += bytesWritten;
    }
    this.#spare.push(buffer);
    if (this.#written - this.#flushed < FLUSH_BYTES || this.#flushing !== undefined || !this.#isBelieved) return;
    this.#flushing = this.#flush().finally(() => {
      this.#flushing = undefined;
    });
  }

  async #flush(): Promise<void> {
    const at = this.#written;
    try {
      await this.#file.datasync();
      this.#flushed = at;
    } catch (cause) {
      this.#isBelieved = false;
      this.#failure ??= { cause };
    }
  }

  #tell(): void {
    if (this.#flushed > this.#settled) this.#settle(this.#flushed);
    this.#settled = this.#flushed;
  }
}
