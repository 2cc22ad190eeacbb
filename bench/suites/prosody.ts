// The same work for a server that people know: Prosody's offline store takes 1 KB messages for people who are away, from 64 senders.
// Where it is not installed, there is nothing to compare with, and the suite says so.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendsPerSecond } from "../append-load.ts";
import { freePort, NodeProcess } from "../node-process.ts";
import { type Result, rounded } from "../result.ts";

const PROSODY = "/usr/bin/prosody";
/** Where Prosody keeps its data. On a file system that is mounted with `-o sync` it flushes as well, which it does not do by itself. */
const DATA = process.env["PROSODY_DATA"] ?? tmpdir();
const IS_FLUSHED = process.env["PROSODY_DATA"] !== undefined;
const SENDERS = 64;
const DURATION_MS = 6_000;
/** As long as the record that our node takes in the same run. */
const BODY = "x".repeat(1024);

export async function run(): Promise<Result[]> {
  if (!existsSync(PROSODY)) {
    console.error("prosody is not installed (Debian: apt install prosody): nothing to compare with");
    return [];
  }
  const theirs = await offlineMessagesPerSecond();
  const node = await NodeProcess.start();
  try {
    const { perSecond } = await appendsPerSecond(node, { writers: SENDERS, durationMs: DURATION_MS });
    return [
      {
        name: "Prosody's offline store, 64 senders",
        value: rounded(theirs),
        unit: "messages/s",
        note: IS_FLUSHED ? "in PROSODY_DATA" : "not flushed to the disk",
      },
      { name: "appends through our node, 64 writers", value: rounded(perSecond), unit: "records/s", note: "flushed" },
      { name: "our node to Prosody", value: rounded(perSecond / theirs, 2), unit: "times", goal: { atLeast: 3 } },
    ];
  } finally {
    await node.remove();
  }
}

async function offlineMessagesPerSecond(): Promise<number> {
  const folder = mkdtempSync(join(DATA, "p2pcrypt-prosody-"));
  const port = await freePort();
  writeFileSync(join(folder, "prosody.cfg.lua"), configuration(folder, port));
  const accounts = join(folder, "data", "localhost", "accounts");
  mkdirSync(accounts, { recursive: true });
  for (const name of [...names("sender"), ...names("away")])
    writeFileSync(join(accounts, `${name}.dat`), 'return { ["password"] = "secret"; };\n');
  const server = spawn(PROSODY, ["-F", "--config", join(folder, "prosody.cfg.lua")], { stdio: "ignore" });
  try {
    await listening(port, server);
    const senders = await Promise.all(names("sender").map((name) => Sender.open(port, name)));
    const startedMs = performance.now();
    const counts = await Promise.all(
      senders.map(async (sender, i) => {
        let count = 0;
        for (; performance.now() - startedMs < DURATION_MS; count++) await sender.send(`away${i}@localhost`);
        return count;
      }),
    );
    const elapsedMs = performance.now() - startedMs;
    for (const sender of senders) sender.close();
    const sent = counts.reduce((sum, count) => sum + count, 0);
    const stored = storedIn(join(folder, "data", "localhost", "offline"));
    if (stored < sent) throw new Error(`Prosody answered for ${sent} messages and stored ${stored}`);
    return (sent * 1000) / elapsedMs;
  } finally {
    const ended = once(server, "exit");
    if (server.exitCode === null) {
      server.kill("SIGKILL");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Messages in the store: each body stands there once. */
function storedIn(folder: string): number {
  const files = readdirSync(folder).filter((name) => name.endsWith(".list"));
  return files.reduce((sum, name) => sum + readFileSync(join(folder, name), "latin1").split(BODY).length - 1, 0);
}

function names(kind: string): string[] {
  return Array.from({ length: SENDERS }, (_, n) => `${kind}${n}`);
}

/** Nothing but what the comparison needs: accounts, offline messages, and an answer for each stanza that was handled (XEP-0198). */
function configuration(folder: string, port: number): string {
  return `run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
log = { error = "${folder}/error.log" }
modules_enabled = { "saslauth", "offline", "smacks" }
modules_disabled = { "s2s", "posix" }
authentication = "internal_plain"
storage = "internal"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = {}
limits = {}
VirtualHost "localhost"
`;
}

async function listening(port: number, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error("Prosody did not start");
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The least of an XMPP client: signs in, sends, and waits until the server has handled what it sent. */
class Sender {
  readonly #socket: Socket;
  #text = "";
  #look: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      this.#text += text;
      this.#look?.();
    });
  }

  static async open(port: number, name: string): Promise<Sender> {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    await once(socket, "connect");
    const sender = new Sender(socket);
    const begin =
      "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
    await sender.#ask(begin, "</stream:features>");
    const plain = Buffer.from(`\0${name}\0secret`).toString("base64");
    await sender.#ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`, "<success");
    await sender.#ask(begin, "</stream:features>");
    await sender.#ask("<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "</iq>");
    await sender.#ask("<enable xmlns='urn:xmpp:sm:3'/>", "<enabled");
    return sender;
  }

  /** Resolves when the server says that it handled it. */
  send(to: string): Promise<void> {
    return this.#ask(`<message to='${to}' type='chat'><body>${BODY}</body></message><r xmlns='urn:xmpp:sm:3'/>`, "<a ");
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(text: string, answer: string): Promise<void> {
    this.#text = "";
    const answered = new Promise<void>((resolve) => {
      this.#look = () => {
        if (this.#text.includes(answer)) resolve();
      };
    });
    this.#socket.write(text);
    return answered;
  }
}
