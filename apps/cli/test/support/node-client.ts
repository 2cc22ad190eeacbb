// Talks to a real node as a program would: JSON-RPC over a WebSocket, and raw bytes where a program should not.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { type OperationName, operation, type RequestOf, type ResponseOf, tokenHash, toStreamId, toWire } from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { WebSocket } from "ws";
import { signer } from "../../src/ed25519.ts";

export class NodeClient {
  readonly socket: WebSocket;
  readonly #waiting = new Map<string, (frame: Frame | undefined) => void>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => {
      const frame: Frame = JSON.parse(data.toString());
      this.#waiting.get(frame.id ?? "")?.(frame);
      this.#waiting.delete(frame.id ?? "");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const resolve of this.#waiting.values()) resolve(undefined);
    });
  }

  static async open(url: string): Promise<NodeClient> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/socket`, { perMessageDeflate: false });
    const client = new NodeClient(socket);
    await once(socket, "open");
    return client;
  }

  /** The answer, or the error's code. Undefined when the connection ended before. */
  async call<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
    capability?: Uint8Array,
  ): Promise<ResponseOf<Name> | string | undefined> {
    const id = String(++this.#id);
    const wire = toWire(operation(name).request, request) as Record<string, unknown>;
    const params = { ...wire, ...(capability === undefined ? {} : { capability: encodeBase64Url(capability) }) };
    const answered = new Promise<Frame | undefined>((resolve) => {
      if (this.socket.readyState !== this.socket.OPEN) return resolve(undefined);
      this.#waiting.set(id, resolve);
    });
    if (this.socket.readyState === this.socket.OPEN)
      this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: name, params }));
    const frame = await answered;
    if (frame === undefined) return undefined;
    return frame.error === undefined ? (operation(name).response.parse(frame.result) as ResponseOf<Name>) : frame.error.data.code;
  }
}

interface Frame {
  readonly id?: string;
  readonly result?: unknown;
  readonly error?: { readonly data: { readonly code: string } };
}

export interface TestStream {
  readonly stream: ReturnType<typeof toStreamId>;
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
}

export async function newStream(client: NodeClient): Promise<TestStream> {
  const made = { stream: toStreamId(random(32)), readToken: random(32), writeToken: random(32) };
  const answer = await client.call("stream.create", {
    stream: made.stream,
    kind: "conversation",
    readTokenHash: tokenHash(made.readToken),
    writeTokenHash: tokenHash(made.writeToken),
    admins: [signer(random(32)).publicKey],
  });
  if (typeof answer !== "object") throw new Error(`not made: ${answer}`);
  return made;
}

/** The structure of an encrypted message with random content. */
export function applicationRecord(size = 700): Uint8Array {
  const ciphertext = random(size);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0, 1, 0, 2, 0x20]),
      random(32),
      Buffer.alloc(8),
      Buffer.from([1, 0, 28]),
      random(28),
      Buffer.from([0x40 | (size >> 8), size & 255]),
      ciphertext,
    ]),
  );
}

export function random(size: number): Uint8Array {
  return new Uint8Array(randomBytes(size));
}

/** Writes bytes to a port and collects what comes back until the other side closes. */
export async function raw(port: number, chunks: readonly (string | Buffer)[]): Promise<string> {
  const socket = connectTcp(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  let text = "";
  socket.on("data", (data: Buffer) => {
    text += data.toString("latin1");
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  for (const chunk of chunks) if (!socket.destroyed) socket.write(chunk);
  await closed;
  return text;
}
