import { cpSync, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { StorageError } from "@p2pcrypt/storage";
import { BackupRefused, backupDatabase, openSqliteNodeStore, restoreDatabase } from "@p2pcrypt/storage-sqlite";
import type { Command } from "commander";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type NodeFlags, readNodeConfig } from "../node/config.ts";
import { IDENTITY_FILE, openNodeIdentity } from "../node/node-identity.ts";
import { runNode } from "../node/start.ts";
import { nodeAddress } from "../node-address.ts";
import type { Output } from "../output.ts";
import type { RunCommand } from "../run.ts";

const DATABASE = "node.sqlite";
const DEFAULT_ADDRESS = "http://127.0.0.1:8787";

export function addNodeCommands(program: Command, run: RunCommand): void {
  const node = program.command("node").description("run a node and look after it");
  node
    .command("start")
    .description("start a node (what npm start does)")
    .option("--port <port>", "port to listen on (default 8787)")
    .option("--host <address>", "address to listen on (default 127.0.0.1: this machine only)")
    .option("--data <folder>", "where everything is kept (default ~/.p2pcrypt-node)")
    .option("--public-url <url>", "the address that others use: links are built from it")
    .option("--tls-cert <file>", "certificate chain, PEM; read again when it changes")
    .option("--tls-key <file>", "its key, PEM")
    .option("--acme <host>", "get and renew a certificate for this name (RFC 8555); agrees to the authority's terms")
    .option("--acme-directory <url>", "the authority (default Let's Encrypt)")
    .option("--acme-http-port <port>", "where the authority's question is answered (default 80)")
    .option("--trust-proxy <networks>", "believe X-Forwarded-For from these addresses only")
    .option("--operator-port <port>", "port for /metrics on loopback (default: port + 1; 0: none)")
    .option("--name <name>", "what the node calls itself")
    .option("--stream-quota-mb <n>", "most that one conversation may store")
    .option("--total-quota-gb <n>", "most that all together may store")
    .option("--blobs <on|off>", "whether files are kept here (default on)")
    .option("--blob-quota-gb <n>", "most that all files together may store (default 100)")
    .option("--blob-max-gb <n>", "largest file (default 16)")
    .option("--blob-days <n>", "how long a file is kept (default 30, at most 90)")
    .option("--min-free-gb <n>", "what files leave free on the disk (default 1)")
    .option("--rate-limits <on|off>", "off only behind something that limits already")
    .option("--log-level <level>", "silent, error, warn, info or debug")
    .option("--web <folder>", "serve the browser client from this folder (default: the one that comes with this command)")
    .option("--no-web", "serve a plain page instead of the browser client")
    .option("--relay <on|off>", "relay calls for people who may not see each other's addresses (default on)")
    .option("--relay-port <port>", "UDP and TCP port for the relay's clients (default 3478)")
    .option("--relay-tls-port <port>", "the same over TLS, when there is a certificate (default 5349)")
    .option("--relay-ports <first-last>", "UDP ports that calls are relayed from (default 49152-65535)")
    .option("--relay-address <ip,…>", "the addresses that peers see, when they are not this machine's or the public name's")
    .option("--relay-allow-peers <networks>", "private networks that relays may talk to (default: none)")
    .option("--relay-mbit <n>", "most that all calls together may use, in Mbit/s (default 200)")
    .option("--relay-urls <url,…>", "use coturn instead: turn: and turns: addresses of it")
    .option("--relay-secret-file <file>", "the secret that coturn knows as static-auth-secret")
    .option("--config <file>", "JSON with the same settings")
    .action((flags: NodeFlags) => run(async ({ output }) => runNode(readNodeConfig(flags, process.env), output)));
  node
    .command("doctor [url]")
    .description("look at a node from here: what people need of it, and what to change where that fails")
    .action((url = DEFAULT_ADDRESS) => run(async ({ output }) => examine(nodeAddress(url), output)));
  node
    .command("backup <folder>")
    .description("copy identity and database of a node, running or not, into a new folder")
    .option("--data <folder>", "the node's folder")
    .action((target: string, { data }: { data?: string }) =>
      run(async ({ output }) => backup(data ?? defaultData(), target, output)),
    );
  node
    .command("restore <folder>")
    .description("make a backup the data of a node that has none")
    .option("--data <folder>", "the node's folder")
    .action((source: string, { data }: { data?: string }) =>
      run(async ({ output }) => restore(source, data ?? defaultData(), output)),
    );
  node
    .command("upgrade")
    .description("bring a node's database to this version; a newer one is left alone")
    .option("--data <folder>", "the node's folder")
    .action(({ data }: { data?: string }) => run(async ({ output }) => upgrade(data ?? defaultData(), output)));
}

async function examine(url: string, output: Say): Promise<void> {
  const [{ lookAtNode }, { labelsOf, linesOf }] = await Promise.all([
    import("../doctor/look-at-node.ts"),
    import("../doctor/findings.ts"),
  ]);
  output.note(`Looking at ${url} … A way that is blocked takes some seconds.`);
  const findings = await lookAtNode(url);
  const failed = findings.filter(({ state }) => state === "bad").map(({ name }) => name);
  output.say([url, ...findings.flatMap(linesOf)], { url, isGood: failed.length === 0, findings });
  if (failed.length > 0) throw new CommandError(EXIT.node, "node/unwell", `something is wrong: ${labelsOf(failed)}`, { failed });
}

type Say = Pick<Output, "say" | "note">;

function backup(data: string, target: string, output: Say): void {
  if (existsSync(target)) throw new CommandError(EXIT.refused, "backup/exists", "that folder exists; nothing was overwritten");
  if (!existsSync(join(data, IDENTITY_FILE)))
    throw new CommandError(EXIT.notFound, "backup/nothingHere", "there is no node in that folder");
  mkdirSync(target, { recursive: true, mode: 0o700 });
  guarded(() => backupDatabase(join(data, "store"), join(target, DATABASE)));
  cpSync(join(data, IDENTITY_FILE), join(target, IDENTITY_FILE));
  output.say("The backup is complete. It holds the node's secret key: keep it as safe as the node.", { backup: target });
}

function restore(source: string, data: string, output: Say): void {
  if (existsSync(join(data, IDENTITY_FILE)))
    throw new CommandError(EXIT.refused, "restore/exists", "there is a node in that folder already; nothing was overwritten");
  if (!existsSync(join(source, IDENTITY_FILE)))
    throw new CommandError(EXIT.notFound, "restore/nothingHere", "that folder is no backup of a node");
  guarded(() => restoreDatabase(join(source, DATABASE), join(data, "store")));
  cpSync(join(source, IDENTITY_FILE), join(data, IDENTITY_FILE));
  output.say(
    "Restored. Clients that have seen more than the backup holds will say that the node went back in time, and send again what is missing.",
    { restored: data },
  );
}

async function upgrade(data: string, output: Say): Promise<void> {
  if (!existsSync(join(data, IDENTITY_FILE)))
    throw new CommandError(EXIT.notFound, "upgrade/nothingHere", "there is no node in that folder");
  const { nodeId } = await openNodeIdentity(data, "node", Date.now());
  try {
    const store = await openSqliteNodeStore({
      folder: join(data, "store"),
      nodeId,
      limits: { streams: 0, streamBytes: 0, streamHandshakeBytes: 0, totalBytes: 0, identities: 0 },
    });
    const usage = await store.usage();
    await store.close();
    output.say("The database is at this version.", { usage });
  } catch (cause) {
    if (cause instanceof StorageError)
      throw new CommandError(EXIT.failed, cause.code, "the database cannot be opened; it was left as it is");
    throw cause;
  }
}

function guarded(run: () => void): void {
  try {
    run();
  } catch (cause) {
    if (cause instanceof BackupRefused)
      throw new CommandError(EXIT.refused, `backup/${cause.reason}`, "the backup cannot be made or used there");
    if (cause instanceof StorageError) throw new CommandError(EXIT.failed, cause.code, "the database cannot be read as a whole");
    throw cause;
  }
}

function defaultData(): string {
  return process.env["P2PCRYPT_DATA"] ?? join(homedir(), ".p2pcrypt-node");
}
