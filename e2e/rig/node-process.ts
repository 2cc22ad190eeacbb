// A real node on a free port of this machine. It can die and come back with the same address and data.
import { cpSync, rmSync } from "node:fs";
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

  /** Dies, and comes back as it was when `back` is called: as if somebody put an old copy of its disk in place. */
  async keepCopy(): Promise<{ readonly back: () => Promise<void> }> {
    const copy = `${this.#folder}.copy`;
    await this.kill();
    cpSync(this.#folder, copy, { recursive: true });
    await this.start();
    return {
      back: async () => {
        await this.kill();
        rmSync(this.#folder, { recursive: true });
        cpSync(copy, this.#folder, { recursive: true });
        await this.start();
      },
    };
  }

  /** Power cut of the process: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    if (this.#child !== undefined) await endProgram(this.#child);
  }
}
