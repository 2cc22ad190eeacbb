// The built command, run as an operator and as people in terminals do: as processes of their own.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const FLAGS = ["--disable-warning=ExperimentalWarning", MAIN];

export type Running = ChildProcessByStdio<Writable, Readable, Readable>;

export function startProgram(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  return spawn(process.execPath, [...FLAGS, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
}

/** The first line of standard output. Rejects with what was said when the program ends before. */
export function firstLine(child: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    let [text, errors] = ["", ""];
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${text}${errors}`)));
  });
}

export async function endProgram(child: Running, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
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
