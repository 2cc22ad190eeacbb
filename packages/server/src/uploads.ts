// One writer for each blob. Whoever comes later cuts the earlier one off: mostly it is the same sender, whose old connection is dead
// without knowing. What the earlier one sent is kept, so that the later one may find another offset than it thought (B1).
import { UploadInterrupted, type UploadInterruption } from "./upload-interrupted.ts";

interface Writer {
  readonly cutOff: (reason: UploadInterruption) => void;
  readonly done: Promise<void>;
}

export class Uploads {
  readonly #writers = new Map<string, Writer>();

  get size(): number {
    return this.#writers.size;
  }

  /** Cuts everybody off: what came is kept, and they go on when the node is back. */
  cutOff(): void {
    for (const { cutOff } of this.#writers.values()) cutOff("stopping");
  }

  /** Runs `write` when nobody else writes to this blob. */
  async alone<Result>(
    blob: string,
    body: AsyncIterable<Uint8Array>,
    write: (body: AsyncIterable<Uint8Array>) => Promise<Result>,
  ): Promise<Result> {
    for (let earlier = this.#writers.get(blob); earlier !== undefined; earlier = this.#writers.get(blob)) {
      earlier.cutOff("replaced");
      await earlier.done;
    }
    let cutOff: Writer["cutOff"] = () => undefined;
    const interrupted = new Promise<never>((_, reject) => {
      cutOff = (reason) => reject(new UploadInterrupted(reason));
    });
    interrupted.catch(() => undefined); // nobody listens once the body has ended
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.#writers.set(blob, { cutOff, done });
    try {
      return await write(until(interrupted, body));
    } finally {
      this.#writers.delete(blob);
      finish();
    }
  }
}

/** The body, as long as it is not interrupted. */
async function* until(interrupted: Promise<never>, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const coming = pieces.next().catch((cause: unknown) => {
      throw new UploadInterrupted("broken", { cause });
    });
    coming.catch(() => undefined); // nobody waits for it once the upload was interrupted
    const next = await Promise.race([coming, interrupted]);
    if (next.done === true) return;
    yield next.value;
  }
}
