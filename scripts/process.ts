import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./workspaces.ts";

/** The tools that are installed come before those of the machine. */
const PATH = `${join(root, "node_modules", ".bin")}:${process.env["PATH"] ?? ""}`;

/** Programs start in half the time when what was compiled once is kept: tests start hundreds. */
const COMPILED = { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compiled") };

/** Runs a command in the root with its output shown. @returns whether it succeeded. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}): boolean {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH, ...COMPILED, ...env },
  });
  return status === 0;
}

/** Runs a command and keeps its output. */
export function capture(
  command: string,
  args: readonly string[],
  cwd: string = root,
): { readonly isOk: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { isOk: status === 0, output: `${stdout}${stderr}` };
}
