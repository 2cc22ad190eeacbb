// IP addresses as bytes and as their one canonical text (RFC 5952), which is also what the system's sockets name a peer by.

export type IpFamily = "ipv4" | "ipv6";

export interface TransportAddress {
  readonly family: IpFamily;
  /** Canonical text. */
  readonly ip: string;
  readonly port: number;
}

/** 4 or 16 bytes. @returns undefined for anything but an address in plain notation; a zone (`%eth0`) is left out. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text.replace(/%.*$/, "")) : parseIpv4(text);
}

export function formatIp(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join(".") : formatIpv6(bytes);
}

export function familyOf(ip: string): IpFamily {
  return ip.includes(":") ? "ipv6" : "ipv4";
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  const isPlain = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isPlain ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const last = parts.at(-1) ?? "";
  const dotted = last.includes(".") ? parseIpv4(last) : undefined;
  const plain = last.includes(".") ? parts.slice(0, -1) : parts;
  if ((last.includes(".") && dotted === undefined) || !plain.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = dotted ?? [];
  return [...plain.map((part) => Number.parseInt(part, 16)), ...(dotted === undefined ? [] : [a * 256 + b, c * 256 + d])];
}

function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0));
  let [start, length] = [0, 1]; // a single group of zeros is written out
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}
