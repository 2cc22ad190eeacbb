// A command as a person runs it: how long it takes, and the most memory that its process had.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const SAMPLE_MS = 50;

export interface Ran {
  readonly ms: number;
  readonly peakMib: number;
  readonly json: readonly Readonly<Record<string, unknown>>[];
}

/** Our own command, in a home of its own. @throws {Error} when it fails. */
export function runCommand(home: string, args: readonly string[]): Promise<Ran> {
  return runProgram(process.execPath, [MAIN, "--json", "--home", home, ...args]);
}

/** Another program. @throws {Error} when it fails. */
export async function runProgram(program: string, args: readonly string[]): Promise<Ran> {
  const startedMs = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  const complaints: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => said.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  let peakMib = 0;
  const sampling = setInterval(() => {
    peakMib = Math.max(peakMib, peakMibOf(child.pid));
  }, SAMPLE_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(sampling);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${complaints.join("").slice(0, 500)}`);
  const json = said
    .join("")
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Record<string, unknown>] : []));
  return { ms: performance.now() - startedMs, peakMib, json };
}

/** The most that a process had so far; 0 when it is over. */
export function peakMibOf(pid: number | undefined): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
