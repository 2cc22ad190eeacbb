// The least a program needs to write to and listen on a node: no checking, so that the node is what is measured.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { tokenHash, toStreamId } from "@p2pcrypt/api";
import { WebSocket } from "ws";

export interface BenchStream {
  readonly stream: string;
  readonly readToken: string;
  readonly writeToken: string;
}

export class StreamClient {
  readonly socket: WebSocket;
  readonly #waiting = new Map<string, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #id = 0;
  pushed: (params: { readonly stream: string; readonly seq: number }) => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString());
      if (frame.method !== undefined) return this.pushed(frame.params);
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (frame.error !== undefined) waiting?.reject(new Error(frame.error.data.code));
      else waiting?.resolve(frame.result);
    });
    socket.on("error", () => undefined);
  }

  static async open(url: string): Promise<StreamClient> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/socket`, { perMessageDeflate: false });
    await once(socket, "open");
    return new StreamClient(socket);
  }

  call(method: string, params: Record<string, unknown>): Promise<unknown> {
    this.#id += 1;
    const id = String(this.#id);
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return answered;
  }

  async create(): Promise<BenchStream> {
    const [id, read, write, admin] = [randomBytes(32), randomBytes(32), randomBytes(32), randomBytes(32)].map(
      (bytes) => new Uint8Array(bytes),
    );
    if (id === undefined || read === undefined || write === undefined || admin === undefined) throw new RangeError();
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
    await this.call("stream.create", {
      stream: toStreamId(id),
      kind: "conversation",
      readTokenHash: text(tokenHash(read)),
      writeTokenHash: text(tokenHash(write)),
      admins: [text(admin)],
    });
    return { stream: toStreamId(id), readToken: text(read), writeToken: text(write) };
  }

  /** Written by hand, since it is what the busiest suites do: nothing in it needs escaping. */
  append({ stream, writeToken }: BenchStream, record: string): Promise<unknown> {
    const idempotencyKey = randomBytes(16).toString("base64url");
    this.#id += 1;
    const id = String(this.#id);
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.socket.send(
      `{"jsonrpc":"2.0","id":"${id}","method":"stream.append","params":{"stream":"${stream}","kind":"application","record":"${record}","idempotencyKey":"${idempotencyKey}","ifHandshake":0,"capability":"${writeToken}"}}`,
    );
    return answered;
  }

  subscribe({ stream, readToken }: BenchStream, after: number): Promise<unknown> {
    return this.call("stream.subscribe", { stream, after, capability: readToken });
  }
}

/** The structure of an encrypted message of exactly `size` bytes, random inside. */
export function applicationRecord(size: number): Buffer {
  const head = Buffer.concat([
    Buffer.from([0, 1, 0, 2, 0x20]),
    randomBytes(32),
    Buffer.alloc(8),
    Buffer.from([1, 0, 28]),
    randomBytes(28),
  ]);
  const length = size - head.length - 2;
  return Buffer.concat([head, Buffer.from([0x40 | (length >> 8), length & 255]), randomBytes(length)]);
}
