// A node's configuration: flags before environment before file before default.
import { readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { limits } from "@p2pcrypt/api";
import type { BlobLimits } from "@p2pcrypt/storage";
import { z } from "zod";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { AcmeOptions } from "./acme.ts";
import { ownWebFolder } from "./build-manifest.ts";
import type { CertificateFiles } from "./certificates.ts";
import { RELAY_ENVIRONMENT, type RelayConfig, relayConfigOf, relaySettings } from "./relay-config.ts";

const GIBIBYTE = 1024 ** 3;
const port = z.coerce.number().int().min(0).max(65_535);

const fileSchema = z.strictObject({
  port: port.optional(),
  host: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  publicUrl: z.string().optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  acme: z.string().optional(),
  acmeDirectory: z.string().optional(),
  acmeHttpPort: port.optional(),
  trustProxy: z.string().optional(),
  operatorPort: port.optional(),
  name: z.string().min(1).max(100).optional(),
  streamQuotaMb: z.coerce.number().int().min(1).optional(),
  totalQuotaGb: z.coerce.number().int().min(1).optional(),
  blobs: z.enum(["on", "off"]).optional(),
  blobQuotaGb: z.coerce.number().int().min(1).optional(),
  blobMaxGb: z.coerce.number().int().min(1).optional(),
  blobDays: z.coerce
    .number()
    .int()
    .min(1)
    .max(limits.MAX_BLOB_RETENTION_MS / limits.DAY_MS)
    .optional(),
  minFreeGb: z.coerce.number().min(0).optional(),
  rateLimits: z.enum(["on", "off"]).optional(),
  logLevel: z.enum(["silent", "error", "warn", "info", "debug"]).optional(),
  web: z.union([z.boolean(), z.string().min(1)]).optional(),
  ...relaySettings,
});

export type NodeFlags = z.infer<typeof fileSchema> & { readonly config?: string };

export interface NodeConfig {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly publicUrl: string | undefined;
  readonly tls: CertificateFiles | undefined;
  readonly acme: AcmeOptions | undefined;
  readonly trustedProxies: BlockList | undefined;
  readonly operatorPort: number | undefined;
  readonly name: string;
  readonly streamQuotaBytes: number;
  readonly totalQuotaBytes: number;
  readonly blobs: BlobLimits & { readonly isOffered: boolean; readonly maxBytes: number; readonly retentionMs: number };
  readonly hasRateLimits: boolean;
  readonly logLevel: string;
  /** Folder of the built browser client; undefined: none is served. */
  readonly web: string | undefined;
  readonly relay: RelayConfig;
}

const ENVIRONMENT: Record<string, keyof z.infer<typeof fileSchema>> = {
  P2PCRYPT_PORT: "port",
  P2PCRYPT_HOST: "host",
  P2PCRYPT_DATA: "data",
  P2PCRYPT_PUBLIC_URL: "publicUrl",
  P2PCRYPT_TLS_CERT: "tlsCert",
  P2PCRYPT_TLS_KEY: "tlsKey",
  P2PCRYPT_ACME: "acme",
  P2PCRYPT_ACME_DIRECTORY: "acmeDirectory",
  P2PCRYPT_ACME_HTTP_PORT: "acmeHttpPort",
  P2PCRYPT_TRUST_PROXY: "trustProxy",
  P2PCRYPT_OPERATOR_PORT: "operatorPort",
  P2PCRYPT_NODE_NAME: "name",
  P2PCRYPT_STREAM_QUOTA_MB: "streamQuotaMb",
  P2PCRYPT_TOTAL_QUOTA_GB: "totalQuotaGb",
  P2PCRYPT_BLOBS: "blobs",
  P2PCRYPT_BLOB_QUOTA_GB: "blobQuotaGb",
  P2PCRYPT_BLOB_MAX_GB: "blobMaxGb",
  P2PCRYPT_BLOB_DAYS: "blobDays",
  P2PCRYPT_MIN_FREE_GB: "minFreeGb",
  P2PCRYPT_RATE_LIMITS: "rateLimits",
  P2PCRYPT_LOG_LEVEL: "logLevel",
  ...RELAY_ENVIRONMENT,
};

/** @throws {CommandError} config/* naming the setting, never its value. */
export function readNodeConfig({ config, ...flags }: NodeFlags, environment: NodeJS.ProcessEnv): NodeConfig {
  const fromFile = config === undefined ? {} : parsed(readJson(config), "file");
  const named = Object.entries(ENVIRONMENT).flatMap(([variable, name]) =>
    environment[variable] ? [[name, environment[variable]]] : [],
  );
  const fromEnvironment = parsed(Object.fromEntries(named), "environment");
  const merged = { ...fromFile, ...fromEnvironment, ...parsed(flags, "command line") };
  if ((merged.tlsCert === undefined) !== (merged.tlsKey === undefined)) throw refused("--tls-cert and --tls-key belong together");
  const tls =
    merged.tlsCert === undefined || merged.tlsKey === undefined
      ? undefined
      : { certFile: merged.tlsCert, keyFile: merged.tlsKey };
  const acme = acmeOf(merged);
  if (acme !== undefined && tls !== undefined) throw refused("--acme and --tls-cert exclude each other");
  const chosen = merged.port ?? 8787;
  const operatorPort = merged.operatorPort ?? (chosen === 0 ? 0 : chosen + 1);
  return {
    port: chosen,
    // A certificate for a public name is of no use on loopback.
    host: merged.host ?? (acme === undefined ? "127.0.0.1" : "0.0.0.0"),
    data: merged.data ?? join(homedir(), ".p2pcrypt-node"),
    publicUrl:
      merged.publicUrl === undefined
        ? acme && `https://${acme.host}${chosen === 443 ? "" : `:${chosen}`}`
        : publicUrl(merged.publicUrl),
    tls,
    acme,
    trustedProxies: merged.trustProxy === undefined ? undefined : proxies(merged.trustProxy),
    operatorPort: operatorPort === 0 ? undefined : operatorPort,
    name: merged.name ?? "P2P Crypt node",
    streamQuotaBytes: (merged.streamQuotaMb ?? 256) * 1024 * 1024,
    totalQuotaBytes: (merged.totalQuotaGb ?? 100) * GIBIBYTE,
    blobs: {
      isOffered: merged.blobs !== "off",
      totalBytes: (merged.blobQuotaGb ?? 100) * GIBIBYTE,
      maxBytes: (merged.blobMaxGb ?? 16) * GIBIBYTE,
      retentionMs: merged.blobDays === undefined ? limits.DEFAULT_BLOB_RETENTION_MS : merged.blobDays * limits.DAY_MS,
      freeFloorBytes: (merged.minFreeGb ?? 1) * GIBIBYTE,
    },
    hasRateLimits: merged.rateLimits !== "off",
    logLevel: merged.logLevel ?? "warn",
    web: typeof merged.web === "string" ? merged.web : merged.web === false ? undefined : ownWebFolder(),
    relay: relayConfigOf(merged),
  };
}

function parsed(value: unknown, source: string): z.infer<typeof fileSchema> {
  const result = fileSchema.safeParse(value);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.join(", ") : issue.path.join("."),
  );
  throw refused(`the ${source} has a setting that is not understood: ${names.join(", ")}`);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw refused("the configuration file cannot be read as JSON");
  }
}

function publicUrl(text: string): string {
  const found = /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?\/?$/i.exec(text);
  if (found === null) throw refused("--public-url is scheme, host and port only, like https://talk.example");
  return text.replace(/\/$/, "").toLowerCase();
}

const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

function acmeOf({ acme, acmeDirectory = LETS_ENCRYPT, acmeHttpPort = 80 }: z.infer<typeof fileSchema>): AcmeOptions | undefined {
  if (acme === undefined) return undefined;
  if (!/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(acme))
    throw refused("--acme takes a host name, like talk.example");
  if (!/^https:\/\/[^\s@]+$/.test(acmeDirectory)) throw refused("--acme-directory is the https address of an ACME directory");
  return { host: acme.toLowerCase(), directoryUrl: acmeDirectory, httpPort: acmeHttpPort };
}

function proxies(text: string): BlockList {
  const list = new BlockList();
  for (const part of text.split(",")) {
    const [address = "", bits] = part.trim().split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (isIP(address) === 0) throw refused("--trust-proxy takes addresses or networks like 10.0.0.0/8");
    if (bits === undefined) list.addAddress(address, family);
    else if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === "ipv6" ? 128 : 32))
      throw refused("--trust-proxy takes addresses or networks like 10.0.0.0/8");
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function refused(sentence: string): CommandError {
  return new CommandError(EXIT.usage, "config/malformed", sentence);
}
