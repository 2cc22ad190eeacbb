// Debian's magic-wormhole, from one command to another on this machine: the program that people know for sending a file. Its own server
// for finding each other runs here too, and the bytes go straight from one process to the other.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, runProgram } from "./command.ts";
import { freePort } from "./node-process.ts";

const PROGRAMS = ["/usr/bin/wormhole", "/usr/bin/twist3"] as const;
const MAILBOX = "/usr/lib/python3/dist-packages/wormhole_mailbox_server";
const CODE = "1-measured-once";
const INSTALL = "apt-get install -y --no-install-recommends magic-wormhole python3-magic-wormhole-mailbox-server";
const STARTS_WITHIN_MS = 30_000;

/** @returns undefined, and a line on standard error, when this machine does not have it. */
export async function wormholeThrough(path: string, out: string): Promise<Pick<Ran, "ms"> | undefined> {
  if (![...PROGRAMS, MAILBOX].every((file) => existsSync(file))) {
    console.error(`files: no comparison with magic-wormhole here. On Debian this installs it: ${INSTALL}`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const port = await freePort();
  const [wormhole, twist] = PROGRAMS;
  const mailbox = ["wormhole-mailbox", "--port", `tcp:${port}:interface=127.0.0.1`, "--channel-db", join(folder, "channel")];
  const server = spawn(twist, [...mailbox, "--usage-db", join(folder, "usage")], { stdio: "ignore" });
  try {
    await listening(port);
    // Nothing listens where a relay would be.
    const net = ["--relay-url", `ws://127.0.0.1:${port}/v1`, "--transit-helper", "tcp:127.0.0.1:1"];
    const startedMs = performance.now();
    await Promise.all([
      runProgram(wormhole, [...net, "send", "--hide-progress", "--code", CODE, path]),
      runProgram(wormhole, [...net, "receive", "--hide-progress", "--accept-file", "--output-file", out, CODE]),
    ]);
    return { ms: performance.now() - startedMs };
  } finally {
    const exited = once(server, "exit");
    server.kill();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function listening(port: number): Promise<void> {
  const deadlineMs = performance.now() + STARTS_WITHIN_MS;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      socket.destroy();
    }
  }
}
