// The relay's part of a node's configuration.
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { parseSubnet, type Subnet } from "@p2pcrypt/turn";
import { z } from "zod";
import { CommandError, EXIT } from "../exit-codes.ts";

const port = z.coerce.number().int().min(0).max(65_535);

/** Settings as they stand in a file; `config.ts` takes them in among the others. */
export const relaySettings = {
  relay: z.enum(["on", "off"]).optional(),
  relayPort: port.optional(),
  relayTlsPort: port.optional(),
  relayPorts: z.string().optional(),
  relayAddress: z.string().optional(),
  relayAllowPeers: z.string().optional(),
  relayMbit: z.coerce.number().min(1).max(1_000_000).optional(),
  relayUrls: z.string().optional(),
  relaySecretFile: z.string().optional(),
};

type RelaySettings = { readonly [Name in keyof typeof relaySettings]?: z.infer<(typeof relaySettings)[Name]> };

export const RELAY_ENVIRONMENT = {
  P2PCRYPT_RELAY: "relay",
  P2PCRYPT_RELAY_PORT: "relayPort",
  P2PCRYPT_RELAY_TLS_PORT: "relayTlsPort",
  P2PCRYPT_RELAY_PORTS: "relayPorts",
  P2PCRYPT_RELAY_ADDRESS: "relayAddress",
  P2PCRYPT_RELAY_ALLOW_PEERS: "relayAllowPeers",
  P2PCRYPT_RELAY_MBIT: "relayMbit",
  P2PCRYPT_RELAY_URLS: "relayUrls",
  P2PCRYPT_RELAY_SECRET_FILE: "relaySecretFile",
} as const;

export type RelayConfig =
  | { readonly kind: "none" }
  /** coturn, or another program that takes time-limited credentials. */
  | { readonly kind: "elsewhere"; readonly urls: readonly string[]; readonly secret: string }
  | OwnRelayConfig;

export interface OwnRelayConfig {
  readonly kind: "own";
  /** Undefined: the usual one, or any that is free when that is taken. */
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  readonly ports: { readonly first: number; readonly last: number };
  /** As peers see them; empty: found out. */
  readonly addresses: readonly string[];
  readonly allowedPeers: readonly Subnet[];
  readonly bytesPerSecond: number | undefined;
}

/** @throws {CommandError} config/* naming the setting, never its value. */
export function relayConfigOf(settings: RelaySettings): RelayConfig {
  const { relayUrls, relaySecretFile } = settings;
  if ((relayUrls === undefined) !== (relaySecretFile === undefined))
    throw refused("--relay-urls and --relay-secret-file belong together");
  if (settings.relay === "off") return { kind: "none" };
  if (relayUrls !== undefined && relaySecretFile !== undefined)
    return { kind: "elsewhere", urls: urlsOf(relayUrls), secret: secretOf(relaySecretFile) };
  return {
    kind: "own",
    port: settings.relayPort,
    tlsPort: settings.relayTlsPort,
    ports: rangeOf(settings.relayPorts ?? "49152-65535"),
    addresses: addressesOf(settings.relayAddress),
    allowedPeers: peersOf(settings.relayAllowPeers),
    bytesPerSecond: settings.relayMbit === undefined ? undefined : Math.round((settings.relayMbit * 1e6) / 8),
  };
}

function urlsOf(text: string): readonly string[] {
  const urls = text.split(",").map((url) => url.trim());
  if (urls.length > 10 || !urls.every((url) => /^turns?:[\w.[\]:-]{1,300}(\?transport=(udp|tcp))?$/.test(url)))
    throw refused("--relay-urls takes addresses like turn:turn.example:3478?transport=udp, with commas between");
  return urls;
}

function secretOf(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch {
    throw new CommandError(EXIT.notFound, "relay/missing", "the file of --relay-secret-file does not exist or cannot be read");
  }
  if (text.length < 16 || /\s/.test(text))
    throw refused("--relay-secret-file holds one line: a secret of at least 16 characters without spaces");
  return text;
}

function rangeOf(text: string): { readonly first: number; readonly last: number } {
  const [, first = 0, last = 0] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (first < 1024 || last > 65_535 || last - first < 9)
    throw refused("--relay-ports takes a range of at least ten ports above 1023, like 49152-65535");
  return { first, last };
}

function addressesOf(text: string | undefined): readonly string[] {
  const addresses = text?.split(",").map((address) => address.trim()) ?? [];
  const families = addresses.map(isIP);
  if (families.includes(0) || new Set(families).size !== families.length)
    throw refused("--relay-address takes one IPv4 address, one IPv6 address, or both with a comma between");
  return addresses;
}

function peersOf(text: string | undefined): readonly Subnet[] {
  return (text?.split(",") ?? []).map((part) => {
    const subnet = parseSubnet(part.trim());
    if (subnet === undefined) throw refused("--relay-allow-peers takes addresses or networks like 192.168.7.0/24");
    return subnet;
  });
}

function refused(sentence: string): CommandError {
  return new CommandError(EXIT.usage, "config/malformed", sentence);
}
