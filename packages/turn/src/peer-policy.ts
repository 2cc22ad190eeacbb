// Whom a relay talks to (R1). Denied unless it is a unicast address of the public Internet: every block of the IANA special-purpose
// registries (RFC 6890 and its updates), every form that carries an IPv4 address inside an IPv6 one, and the node's own addresses.
import { parseIp } from "./ip-address.ts";

export interface Subnet {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

export type PeerVerdict = "allowed" | "special" | "own";

const SPECIAL_IPV4 = subnets(
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // shared by carriers
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link local, cloud metadata
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // multicast tunnels
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
);

/** All that is global unicast at all. What lies outside: unspecified, loopback, mapped, NAT64, unique and link local, multicast, … */
const GLOBAL_IPV6 = subnets("2000::/3");
const SPECIAL_IPV6 = subnets(
  "2001::/23", // protocol assignments, Teredo and ORCHID among them
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4: an IPv4 address inside
  "2620:4f:8000::/48", // AS112
  "3fff::/20", // documentation
);

export class PeerPolicy {
  readonly #ownIps: () => readonly string[];
  readonly #allowed: readonly Subnet[];

  /** `ownIps` is asked each time: addresses come and go. `allowed`: special addresses that an operator opened, for a network of their own. */
  constructor(ownIps: () => readonly string[], allowed: readonly Subnet[] = []) {
    this.#ownIps = ownIps;
    this.#allowed = allowed;
  }

  /** `ip` is canonical text. */
  judge(ip: string): PeerVerdict {
    if (this.#ownIps().includes(ip)) return "own";
    const bytes = parseIp(ip);
    if (bytes === undefined) return "special";
    return isPublic(bytes) || contains(this.#allowed, bytes) ? "allowed" : "special";
  }
}

/** `10.0.0.0/8`, or an address by itself. @returns undefined for anything else. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = "", bitsText] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = parseIp(address);
  if (bytes === undefined) return undefined;
  const bits = bitsText === undefined ? bytes.length * 8 : Number(bitsText);
  return bits > bytes.length * 8 ? undefined : { bytes, bits };
}

function isPublic(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return !contains(SPECIAL_IPV4, bytes);
  return contains(GLOBAL_IPV6, bytes) && !contains(SPECIAL_IPV6, bytes);
}

function contains(list: readonly Subnet[], bytes: Uint8Array): boolean {
  return list.some((subnet) => isInside(subnet, bytes));
}

function isInside({ bytes: network, bits }: Subnet, bytes: Uint8Array): boolean {
  if (network.length !== bytes.length) return false;
  for (let i = 0; i < bits; i += 8) {
    const mask = bits - i >= 8 ? 255 : 255 & (255 << (8 - (bits - i)));
    if ((((network[i / 8] ?? 0) ^ (bytes[i / 8] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

function subnets(...texts: readonly string[]): readonly Subnet[] {
  return texts.map((text) => {
    const subnet = parseSubnet(text);
    if (subnet === undefined) throw new RangeError(text);
    return subnet;
  });
}
