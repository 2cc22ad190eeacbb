import type { Port } from "../../src/protocol/port.ts";

/** Two ends of a channel between threads: what is posted is copied and arrives later, in order. `posted` keeps what an end posted. */
export interface End extends Port {
  readonly posted: readonly unknown[];
}

export function portPair(): readonly [End, End] {
  const receivers: [((message: unknown) => void) | undefined, ((message: unknown) => void) | undefined] = [undefined, undefined];
  const end = (mine: 0 | 1): End => {
    const posted: unknown[] = [];
    return {
      posted,
      post: (message) => {
        const copy: unknown = structuredClone(message);
        posted.push(copy);
        queueMicrotask(() => receivers[mine === 0 ? 1 : 0]?.(copy));
      },
      receive: (receiver) => {
        receivers[mine] = receiver;
      },
    };
  };
  return [end(0), end(1)];
}
