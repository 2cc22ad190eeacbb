// Direct connections of people in one process: each describes itself, and is open once both have taken what the other described. What
// goes through can be counted, changed and cut.
import type { DirectConnection, DirectEvents } from "@p2pcrypt/client";
import type { FileDisk } from "./file-disk.ts";

export class Cable {
  readonly ends: End[] = [];
  /** Of the certificate, two hexadecimal digits; undefined describes none. */
  fingerprint: string | undefined = "AB";
  /** What is sent as the n-th message of a connection arrives as this. */
  through: (bytes: Uint8Array, count: number, from: End) => Uint8Array | "cut" | "lost" = (bytes) => bytes;

  /** Before the client of that person begins. */
  connect(disk: FileDisk, name: string): void {
    disk.cable = (stunUrls, events) => {
      const end = new End(this, { name, stunUrls, events });
      this.ends.push(end);
      return end;
    };
  }

  of(name: string): readonly End[] {
    return this.ends.filter((end) => end.name === name);
  }

  describe(end: End): string {
    const { fingerprint } = this;
    const named = fingerprint === undefined ? [] : [`a=fingerprint:sha-256 ${new Array(32).fill(fingerprint).join(":")}`];
    return ["v=0", `a=end:${this.ends.indexOf(end)}`, ...named, ""].join("\r\n");
  }

  find(sdp: string): End | undefined {
    return this.ends[Number(/^a=end:(\d+)$/m.exec(sdp)?.[1] ?? -1)];
  }
}

export class End implements DirectConnection {
  readonly name: string;
  readonly stunUrls: readonly string[];
  readonly described: string[] = [];
  isClosed = false;
  sentBytes = 0;
  readonly #cable: Cable;
  readonly #events: DirectEvents;
  #other: End | undefined;
  #count = 0;

  constructor(
    cable: Cable,
    { name, stunUrls, events }: { readonly name: string; readonly stunUrls: readonly string[]; readonly events: DirectEvents },
  ) {
    this.#cable = cable;
    this.name = name;
    this.stunUrls = stunUrls;
    this.#events = events;
  }

  async offer(): Promise<string> {
    return this.#describe();
  }

  async answer(sdp: string): Promise<string> {
    this.#other = this.#cable.find(sdp);
    return this.#describe();
  }

  async accept(sdp: string): Promise<void> {
    this.#other = this.#cable.find(sdp);
    if (this.#other === undefined) throw new Error("nobody is there");
    this.#events.open();
    this.#other.#events.open();
  }

  async send(bytes: Uint8Array): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // others have their turn
    const arrives = this.isClosed ? "cut" : this.#cable.through(bytes, this.#count++, this);
    if (arrives === "cut") {
      this.cut();
      throw new Error("cut");
    }
    this.sentBytes += bytes.length;
    if (arrives !== "lost" && this.#other?.isClosed === false) this.#other.#events.message(arrives);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const other = this.#other;
    if (other?.isClosed === false) other.#events.closed();
  }

  /** Both learn of it. */
  cut(): void {
    const other = this.#other;
    this.#events.closed();
    if (other !== undefined) other.#events.closed();
  }

  #describe(): string {
    const sdp = this.#cable.describe(this);
    this.described.push(sdp);
    return sdp;
  }
}
