// Passes TCP on to a node and counts the bytes of both directions.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class CountingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  bytes = 0;

  private constructor(port: number) {
    this.#server = createServer((socket) => this.#join(socket, connect(port, "127.0.0.1")));
  }

  static async start(port: number): Promise<CountingProxy> {
    const proxy = new CountingProxy(port);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new RangeError("not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (chunk: Buffer) => {
        this.bytes += chunk.length;
        to.write(chunk);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
