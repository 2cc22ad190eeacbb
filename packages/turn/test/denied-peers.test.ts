// R1: nobody reaches through a relay what they could not reach from the Internet.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import { formatIp, parseIp, type TransportAddress } from "../src/ip-address.ts";
import { parseSubnet } from "../src/peer-policy.ts";
import { ATTRIBUTE, ERROR, METHOD } from "../src/stun/attributes.ts";
import { encodeXorAddress } from "../src/stun/values.ts";
import { codeOf, OTHER_OWN_IP, PEER, PEER6, RELAY_IPS, type TestClient, TurnWorld } from "./support/turn-world.ts";

const DATA = encodeUtf8("data");

/** First and last of each block, and what hides an IPv4 address in an IPv6 one. */
const DENIED: readonly string[] = [
  ...["0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255"],
  ...["169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.31.196.1", "192.52.193.1"],
  ...["192.88.99.1", "192.168.0.0", "192.168.255.255", "192.175.48.1", "198.18.0.0", "198.19.255.255", "198.51.100.7"],
  ...["203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
  ...[
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:0.0.0.0",
    "::ffff:10.0.0.1",
    "::ffff:100.64.0.1",
    "::ffff:169.254.169.254",
  ],
  ...[
    "::ffff:172.16.0.1",
    "::ffff:192.168.1.1",
    "::ffff:198.18.0.1",
    "::ffff:224.0.0.1",
    "::ffff:255.255.255.255",
    "::ffff:93.184.216.34",
  ],
  ...[
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378::1",
    "2001:10::1",
  ],
  ...[
    "2001:20::1",
    "2001:1ff:ffff::1",
    "2001:db8::2",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2620:4f:8000::1",
    "3fff::1",
    "4000::1",
  ],
  ...["5f00::1", "fc00::1", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff00::1", "ff02::1", "ffff::1"],
];
const ALLOWED = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.1",
];
const ALLOWED6 = ["2001:200::1", "2003::1", "2606:4700::1111", "2a00:1450:4001::1", "3ffe::1"];

describe("R1: special-purpose addresses are refused, however they are asked for", () => {
  it.each(DENIED)("R1: %s", async (ip) => {
    const { world, client } = await withBothFamilies();
    await expectDenied(world, client, addressOf(ip, 40_000));
  });

  it.each([...ALLOWED, ...ALLOWED6])("R1: %s is nobody's secret, and is allowed", async (ip) => {
    const { client } = await withBothFamilies();
    expect(codeOf(await client.permit(addressOf(ip, 40_000)))).toBe(200);
  });
});

describe("R1: the node's own addresses are refused, but for relayed ports that are in use", () => {
  it.each([
    ["another address of the machine", OTHER_OWN_IP, 443],
    ["the relay's own port for clients", RELAY_IPS.ipv4, 3478],
    ["the node's port", RELAY_IPS.ipv4, 8787],
    ["a relayed port that nobody has", RELAY_IPS.ipv4, 50_001],
    ["port 0 of the relay", RELAY_IPS.ipv4, 0],
    ["the same over IPv6", RELAY_IPS.ipv6, 3478],
  ])("R1: %s", async (_, ip, port) => {
    const { world, client } = await withBothFamilies();
    await expectDenied(world, client, addressOf(ip, port));
  });

  it("R1: a permission for a relayed port opens no other port of the same address", async () => {
    const { world, client } = await withBothFamilies();
    const other = world.client({ lease: "lease-b" });
    const relayed = await other.allocated();
    expect(codeOf(await client.permit(relayed))).toBe(200);
    for (const port of [3478, 8787, 22, 0]) client.send({ ...relayed, port }, DATA);
    expect(world.sent).toEqual([]);
    await other.refresh(0);
    client.send(relayed, DATA);
    expect(world.sent).toEqual([]);
    expect(codeOf(await client.permit(relayed))).toBe(ERROR.forbidden);
  });
});

it("R1: an operator can open a network of their own, and opens nothing else by it", async () => {
  const lan = parseSubnet("192.168.7.0/24");
  if (lan === undefined) throw new Error("no subnet");
  const world = new TurnWorld({ allowedPeers: [lan] });
  const client = world.client();
  await client.allocated();
  expect(codeOf(await client.permit(addressOf("192.168.7.9", 1)))).toBe(200);
  expect(codeOf(await client.permit(addressOf("192.168.8.9", 1)))).toBe(ERROR.forbidden);
  expect(codeOf(await client.permit(addressOf("::ffff:192.168.7.9", 1)))).toBe(ERROR.forbidden);
});

it("R1: a forbidden peer is not heard either", async () => {
  const { world, client, relayed } = await withBothFamilies();
  world.fromPeer(relayed, DATA, addressOf("10.0.0.1", 5));
  expect(client.inbox).toEqual([]);
  expect(world.server.counters.droppedWithoutPermission).toBe(1);
});

it("reads addresses in plain notation only, and writes each in one way", () => {
  for (const text of ["1.2.3", "01.2.3.4", "1.2.3.256", "0x7f.1", "2130706433", "1:2:3", ":::", "1::2::3", "::g", "::1.2.3", ""])
    expect(parseIp(text), text).toBeUndefined();
  for (const [text, canonical] of [
    ["2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::", "::"],
    ["1::", "1::"],
    ["FE80::1%eth0", "fe80::1"],
    ["::ffff:1.2.3.4", "::ffff:102:304"],
  ] as const) {
    expect(formatIp(parseIp(text) ?? new Uint8Array())).toBe(canonical);
  }
  expect(parseSubnet("10.0.0.0/33")).toBeUndefined();
  expect(parseSubnet("10.0.0.0/")).toBeUndefined();
});

async function withBothFamilies() {
  const world = new TurnWorld();
  const client = world.client();
  const outcome = await client.allocate([{ type: ATTRIBUTE.additionalAddressFamily, value: Uint8Array.of(2, 0, 0, 0) }]);
  if (outcome.kind === "error") throw new Error(`allocate: ${outcome.code}`);
  // It may talk to somebody, so that it is not for want of any permission.
  expect(codeOf(await client.permit(PEER, PEER6))).toBe(200);
  return { world, client, relayed: outcome.relayed };
}

/** CreatePermission, ChannelBind, Send, ChannelData, and Connect of RFC 6062. */
async function expectDenied(world: TurnWorld, client: TestClient, peer: TransportAddress): Promise<void> {
  expect(codeOf(await client.permit(peer))).toBe(ERROR.forbidden);
  expect(codeOf(await client.permit(PEER, peer))).toBe(ERROR.forbidden);
  expect(codeOf(await client.bind(0x4001, peer))).toBe(ERROR.forbidden);
  const connect = await client.request(METHOD.connect, (id) => [encodeXorAddress(ATTRIBUTE.xorPeerAddress, peer, id)]);
  expect(codeOf(connect)).toBe(ERROR.forbidden);
  client.send(peer, DATA);
  client.sendOver(0x4001, DATA);
  expect(world.sent).toEqual([]);
}

function addressOf(text: string, port: number): TransportAddress {
  const bytes = parseIp(text);
  if (bytes === undefined) throw new RangeError(text);
  return { family: bytes.length === 4 ? "ipv4" : "ipv6", ip: formatIp(bytes), port };
}
