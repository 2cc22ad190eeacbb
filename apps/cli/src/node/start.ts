// p2pcrypt node start: a node as a service, from its folder to its last answer.
import { join } from "node:path";
import { createNode, DEFAULT_RATE_LIMITS, openPgpChecks, type RateLimits } from "@p2pcrypt/server";
import { type BlobStore, DEFAULT_STORE_LIMITS, type NodeStore, StorageError } from "@p2pcrypt/storage";
import { openFileBlobStore, openSqliteNodeStore } from "@p2pcrypt/storage-sqlite";
import { type Logger, pino } from "pino";
import { verifySignature } from "../ed25519.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import { systemClock, systemRandom, systemTimers } from "../platform.ts";
import { VERSION } from "../version.ts";
import { acmeCertificates } from "./acme.ts";
import { type Certificates, watchCertificateFiles } from "./certificates.ts";
import type { NodeConfig } from "./config.ts";
import { listen } from "./listener.ts";
import { listenForOperator, type Watched } from "./metrics.ts";
import { openNodeIdentity } from "./node-identity.ts";
import { openRelay, type RunningRelay } from "./relay.ts";
import { readWebFiles } from "./web-files.ts";
import { isLoopbackUrl, webHeaders } from "./web-headers.ts";

export interface RunningNode {
  readonly url: string;
  readonly publicUrl: string;
  readonly nodeId: string;
  /** Where its relay is; empty without one. */
  readonly relayUrls: readonly string[];
  /** Answers what began, takes nothing new, lets everything go. */
  stop(): Promise<void>;
}

/** `note` is told what takes long. */
export async function startNode(config: NodeConfig, note: (text: string) => void = () => undefined): Promise<RunningNode> {
  const log = pino({ level: config.logLevel, base: null, redact: [] }, pino.destination({ fd: 2, sync: true }));
  const identity = await openNodeIdentity(config.data, config.name, systemClock.nowMs());
  const limits = { ...DEFAULT_STORE_LIMITS, streamBytes: config.streamQuotaBytes, totalBytes: config.totalQuotaBytes };
  const store = await openStore({
    folder: join(config.data, "store"),
    nodeId: identity.nodeId,
    limits,
    checkpointKey: identity.checkpointKey,
  });
  const blobs = openBlobs(config);
  const scheme = config.tls === undefined && config.acme === undefined ? "http" : "https";
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  let boundPort = config.port; // another one for port 0
  const options = {
    nodeId: identity.nodeId,
    certificate: identity.certificate,
    nodeKey: identity.nodeKey,
    get publicUrl(): string {
      return config.publicUrl ?? `${scheme}://${host}:${boundPort}`;
    },
    version: VERSION,
    rateLimits: config.hasRateLimits ? DEFAULT_RATE_LIMITS : UNLIMITED,
    streamQuotaBytes: config.streamQuotaBytes,
  };
  const report = ({ where, code, cause }: { where: string; code: string; cause?: unknown }): void =>
    log.error({ where, code, cause: cause instanceof Error ? cause.name : undefined }, "fault");
  let certificates: Certificates | undefined;
  let relay: RunningRelay | undefined;
  try {
    certificates = await certificatesOf(config, { log, note });
    const isLocal = isLoopbackUrl(options.publicUrl);
    const told = (text: string): void => {
      note(text);
      log[isLocal ? "info" : "warn"]({ where: "relay" }, text);
    };
    relay = await openRelay(config.relay, { ...config, certificates, isLocal, note: told });
    const node = createNode(options, {
      clock: systemClock,
      timers: systemTimers,
      random: systemRandom,
      store,
      blobs: blobs && { store: blobs, maxBytes: config.blobs.maxBytes, retentionMs: config.blobs.retentionMs },
      checks: { ...openPgpChecks, verifySignature },
      signCheckpoint: identity.signCheckpoint,
      relay,
      report,
    });
    const listener = await listen(node, {
      ...config,
      certificates,
      page: { name: config.name, nodeId: identity.nodeId },
      web: webOf(config, options.publicUrl),
      failed: (cause) => report({ where: "listener", code: "internal", cause }),
    });
    boundPort = listener.port;
    const stopOperator = await operatorOf({ node, store, blobs, relay }, config).catch(async (cause: unknown) => {
      await listener.close();
      throw cause;
    });
    node.start();
    log.info({ version: VERSION }, "started");
    const url = `${scheme}://${host}:${listener.port}`;
    return {
      url,
      publicUrl: options.publicUrl,
      nodeId: identity.nodeId,
      relayUrls: relay?.urls ?? [],
      stop: async () => {
        await node.drain();
        certificates?.close();
        await stopOperator?.();
        await relay?.close();
        await listener.close();
        await Promise.all([store.close(), blobs?.close()]);
        log.info("stopped");
      },
    };
  } catch (cause) {
    certificates?.close();
    await relay?.close();
    await Promise.all([store.close(), blobs?.close()]);
    throw listenError(cause, config);
  }
}

async function certificatesOf(
  { tls, acme, data, host, publicUrl = "" }: NodeConfig,
  { log, note }: { readonly log: Logger; readonly note: (text: string) => void },
): Promise<Certificates | undefined> {
  const failed = (cause: unknown): void => {
    // The sentence holds the node's own name and the authority's words, nothing of the people who use it.
    const known = cause instanceof CommandError ? { code: cause.code, reason: cause.message } : { code: "internal" };
    log.error({ where: "certificate", ...known }, "fault");
  };
  if (tls !== undefined) return watchCertificateFiles(tls, failed);
  if (acme === undefined) return undefined;
  note(`Looking after the certificate of ${acme.host}; the first one can take a minute …`);
  return acmeCertificates(acme, { folder: join(data, "acme"), listenHost: host, publicUrl, failed });
}

function webOf({ web }: NodeConfig, publicUrl: string): Parameters<typeof listen>[1]["web"] {
  if (web === undefined) return undefined;
  const files = readWebFiles(web);
  if (files === undefined)
    throw new CommandError(EXIT.notFound, "web/missing", "there is no built browser client in that folder");
  return { files, headers: webHeaders({ isLoopback: isLoopbackUrl(publicUrl) }) };
}

async function operatorOf(watched: Watched, { operatorPort }: NodeConfig): Promise<(() => Promise<void>) | undefined> {
  return operatorPort === undefined ? undefined : listenForOperator(watched, operatorPort);
}

function openBlobs({ data, blobs }: NodeConfig): BlobStore | undefined {
  if (!blobs.isOffered) return undefined;
  try {
    return openFileBlobStore({ folder: join(data, "blobs"), limits: blobs });
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    throw new CommandError(EXIT.failed, cause.code, STORE_SENTENCES[cause.code] ?? "the node's files cannot be opened");
  }
}

async function openStore(options: Parameters<typeof openSqliteNodeStore>[0]): Promise<NodeStore> {
  try {
    return await openSqliteNodeStore(options);
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    const exit = cause.code === "storage/inUse" ? EXIT.inUse : EXIT.failed;
    throw new CommandError(exit, cause.code, STORE_SENTENCES[cause.code] ?? "the node's database cannot be opened");
  }
}

const STORE_SENTENCES: Partial<Record<StorageError["code"], string>> = {
  "storage/inUse": "another node is running on this data folder",
  "storage/newer": "this data folder was written by a newer version; it was left as it is",
  "storage/notADatabase": "the data folder holds a file that is no database; it was left as it is",
  "storage/full": "the disk is full",
};

function listenError(cause: unknown, config: NodeConfig): unknown {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  const port = typeof cause === "object" && cause !== null && "port" in cause ? Number(cause.port) : config.port;
  if (code === "EADDRINUSE")
    return new CommandError(EXIT.refused, "port/inUse", `port ${port} is taken; ${otherPort(port, config)}`);
  if (code === "EACCES") return new CommandError(EXIT.refused, "port/forbidden", `this user may not open port ${port}`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return new CommandError(EXIT.refused, "host/notHere", "this machine does not have the address of --host");
  return cause;
}

function otherPort(port: number, { operatorPort, acme, relay, ...own }: NodeConfig): string {
  if (port === operatorPort) return "choose another with --operator-port";
  if (port !== own.port && relay.kind === "own" && port !== acme?.httpPort)
    return "the relay listens there; choose another with --relay-port or --relay-tls-port, or --relay off";
  return port === acme?.httpPort ? "the authority's question is answered there (--acme-http-port)" : "choose another with --port";
}

const FREE = { perMinute: 1e9, burst: 1e9 };
/** For measuring, and for nodes behind something that limits already. */
const UNLIMITED: RateLimits = {
  address: FREE,
  verification: FREE,
  searches: FREE,
  creation: FREE,
  appends: FREE,
  membersLane: FREE,
  strangers: FREE,
  strangersByAddress: FREE,
  claims: FREE,
  uploads: FREE,
  uploadMebibytes: FREE,
  relay: FREE,
};

/** Says where the node is, who can reach it, and what to do next; runs until it is told to stop. */
export async function runNode(config: NodeConfig, output: Output): Promise<void> {
  const startedMs = performance.now();
  const running = await startNode(config, (text) => output.note(text));
  const isLocal = isLoopbackUrl(running.publicUrl);
  output.say(
    [
      `The node is running at ${running.publicUrl} (ready after ${Math.round(performance.now() - startedMs)} ms).`,
      isLocal
        ? "Only programs on this machine can reach it. To let others in: npm start -- --host 0.0.0.0 --public-url https://YOUR.HOST --tls-cert FILE --tls-key FILE"
        : "Links that people make here begin with this address: everybody who can open it can talk through this node.",
      "",
      ...(config.web === undefined
        ? ["Next, in another terminal:"]
        : ["Open it in a browser and press Start. Or, in another terminal:"]),
      `  npm exec p2pcrypt -- identity create --name YOU --node ${running.publicUrl}`,
      "  npm exec p2pcrypt -- link",
      "",
      ...running.relayUrls
        .slice(0, 1)
        .map((relay) => `Calls that hide addresses go over ${relay}; p2pcrypt node doctor looks whether they can.`),
      `Data: ${config.data}. Stop with Ctrl+C.`,
    ],
    { event: "started", url: running.url, publicUrl: running.publicUrl, node: running.nodeId, relay: running.relayUrls },
  );
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
  output.note("stopping …");
  await running.stop();
}
