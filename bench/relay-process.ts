// A relay to be measured, ours or coturn, and the programs of coturn that load it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./node-process.ts";
import { profileFlags } from "./profile.ts";

export const RELAY_SECRET = "a-secret-for-measuring";
/** Not an address of an interface, so that our relay does not take it for one of its own. */
export const PEER_IP = "127.0.0.2";

const COTURN = "/usr/bin/turnserver";
const UCLIENT = "/usr/bin/turnutils_uclient";
const PROGRAM = fileURLToPath(new URL("./relay-program.ts", import.meta.url));

export const HAS_COTURN = existsSync(COTURN) && existsSync(UCLIENT);

export class RelayProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  static async ours(): Promise<RelayProcess> {
    const port = await freePort();
    const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning", ...profileFlags(), PROGRAM, String(port)];
    const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
    await Promise.race([once(child.stdout, "data"), ended(child)]);
    return new RelayProcess(port, child);
  }

  /** As Debian has it, with one thread, since ours is one. */
  static async coturn(): Promise<RelayProcess> {
    const port = await freePort();
    const settings = [
      ...[
        "-n",
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        "--fingerprint",
        "--log-file=stdout",
        `--pidfile=${join(tmpdir(), `p2pcrypt-coturn-${port}.pid`)}`,
      ],
      ...[`--listening-port=${port}`, "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers"],
      ...["--realm=bench", "--use-auth-secret", `--static-auth-secret=${RELAY_SECRET}`, "--relay-threads=1"],
    ];
    const child = spawn(COTURN, settings, { stdio: "ignore" });
    await Promise.race([listening(port), ended(child)]);
    return new RelayProcess(port, child);
  }

  /** CPU time used so far, of all threads, in milliseconds. */
  cpuMs(): number {
    const text = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Resident memory in KiB. */
  rssKib(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"))?.[1] ?? 0);
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await exited;
  }
}

export interface Load {
  readonly clients: number;
  readonly packets: number;
  readonly intervalMs: number;
  readonly bytes: number;
  /** Of an echo at PEER_IP; undefined: the clients send to each other's relayed addresses. */
  readonly peerPort: number | undefined;
}

export interface LoadReport {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
}

/** One run of turnutils_uclient: UDP, channels. */
export async function loadRelay(port: number, { clients, packets, intervalMs, bytes, peerPort }: Load): Promise<LoadReport> {
  const target = peerPort === undefined ? ["-y"] : ["-e", PEER_IP, "-r", String(peerPort)];
  const amount = ["-m", String(clients), "-n", String(packets), "-z", String(intervalMs), "-l", String(bytes)];
  const args = ["-c", "-W", RELAY_SECRET, "-u", "bench", "-p", String(port), ...amount, ...target, "127.0.0.1"];
  const startedMs = performance.now();
  const output = await new Promise<string>((resolve, reject) => {
    execFile(UCLIENT, args, { maxBuffer: 256 * 1024 * 1024, timeout: 120_000 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`turnutils_uclient: ${stdout.slice(-500)}`, { cause: error }));
    });
  });
  const [, sent, received] = [...output.matchAll(/start_mclient: tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g)].at(-1) ?? [];
  return { sent: Number(sent), received: Number(received), seconds: (performance.now() - startedMs) / 1000 };
}

/** Sends back what it hears, in this process. */
export async function openEcho(): Promise<{ readonly port: number; close(): void }> {
  const socket = createSocket({
    type: "udp4",
    recvBufferSize: 4 * 1024 * 1024,
    lookup: (ip, _options, done) => done(null, ip, 4),
  });
  socket.on("message", (bytes, from) => socket.send(bytes, from.port, from.address));
  await new Promise<void>((resolve) => socket.bind(0, PEER_IP, () => resolve()));
  return { port: socket.address().port, close: () => socket.close() };
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
  }
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`the relay ended with ${String(code)}`);
}
