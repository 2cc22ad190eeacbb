// The asking side of a thread that hashes. Buffers go there and come back without being copied.
import type { Timers } from "@p2pcrypt/bytes";
import type { HashedBytes } from "@p2pcrypt/files";

export interface HashRequest {
  readonly id: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Or the thread says that it ends, with what it was handed. */
export type HashAnswer =
  | (HashRequest & { readonly digest: ArrayBuffer; readonly hasEnded?: never })
  | { readonly id: number; readonly hasEnded: true };

interface Thread {
  postMessage(request: HashRequest, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: HashAnswer }) => void): void;
  addEventListener(type: "error" | "messageerror", listener: () => void): void;
}

/** A thread that says nothing by then is none. */
const BEGIN_MS = 5_000;

interface Waiting {
  readonly answered: (hashed: HashedBytes) => void;
  readonly failed: (error: Error) => void;
}

export class HashThread {
  readonly #thread: Thread;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #hasEnded = false;

  private constructor(thread: Thread) {
    this.#thread = thread;
    thread.addEventListener("message", ({ data }) => {
      if (data.hasEnded === true) {
        this.#end();
        return;
      }
      const { id, bytes, digest } = data;
      this.#waiting.get(id)?.answered({ bytes, digest });
      this.#waiting.delete(id);
    });
    for (const ending of ["error", "messageerror"] as const) thread.addEventListener(ending, () => this.#end());
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Once it has answered. @returns undefined where no such thread begins */
  static async begin(start: () => Thread, { after }: Pick<Timers, "after">): Promise<HashThread | undefined> {
    try {
      const thread = new HashThread(start());
      const stop = after(BEGIN_MS, () => thread.#end());
      await thread.hash(new Uint8Array(1));
      stop();
      return thread;
    } catch {
      // The browser does not let a worker have a worker, or the file is not there any more: this thread does the work.
      return undefined;
    }
  }

  /** Takes the whole buffer that the bytes lie in until it answers. @throws when the thread ended: the bytes are gone with it */
  hash(bytes: Uint8Array): Promise<HashedBytes> {
    if (this.#hasEnded) return Promise.reject(new Error("the thread that hashes has ended"));
    const id = this.#nextId;
    this.#nextId += 1;
    const own = bytes as Uint8Array<ArrayBuffer>;
    return new Promise((answered, failed) => {
      // First: it may end before there is an answer to this.
      this.#waiting.set(id, { answered, failed });
      this.#thread.postMessage({ id, bytes: own }, [own.buffer]);
    });
  }

  #end(): void {
    this.#hasEnded = true;
    for (const { failed } of this.#waiting.values()) failed(new Error("the thread that hashes has ended"));
    this.#waiting.clear();
  }
}
