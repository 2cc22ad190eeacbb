// The asking side of a port.
import { toError } from "./failure.ts";
import type { CallerMessage, Operations, ServerMessage } from "./messages.ts";
import type { Port } from "./port.ts";
import { WebError } from "./web-error.ts";

interface Waiting {
  readonly answered: (value: unknown) => void;
  readonly failed: (error: Error) => void;
}

export class Caller<Ops extends Operations, Notice = never> {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  readonly #whenSettled: (() => void)[] = [];
  #nextId = 1;
  #isEnded = false;

  /** Notices arrive in the order in which they were given, and before the answers that were given after them. */
  constructor(port: Port, noticed: (notice: Notice) => void) {
    this.#port = port;
    port.receive((message) => {
      if (!this.#isEnded) this.#received(message as ServerMessage, noticed);
    });
  }

  /** @throws what the operation throws; {WebError} web/ended, web/cancelled */
  call<Op extends keyof Ops & string>(
    op: Op,
    request: Ops[Op]["request"],
    signal?: AbortSignal,
    transfer: readonly MessagePort[] = [],
  ): Promise<Ops[Op]["answer"]> {
    if (this.#isEnded) return Promise.reject(new WebError({ code: "web/ended" }));
    if (signal?.aborted === true) return Promise.reject(new WebError({ code: "web/cancelled" }));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        if (!this.#waiting.delete(id)) return;
        this.#post({ kind: "cancel", id });
        reject(new WebError({ code: "web/cancelled" }));
        this.#wake();
      };
      signal?.addEventListener("abort", cancel, { once: true });
      const settled = (): void => {
        signal?.removeEventListener("abort", cancel);
        this.#wake();
      };
      this.#waiting.set(id, {
        answered: (value) => {
          settled();
          resolve(value as Ops[Op]["answer"]);
        },
        failed: (error) => {
          settled();
          reject(error);
        },
      });
      this.#post({ kind: "call", id, op, request }, transfer);
    });
  }

  /** Resolves once no call waits for its answer. */
  async settled(): Promise<void> {
    while (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#whenSettled.push(resolve));
  }

  /** The other side is gone: whatever waits fails, and so does everything after. */
  end(): void {
    this.#isEnded = true;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of waiting) failed(new WebError({ code: "web/ended" }));
  }

  #wake(): void {
    if (this.#waiting.size > 0) return;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }

  #post(message: CallerMessage, transfer: readonly MessagePort[] = []): void {
    this.#port.post(message, transfer);
  }

  #received(message: ServerMessage, noticed: (notice: Notice) => void): void {
    if (message.kind === "notice") {
      noticed(message.notice as Notice);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "answer") waiting?.answered(message.value);
    else waiting?.failed(toError(message.failure));
  }
}
