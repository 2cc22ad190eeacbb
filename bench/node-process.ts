// A node in a process of its own, as an operator runs it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peakMibOf } from "./command.ts";
import { profileFlags } from "./profile.ts";

const MAIN = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));

export class NodeProcess {
  readonly folder: string;
  readonly port: number;
  #child: ChildProcess | undefined;
  /** Time from the start of the process to its first answer. */
  readyMs = 0;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<NodeProcess> {
    const node = new NodeProcess(mkdtempSync(join(tmpdir(), "p2pcrypt-bench-")), await freePort());
    await node.start();
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const flags = [
      "--json",
      "node",
      "start",
      "--port",
      String(this.port),
      "--operator-port",
      "0",
      "--data",
      this.folder,
      "--rate-limits",
      "off",
    ];
    const startedMs = performance.now();
    const child = spawn(process.execPath, [...profileFlags(), MAIN, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
    this.#child = child;
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => {
        throw new Error("the node did not start");
      }),
    ]);
    this.readyMs = performance.now() - startedMs;
  }

  /** Resident memory in MiB. */
  rssMib(): number {
    const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child?.pid}/status`, "utf8"))?.[1] ?? 0);
    return Math.round(kib / 1024);
  }

  /** The most resident memory so far, in MiB. */
  peakMib(): number {
    return peakMibOf(this.#child?.pid);
  }

  /** CPU time used so far, in milliseconds. */
  cpuMs(): number {
    const text = readFileSync(`/proc/${this.#child?.pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
