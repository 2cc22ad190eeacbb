// A line in front of a UDP port that loses datagrams and delays each by another time, so that they overtake each other. Both ways.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** Chances from 0 to 1, the same for the same seed: mulberry32. */
export function seededChance(seed: string): () => number {
  let state = [...seed].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface BadLineOptions {
  readonly toPort: number;
  /** 0 to 1. */
  readonly loss: number;
  readonly jitterMs: number;
  /** 0 to 1, the same run after run. */
  readonly random: () => number;
}

export class BadLine {
  readonly #options: BadLineOptions;
  readonly #front: Socket;
  /** One for each who sends, so that the port tells them apart. */
  readonly #backs = new Map<string, Socket>();
  readonly #delayed = new Set<NodeJS.Timeout>();
  lost = 0;
  passed = 0;

  private constructor(options: BadLineOptions, front: Socket) {
    this.#options = options;
    this.#front = front;
    front.on("message", (datagram, { address, port }) => {
      const back = this.#backOf(address, port);
      this.#pass(() => back.send(datagram, options.toPort, "127.0.0.1"));
    });
  }

  static async open(options: BadLineOptions): Promise<BadLine> {
    const front = createSocket("udp4");
    front.bind(0, "127.0.0.1");
    await once(front, "listening");
    return new BadLine(options, front);
  }

  get port(): number {
    return (this.#front.address() as AddressInfo).port;
  }

  close(): void {
    for (const timer of this.#delayed) clearTimeout(timer);
    for (const socket of [this.#front, ...this.#backs.values()]) socket.close();
  }

  #backOf(address: string, port: number): Socket {
    const name = `${address}:${port}`;
    const known = this.#backs.get(name);
    if (known !== undefined) return known;
    const back = createSocket("udp4");
    back.on("message", (datagram) => this.#pass(() => this.#front.send(datagram, port, address)));
    this.#backs.set(name, back);
    return back;
  }

  #pass(send: () => void): void {
    const { loss, jitterMs, random } = this.#options;
    if (random() < loss) {
      this.lost += 1;
      return;
    }
    this.passed += 1;
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      send();
    }, random() * jitterMs);
    this.#delayed.add(timer);
  }
}
