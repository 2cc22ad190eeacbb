/** One end of a channel between two threads. */
export interface Port {
  /** `transfer`: ports that go along and are no longer here. */
  post(message: unknown, transfer?: readonly MessagePort[]): void;
  /** One receiver. What arrived before there was one may be lost. */
  receive(receiver: (message: unknown) => void): void;
}

/** A worker as its owner sees it, or the scope of a worker as its own script sees it. */
interface Thread {
  postMessage(message: unknown, transfer: MessagePort[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
}

export function portOf(thread: Thread): Port {
  return {
    post: (message, transfer = []) => thread.postMessage(message, [...transfer]),
    receive: (receiver) => thread.addEventListener("message", ({ data }) => receiver(data)),
  };
}
