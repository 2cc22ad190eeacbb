// The side that fetches a file: asks for it, takes the offer of one device, and wants bytes as fast as it can use them.
import type { Cancel } from "@p2pcrypt/bytes";
import type { ContentId, FileEndReason } from "@p2pcrypt/content";
import { fingerprintOf } from "../calls/session-description.ts";
import type { DirectConnection } from "../files/file-ports.ts";
import { CONNECTS_WITHIN_MS, isSame, type PeerDevice, type RunDeps, sayAgain } from "./run.ts";
import { encodeWant, MAX_PIECE_BYTES, STEP_BYTES, WINDOW_BYTES } from "./want.ts";

/** Whoever is there has offered by then; the node has it as well. */
const ASKS_FOR_MS = 2_500;
/** A connection that brings nothing for so long is given up. */
const STALLS_MS = 8_000;

export class Asking {
  readonly #deps: RunDeps;
  readonly #from: number;
  readonly #end: number;
  #opened: (isOpen: boolean) => void = () => undefined;
  readonly #pieces: Uint8Array[] = [];
  /** Devices that have nothing for us. */
  readonly #without = new Set<string>();
  #state: "asking" | "connecting" | "open" | "over" = "asking";
  #awaited: string | undefined;
  #peer: PeerDevice | undefined;
  #connection: DirectConnection | undefined;
  #answer: string | undefined;
  #saying: Cancel = () => undefined;
  #limit: Cancel = () => undefined;
  #wake: () => void = () => undefined;
  #came: number;
  #wanted: number;

  /** `from` and `end`: of the sealed file. */
  constructor(deps: RunDeps, { from, end }: { readonly from: number; readonly end: number }) {
    this.#deps = deps;
    [this.#from, this.#end, this.#came, this.#wanted] = [from, end, from, from];
  }

  /** @returns whether bytes can flow now; if not, it is over. */
  begin(file: ContentId): Promise<boolean> {
    return new Promise((resolve) => {
      this.#opened = resolve;
      this.#limit = this.#deps.core.deps.timers.after(ASKS_FOR_MS, () => this.end());
      this.#saying = sayAgain(this.#deps, { step: "ask", file });
    });
  }

  /** A device has it, and is about to offer: no longer than it may take to connect. */
  awaited({ device }: PeerDevice): void {
    if (this.#state !== "asking" || this.#awaited !== undefined) return;
    this.#awaited = device;
    this.#limit();
    this.#limit = this.#deps.core.deps.timers.after(CONNECTS_WITHIN_MS, () => this.end());
  }

  offered(peer: PeerDevice, sdp: string): void {
    if (this.#state === "connecting" && isSame(this.#peer, peer) && this.#answer !== undefined)
      this.#deps.say({ step: "answer", to: peer.device, sdp: this.#answer });
    if (this.#state !== "asking") return;
    this.#saying();
    this.#limit();
    this.#peer = peer;
    this.#state = "connecting";
    if (fingerprintOf(sdp) === undefined) {
      this.end("failed");
      return;
    }
    this.#limit = this.#deps.core.deps.timers.after(CONNECTS_WITHIN_MS, () => this.end("failed"));
    this.#connect(peer, sdp).catch(() => this.end("failed"));
  }

  /** `devices`: how many the other side has. */
  ended({ device }: PeerDevice, devices: number): void {
    this.#without.add(device);
    const isHope = device === (this.#peer?.device ?? this.#awaited);
    if (isHope || (this.#state === "asking" && this.#without.size >= devices)) this.end();
  }

  /** What comes, in order; ends early when it breaks off. Whoever stops taking ends it. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    let reason: FileEndReason = "failed";
    try {
      for (let at = this.#from; at < this.#end; ) {
        this.#want(at);
        const piece = this.#pieces.shift() ?? (await this.#next());
        if (piece === undefined || !this.#deps.isAgreed()) return;
        at += piece.length;
        yield piece;
      }
      reason = "done";
    } finally {
      this.end(reason);
    }
  }

  end(reason?: FileEndReason): void {
    if (this.#isOver) return;
    this.#state = "over";
    this.#saying();
    this.#limit();
    this.#connection?.close();
    if (reason !== undefined && this.#peer !== undefined) this.#deps.say({ step: "end", to: this.#peer.device, reason });
    this.#opened(false);
    this.#wake();
  }

  async #connect(peer: PeerDevice, sdp: string): Promise<void> {
    const connection = await this.#deps.open({
      open: () => this.#open(),
      message: (bytes) => this.#take(bytes),
      closed: () => this.end(),
    });
    this.#connection = connection;
    if (this.#isOver) {
      connection.close();
      return;
    }
    const answer = await connection.answer(sdp);
    if (this.#isOver) return;
    this.#answer = answer;
    this.#deps.say({ step: "answer", to: peer.device, sdp: answer });
  }

  get #isOver(): boolean {
    return this.#state === "over";
  }

  #open(): void {
    if (this.#state !== "connecting") return;
    this.#state = "open";
    this.#limit();
    this.#opened(true);
  }

  /** More than was wanted, or in larger messages, is nothing that this client's other side sends. */
  #take(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    const isWanted = bytes.length > 0 && bytes.length <= MAX_PIECE_BYTES && this.#came + bytes.length <= this.#wanted;
    if (!isWanted) {
      this.end("failed");
      return;
    }
    this.#came += bytes.length;
    this.#pieces.push(bytes);
    this.#wake();
  }

  #want(at: number): void {
    const until = Math.min(this.#end, at + WINDOW_BYTES);
    if (until <= this.#wanted || (until - this.#wanted < STEP_BYTES && until < this.#end) || this.#state !== "open") return;
    const want = encodeWant({ from: this.#wanted, until });
    this.#wanted = until;
    this.#connection?.send(want).catch(() => this.end());
  }

  /** @returns undefined when nothing more comes. What came before the end is taken first. */
  async #next(): Promise<Uint8Array | undefined> {
    while (this.#pieces.length === 0 && this.#state === "open") {
      await new Promise<void>((resolve) => {
        const cancel = this.#deps.core.deps.timers.after(STALLS_MS, () => this.end("failed"));
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
    return this.#pieces.shift();
  }
}
