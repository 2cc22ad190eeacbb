// A node's relay: its own, or one elsewhere that shares a secret with it. Both speak the same credentials; clients notice nothing.
import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { RelayPort } from "@p2pcrypt/server";
import { createCredentials, DEFAULT_TURN_QUOTAS, leaseName } from "@p2pcrypt/turn";
import type { RunningTurn } from "@p2pcrypt/turn/node";
import type { Certificates } from "./certificates.ts";
import type { OwnRelayConfig, RelayConfig } from "./relay-config.ts";

const USUAL_PORT = 3478;
const USUAL_TLS_PORT = 5349;
const REALM = "p2pcrypt";

export interface RunningRelay {
  readonly credentials: RelayPort["credentials"];
  readonly urls: readonly string[];
  /** Undefined for one elsewhere. */
  readonly turn: RunningTurn | undefined;
  close(): Promise<void>;
}

interface RelayPlace {
  /** What the node listens on. */
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly certificates: Certificates | undefined;
  /** Whether the node is for programs of this machine only. */
  readonly isLocal: boolean;
  /** Told what an operator should know. */
  readonly note: (text: string) => void;
}

/** @returns undefined when there is to be none. @throws {CommandError}, and what opening a socket throws. */
export async function openRelay(config: RelayConfig, place: RelayPlace): Promise<RunningRelay | undefined> {
  switch (config.kind) {
    case "none":
      return undefined;
    case "elsewhere":
      return {
        urls: config.urls,
        credentials: credentialsFrom(config.secret, config.urls),
        turn: undefined,
        close: async () => undefined,
      };
    case "own":
      return ownRelay(config, place);
  }
}

async function ownRelay(config: OwnRelayConfig, place: RelayPlace): Promise<RunningRelay | undefined> {
  const [{ listenTurn }, addresses] = await Promise.all([import("@p2pcrypt/turn/node"), addressesOf(config, place)]);
  if (addresses === undefined) {
    place.note("There is no relay: nobody knows a public address of this machine. Say it with --relay-address.");
    return undefined;
  }
  const secret = randomBytes(32).toString("base64url");
  const { certificates } = place;
  const listenOn = (port: number): Promise<RunningTurn> =>
    listenTurn({
      realm: REALM,
      secret,
      ...addresses,
      port,
      tls: certificates && { port: config.tlsPort ?? (port === 0 ? 0 : USUAL_TLS_PORT), source: certificates },
      ports: config.ports,
      quotas: {
        ...DEFAULT_TURN_QUOTAS,
        ...(config.bytesPerSecond === undefined ? {} : { bytesPerSecond: config.bytesPerSecond }),
      },
      allowedPeers: config.allowedPeers,
    });
  const turn = await listenOn(config.port ?? USUAL_PORT).catch(async (cause: unknown) => {
    // Clients are told the port. Only a firewall has to know it, and who has one chooses the port.
    if (config.port !== undefined || !isTaken(cause)) throw cause;
    const other = await listenOn(0);
    place.note(`Port ${USUAL_PORT} is taken: the relay uses ${other.port}. Choose one with --relay-port.`);
    return other;
  });
  const urls = urlsOf(turn, hostOf(config, place, addresses.relayIps), place.publicUrl);
  return { urls, credentials: credentialsFrom(secret, urls), turn, close: () => turn.close() };
}

function credentialsFrom(secret: string, urls: readonly string[]): RelayPort["credentials"] {
  return (stream, untilMs) => {
    const { username, password, expiresAtMs } = createCredentials(secret, leaseName(secret, stream), untilMs);
    return { urls, username, credential: password, expiresAtMs };
  };
}

interface RelayAddresses {
  readonly hosts: readonly string[];
  readonly relayIps: { readonly ipv4?: string | undefined; readonly ipv6?: string | undefined };
  readonly relayHosts: { readonly ipv4?: string | undefined; readonly ipv6?: string | undefined };
}

/** Where clients are listened to, what peers see, and what of this machine that is bound to. */
async function addressesOf({ addresses }: OwnRelayConfig, place: RelayPlace): Promise<RelayAddresses | undefined> {
  const { host, publicUrl } = place;
  const own = isIP(host) === 0 ? (await lookup(host)).address : host;
  // Behind a proxy on this machine the node listens to that proxy only. Nobody carries packets of calls through it.
  const listen = !place.isLocal && (own === "127.0.0.1" || own === "::1") ? "0.0.0.0" : own;
  const isWild = listen === "0.0.0.0" || listen === "::";
  const seen = addresses.length > 0 ? addresses : isWild ? await publicAddresses(publicUrl) : [listen];
  const here = ownAddresses();
  const families = listen === "::" ? [4, 6] : [isIP(listen)];
  const ipOf = (family: 4 | 6): string | undefined =>
    families.includes(family) ? seen.find((ip) => isIP(ip) === family) : undefined;
  const bound = (ip: string | undefined, any: string): string | undefined => {
    if (ip === undefined || here.includes(ip) || ip === listen) return ip;
    return isWild ? any : listen; // behind a NAT that leads here
  };
  const [ipv4, ipv6] = [ipOf(4), ipOf(6)];
  if (ipv4 === undefined && ipv6 === undefined) return undefined;
  return {
    hosts: listen === "::" ? ["0.0.0.0", "::"] : [listen],
    relayIps: { ipv4, ipv6 },
    relayHosts: { ipv4: bound(ipv4, "0.0.0.0"), ipv6: bound(ipv6, "::") },
  };
}

/** What the public name leads to; without one, the addresses of this machine. */
async function publicAddresses(publicUrl: string | undefined): Promise<readonly string[]> {
  const name = publicUrl === undefined ? undefined : new URL(publicUrl).hostname.replace(/^\[|\]$/g, "");
  const found = name === undefined ? [] : await lookup(name, { all: true }).catch(() => []);
  return found.length > 0 ? found.map(({ address }) => address) : ownAddresses(false);
}

function ownAddresses(withInternal = true): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(
    (addresses) =>
      addresses?.flatMap(({ address, internal }) =>
        (withInternal || !internal) && !address.startsWith("fe80:") ? [address] : [],
      ) ?? [],
  );
}

/** What clients connect to: an address that was named, else the node's name, else what it listens on. */
function hostOf({ addresses }: OwnRelayConfig, { publicUrl }: RelayPlace, { ipv4, ipv6 }: RelayAddresses["relayIps"]): string {
  const ip = ipv4 ?? ipv6 ?? "";
  if (addresses.length > 0 || publicUrl === undefined) return ip.includes(":") ? `[${ip}]` : ip;
  return new URL(publicUrl).hostname;
}

function urlsOf({ port, tlsPort }: RunningTurn, host: string, publicUrl: string | undefined): readonly string[] {
  const urls = [`turn:${host}:${port}?transport=udp`, `turn:${host}:${port}?transport=tcp`];
  // A certificate is for a name.
  const name = publicUrl === undefined ? host : new URL(publicUrl).hostname;
  return tlsPort === undefined ? urls : [...urls, `turns:${name}:${tlsPort}?transport=tcp`];
}

function isTaken(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "EADDRINUSE";
}
