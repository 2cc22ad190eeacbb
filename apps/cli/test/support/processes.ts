// Real processes: a node, and commands of several people, each with a home of their own in a folder that goes away.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const FLAGS = ["--conditions=source", "--disable-warning=ExperimentalWarning", MAIN];

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** The lines of standard output as JSON. */
  json<Value = Record<string, unknown>>(): Value[];
}

export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), "p2pcrypt-cli-"));
  readonly #children = new Set<ChildProcessWithoutNullStreams>();

  home(name: string): string {
    return join(this.folder, name);
  }

  /** Runs a command to its end. */
  async run(
    name: string,
    args: readonly string[],
    options: { readonly input?: string; readonly json?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<Said> {
    const child = this.start(name, args, options);
    child.stdin.end(options.input ?? "");
    const [out, err, exit] = await Promise.all([
      collected(child.stdout),
      collected(child.stderr),
      once(child, "exit").then(([code]) => Number(code)),
    ]);
    return {
      exit,
      out,
      err,
      json: <Value>() => out.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Value])),
    };
  }

  /** Starts a command and leaves it running. */
  start(
    name: string,
    args: readonly string[],
    options: { readonly json?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
  ): ChildProcessWithoutNullStreams {
    const global = ["--home", this.home(name), ...(options.json === false ? [] : ["--json"])];
    const env = { ...process.env, XDG_RUNTIME_DIR: this.folder, NODE_OPTIONS: "", ...options.env };
    const child = spawn(process.execPath, [...FLAGS, ...global, ...args], { env });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  /** Starts another program of the project's, from source. */
  program(file: string, args: readonly string[]): ChildProcessWithoutNullStreams {
    const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning", file];
    const child = spawn(process.execPath, [...flags, ...args], {
      env: { ...process.env, NODE_OPTIONS: "", PASSPHRASE: "correct horse" },
    });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  /** A node on a free port. */
  async node(
    options: { readonly port?: number; readonly flags?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<NodeProcess> {
    const port = options.port ?? (await freePort());
    const flags = [
      "node",
      "start",
      "--port",
      String(port),
      "--operator-port",
      "0",
      "--data",
      this.home("node"),
      ...(options.flags ?? []),
    ];
    const child = this.start("operator", flags, options);
    const [line] = await lines(child, 1);
    const { url } = JSON.parse(line ?? "{}") as { url: string };
    return { url, port, child };
  }

  /** Starts another program, which ends with the place; resolves when it listens at `port`. */
  async tool(command: string, args: readonly string[], port: number, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    child.stdout.resume();
    child.stderr.resume();
    while (!(await isListening(port))) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    }
  }

  async end(): Promise<void> {
    const children = [...this.#children];
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(
      children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined)),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface NodeProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcessWithoutNullStreams;
}

/** Waits for so many lines of standard output. */
export function lines(child: ChildProcessWithoutNullStreams, count: number): Promise<string[]> {
  return linesUntil(child, (all) => all.length >= count);
}

/** Waits until the lines so far satisfy; rejects when the process ends before. */
export function linesUntil(
  child: ChildProcessWithoutNullStreams,
  isEnough: (lines: readonly string[]) => boolean,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = "";
    let errors = "";
    const look = (chunk: Buffer): void => {
      text += chunk.toString();
      const all = text.split("\n").slice(0, -1);
      if (!isEnough(all)) return;
      child.stdout.off("data", look);
      resolve(all);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${text}${errors}`)));
  });
}

/** Waits until a stream has said something. */
export function textUntil(stream: Readable, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    const look = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!text.includes(wanted)) return;
      stream.off("data", look);
      resolve();
    };
    stream.on("data", look);
    stream.once("end", () => reject(new Error(`ended without "${wanted}": ${text}`)));
  });
}

export async function killed(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
  const exit = once(child, "exit");
  child.kill(signal);
  const [code] = await exit;
  return code === null ? null : Number(code);
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const outcome = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(
    () => false,
  );
  socket.destroy();
  return outcome;
}

async function collected(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
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
