import type { ClientEvent } from "@p2pcrypt/client";

/** Events of one turn go to the page in one message: a client that catches up makes thousands. */
export class EventBatches {
  readonly #send: (events: readonly ClientEvent[]) => void;
  #waiting: ClientEvent[] = [];

  constructor(send: (events: readonly ClientEvent[]) => void) {
    this.#send = send;
  }

  add(event: ClientEvent): void {
    if (this.#waiting.push(event) === 1) void Promise.resolve().then(() => this.flush());
  }

  /** Sends what waits now, so that it arrives before what is sent next. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const events = this.#waiting;
    this.#waiting = [];
    this.#send(events);
  }
}
