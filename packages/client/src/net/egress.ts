// Where others may lead this client. A profile, a letter or a link names a node's address, and whoever wrote it may have this machine's
// or this network's own programs in mind (A15). Only names and literal addresses are judged: what a name stands for is the resolver's
// word, and TLS is what such a name still has to pass.
import { parseNodeUrl } from "../account/node-url.ts";
import { ClientError } from "../failure.ts";
import type { BlobPlace, BlobTransport } from "../files/file-ports.ts";
import { ConnectionError, type NodeTransport } from "../ports.ts";

/** Who can reach an address: programs of this machine, its network, everybody. */
type Reach = "machine" | "network" | "everybody";
const ORDER: readonly Reach[] = ["machine", "network", "everybody"];

/** The same transport, which refuses addresses that reach less far than the person's own node, but for those that the person chose. */
export function guardedTransport(
  transport: NodeTransport,
  homeNodeUrl: () => string | undefined,
  chosen: ReadonlySet<string>,
): NodeTransport {
  const assertAllowed = (url: string): void => {
    if (!chosen.has(url) && !isAllowed(url, homeNodeUrl())) throw new ConnectionError("connection/notAllowed");
  };
  return {
    call: async (url, name, request, capability) => {
      assertAllowed(url);
      return transport.call(url, name, request, capability);
    },
    open: async (url, handler) => {
      assertAllowed(url);
      return transport.open(url, handler);
    },
  };
}

/** The same for blobs: a message names the node that keeps a file. */
export function guardedBlobs(blobs: BlobTransport, homeNodeUrl: () => string | undefined): BlobTransport {
  const assertAllowed = ({ nodeUrl }: BlobPlace): void => {
    if (!isAllowed(nodeUrl, homeNodeUrl())) throw new ConnectionError("connection/notAllowed");
  };
  return {
    create: async (place, blob, stop) => {
      assertAllowed(place);
      return blobs.create(place, blob, stop);
    },
    write: async (place, offset, pieces, stop) => {
      assertAllowed(place);
      return blobs.write(place, offset, pieces, stop);
    },
    async *read(place, from, stop) {
      assertAllowed(place);
      yield* blobs.read(place, from, stop);
    },
    delete: async (place, stop) => {
      assertAllowed(place);
      return blobs.delete(place, stop);
    },
  };
}

/** False for what is no node's address too: a path or a query of somebody's choice is never asked for. */
export function isAllowed(url: string, homeNodeUrl: string | undefined): boolean {
  if (url === homeNodeUrl) return true;
  const host = hostOf(url);
  if (host === undefined) return false;
  const home = homeNodeUrl === undefined ? undefined : hostOf(homeNodeUrl);
  const least = home === undefined ? "everybody" : reachOf(home);
  return ORDER.indexOf(reachOf(host)) >= ORDER.indexOf(least);
}

function hostOf(url: string): string | undefined {
  try {
    return /^https?:\/\/(\[[^\]]*\]|[^:]*)/.exec(parseNodeUrl(url))?.[1];
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

function reachOf(host: string): Reach {
  if (host.startsWith("[")) return reachOfIpv6(host.slice(1, -1));
  const labels = host.replace(/\.$/, "").split(".");
  const last = labels.at(-1) ?? "";
  // As browsers read them: a last part that is a number makes an IPv4 address of it, in whatever way it is written.
  if (/^(\d+|0x[0-9a-f]*)$/.test(last)) return reachOfIpv4(labels);
  if (last === "localhost") return "machine";
  return labels.length === 1 || LOCAL_NAMES.some((name) => `.${labels.join(".")}`.endsWith(name)) ? "network" : "everybody";
}

const LOCAL_NAMES = [".local", ".internal", ".lan", ".home.arpa"];

function reachOfIpv4(labels: readonly string[]): Reach {
  const isPlain = labels.length === 4 && labels.every((label) => /^(0|[1-9]\d{0,2})$/.test(label) && Number(label) < 256);
  if (!isPlain) return "machine"; // nobody honest writes an address so that one has to calculate
  const [a = 0, b = 0, c = 0] = labels.map(Number);
  if (a === 127 || a === 0) return "machine";
  const isPrivate =
    a === 10 || a >= 224 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254);
  const isSpecial =
    (a === 100 && b >= 64 && b < 128) || (a === 198 && (b === 18 || b === 19)) || (a === 192 && b === 0 && c === 0);
  return isPrivate || isSpecial ? "network" : "everybody";
}

/** Global unicast reaches everybody, but for the ranges that carry an IPv4 address of somebody's choice. */
function reachOfIpv6(address: string): Reach {
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - before.length - after.length;
  const isWhole = address.split("::").length <= 2 && (tail === undefined ? missing === 0 : missing >= 0);
  if (!isWhole) return "machine";
  const groups = [...before, ...Array.from({ length: missing }, () => "0"), ...after].map((group) => Number.parseInt(group, 16));
  const [first = 0, second = 0] = groups;
  const isEmbedding = first === 0x2002 || (first === 0x2001 && second === 0);
  if ((first & 0xe000) === 0x2000 && !isEmbedding) return "everybody";
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 ? "network" : "machine";
}
