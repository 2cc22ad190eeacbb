// coturn's own client, where it is installed: somebody else's idea of what a relay has to do.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";

const PROGRAM = "/usr/bin/turnutils_uclient";

export const HAS_TURNUTILS = existsSync(PROGRAM);

export interface TurnutilsReport {
  readonly exitCode: number;
  readonly sent: number;
  readonly received: number;
  readonly output: string;
}

/** `secret`: of time-limited credentials, in a test's argv on purpose. */
export function runTurnutils(port: number, secret: string, flags: readonly string[]): Promise<TurnutilsReport> {
  const args = ["-W", secret, "-u", "lease-of-a-test", "-p", String(port), ...flags, "127.0.0.1"];
  return new Promise((resolve) => {
    execFile(PROGRAM, args, { timeout: 170_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      const totals = [...stdout.matchAll(/start_mclient: tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g)].at(-1);
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ exitCode, sent: Number(totals?.[1] ?? 0), received: Number(totals?.[2] ?? 0), output: stdout });
    });
  });
}
