// A real node on a free port of this machine. It can die and come back with the same address and data.
import { endProgram, firstLine, freePort, type Running, startProgram } from "./program.ts";

export class NodeProcess {
  readonly #folder: string;
  /** Of its next start. */
  flags: readonly string[];
  readonly port: number;
  #child: Running | undefined;
  #log = "";

  private constructor(folder: string, port: number, flags: readonly string[]) {
    this.#folder = folder;
    this.port = port;
    this.flags = flags;
  }

  static async start(folder: string, flags: readonly string[] = []): Promise<NodeProcess> {
    const node = new NodeProcess(folder, await freePort(), flags);
    await node.start();
    return node;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** What it wrote about itself so far, over all its lives. */
  get log(): string {
    return this.#log;
  }

  async start(): Promise<void> {
    const place = ["--port", String(this.port), "--operator-port", "0", "--data", this.#folder];
    const child = startProgram(["--json", "node", "start", ...place, ...this.flags]);
    this.#child = child;
    child.stderr.on("data", (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
    await firstLine(child);
  }

  /** Power cut of the process: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    if (this.#child !== undefined) await endProgram(this.#child);
  }
}
