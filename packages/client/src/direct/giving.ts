// The side that sent a file: offers a connection to the device that asks, seals the file once more as it is wanted, and gives the same
// bytes that the node has, or none.
import { type Cancel, equalBytes } from "@p2pcrypt/bytes";
import type { FileEndReason } from "@p2pcrypt/content";
import { FileSealer, SEGMENT_BYTES, type Subtle, sealedLayout } from "@p2pcrypt/files";
import { fingerprintOf } from "../calls/session-description.ts";
import type { DirectConnection, FileSource } from "../files/file-ports.ts";
import type { UploadRow } from "../store/file-rows.ts";
import { CONNECTS_WITHIN_MS, isSame, type PeerDevice, type RunDeps, sayAgain } from "./run.ts";
import { decodeWant, MAX_PIECE_BYTES, WINDOW_BYTES } from "./want.ts";

/** Nobody wants anything for so long: they are gone. */
const IDLE_MS = 120_000;

export interface GivenFile {
  readonly row: UploadRow;
  readonly source: FileSource;
  /** Of every segment, as it was uploaded. */
  readonly digests: readonly Uint8Array[];
  readonly subtle: Subtle;
}

export class Giving {
  readonly #deps: RunDeps;
  readonly #file: GivenFile;
  readonly #peer: PeerDevice;
  #over: () => void = () => undefined;
  #connection: DirectConnection | undefined;
  #saying: Cancel = () => undefined;
  #limit: Cancel;
  #isAccepted = false;
  #isOver = false;
  #given: number | undefined;
  #until = 0;
  #wake: () => void = () => undefined;

  /** `file.source` is this run's, and closed with it. */
  constructor(deps: RunDeps, file: GivenFile, peer: PeerDevice) {
    this.#deps = deps;
    this.#file = file;
    this.#peer = peer;
    this.#limit = this.#within(CONNECTS_WITHIN_MS);
  }

  /** Resolves when it is over, however it ended. */
  async run(): Promise<void> {
    const opening = this.#deps.open({
      open: () => {
        this.#saying();
        this.#limit();
        this.#limit = this.#within(IDLE_MS);
      },
      message: (bytes) => this.#wanted(bytes),
      closed: () => this.end(),
    });
    try {
      const connection = await opening;
      this.#connection = connection;
      if (this.#isOver) return connection.close();
      const sdp = await connection.offer();
      if (!this.#isOver && !this.#isAccepted) this.#saying = sayAgain(this.#deps, { step: "offer", to: this.#peer.device, sdp });
      if (!this.#isOver)
        await new Promise<void>((resolve) => {
          this.#over = resolve;
        });
    } catch {
      this.end("failed"); // a connection that cannot be had
    } finally {
      await this.#file.source.close();
    }
  }

  answered(peer: PeerDevice, sdp: string): void {
    if (this.#isOver || this.#isAccepted || !isSame(this.#peer, peer)) return;
    this.#isAccepted = true;
    this.#saying();
    if (fingerprintOf(sdp) === undefined) this.end("failed");
    else this.#connection?.accept(sdp).catch(() => this.end("failed"));
  }

  ended(peer: PeerDevice): void {
    if (isSame(this.#peer, peer)) this.end();
  }

  end(reason?: FileEndReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#saying();
    this.#limit();
    this.#connection?.close();
    if (reason !== undefined) this.#deps.say({ step: "end", to: this.#peer.device, reason });
    this.#wake();
    this.#over();
  }

  /** Wants follow each other, and never ask for more than what may be on its way. */
  #wanted(bytes: Uint8Array): void {
    if (this.#isOver) return;
    const want = decodeWant(bytes);
    const { sealedBytes } = this.#layout;
    const at = this.#given;
    const isNext = want !== undefined && (at === undefined ? want.from % SEGMENT_BYTES === 0 : want.from === this.#until);
    if (!isNext || want.until > sealedBytes || want.until - (at ?? want.from) > WINDOW_BYTES) {
      this.end("failed");
      return;
    }
    this.#until = want.until;
    this.#limit();
    this.#limit = this.#within(IDLE_MS);
    if (at === undefined) {
      this.#given = want.from;
      this.#give(want.from).catch(() => this.end("failed")); // the file is gone or was changed, or the connection broke
    } else this.#wake();
  }

  async #give(from: number): Promise<void> {
    const { row, source, digests, subtle } = this.#file;
    const sealer = await FileSealer.create(subtle, row.secret, { trueBytes: row.bytes, type: row.type });
    const read = (at: number, size: number): Promise<Uint8Array> => source.read(at, size);
    for await (const { index, bytes, digest } of sealer.segments(read, from / SEGMENT_BYTES)) {
      const known = digests[index];
      if (known === undefined || !equalBytes(known, digest) || !this.#deps.isAgreed()) {
        this.end("failed");
        return;
      }
      for (let at = 0; at < bytes.length; ) {
        const size = Math.min(MAX_PIECE_BYTES, bytes.length - at, await this.#room());
        if (this.#isOver) return;
        await this.#connection?.send(bytes.slice(at, at + size));
        at += size;
        this.#given = (this.#given ?? 0) + size;
      }
    }
  }

  /** How much is wanted beyond what was given; 0 when it is over. */
  async #room(): Promise<number> {
    while (!this.#isOver && this.#until <= (this.#given ?? 0))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#isOver ? 0 : this.#until - (this.#given ?? 0);
  }

  get #layout() {
    const { bytes, type } = this.#file.row;
    return sealedLayout({ trueBytes: bytes, type });
  }

  #within(ms: number): Cancel {
    return this.#deps.core.deps.timers.after(ms, () => this.end("failed"));
  }
}
