// What a client may expect of a relay (RFC 8656), on virtual time.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import type { ClientLink } from "../src/index.ts";
import { ATTRIBUTE, ERROR, METHOD } from "../src/stun/attributes.ts";
import { encodeUint32, encodeXorAddress } from "../src/stun/values.ts";
import { codeOf, PEER, PEER6, RELAY_IPS, TurnWorld } from "./support/turn-world.ts";

const HELLO = encodeUtf8("hello");
const CHANNEL = 0x4001;
const familyWish = (type: number, code: number) => ({ type, value: Uint8Array.of(code, 0, 0, 0) });

describe("addresses", () => {
  it("tells a client where it is seen from, without credentials", async () => {
    const client = new TurnWorld().client({ ip: "2606:2800:220:1::7", port: 4711 });
    expect(await client.binding()).toEqual({ family: "ipv6", ip: "2606:2800:220:1::7", port: 4711 });
  });

  it("gives a relayed address of its own range, and the same answer when the request comes again", async () => {
    const world = new TurnWorld();
    const client = world.client();
    const outcome = await client.allocate();
    expect(outcome).toMatchObject({ kind: "allocated", mapped: { ip: client.ip, port: client.port } });
    expect(outcome.kind === "allocated" && outcome.relayed).toMatchObject({ family: "ipv4", ip: RELAY_IPS.ipv4 });
    expect(world.openPorts).toHaveLength(1);
    expect(codeOf(await client.allocate())).toBe(ERROR.allocationMismatch);
    expect(world.server.allocations).toBe(1);
  });

  it("passes over ports of other programs, and says when none is left", async () => {
    const world = new TurnWorld({ ports: { first: 50_000, last: 50_003 } });
    world.taken.add(50_000).add(50_001).add(50_002);
    expect((await world.client().allocated()).port).toBe(50_003);
    expect(codeOf(await world.client().allocate())).toBe(ERROR.insufficientCapacity);
  });

  it("EVEN-PORT gives an even port; the next one is kept for whoever holds the token, once, for 30 s", async () => {
    const world = new TurnWorld();
    const reserve = [{ type: ATTRIBUTE.evenPort, value: Uint8Array.of(0x80) }];
    const first = await world.client().allocate(reserve);
    if (first.kind === "error" || first.reservation === undefined) throw new Error("no reservation");
    expect(first.relayed.port % 2).toBe(0);
    const redeem = [{ type: ATTRIBUTE.reservationToken, value: first.reservation }];
    expect(codeOf(await world.client({ lease: "lease-b" }).allocate(redeem))).toBe(ERROR.insufficientCapacity);
    const second = await world.client().allocate(redeem);
    expect(second).toMatchObject({ kind: "allocated", relayed: { port: first.relayed.port + 1 } });
    expect(codeOf(await world.client().allocate(redeem))).toBe(ERROR.insufficientCapacity);

    const late = await world.client().allocate(reserve);
    if (late.kind === "error" || late.reservation === undefined) throw new Error("no reservation");
    expect(world.openPorts).toHaveLength(4);
    await world.advance(31_000);
    expect(world.openPorts).toHaveLength(3);
    const tooLate = [{ type: ATTRIBUTE.reservationToken, value: late.reservation }];
    expect(codeOf(await world.client().allocate(tooLate))).toBe(ERROR.insufficientCapacity);
  });

  it("REQUESTED-ADDRESS-FAMILY gives an IPv6 address, or says that there is none", async () => {
    const wish = [familyWish(ATTRIBUTE.requestedAddressFamily, 2)];
    expect(await new TurnWorld().client().allocate(wish)).toMatchObject({ relayed: { family: "ipv6", ip: RELAY_IPS.ipv6 } });
    const only4 = new TurnWorld({ relayIps: { ipv4: RELAY_IPS.ipv4 } });
    expect(codeOf(await only4.client().allocate(wish))).toBe(ERROR.addressFamilyNotSupported);
    expect(codeOf(await only4.client().allocate([familyWish(ATTRIBUTE.requestedAddressFamily, 9)]))).toBe(
      ERROR.addressFamilyNotSupported,
    );
  });

  it("ADDITIONAL-ADDRESS-FAMILY gives both, of which one can be given back", async () => {
    const world = new TurnWorld();
    const client = world.client();
    await client.allocate([familyWish(ATTRIBUTE.additionalAddressFamily, 2)]);
    expect(world.openPorts).toHaveLength(2);
    expect(codeOf(await client.permit(PEER, PEER6))).toBe(200);
    client.send(PEER, HELLO);
    client.send(PEER6, HELLO);
    expect(world.sent.map(({ family }) => family)).toEqual(["ipv4", "ipv6"]);
    const end6 = [encodeUint32(ATTRIBUTE.lifetime, 0), familyWish(ATTRIBUTE.requestedAddressFamily, 2)];
    expect(codeOf(await client.request(METHOD.refresh, end6))).toBe(200);
    expect(world.openPorts).toHaveLength(1);
    expect(codeOf(await client.permit(PEER6))).toBe(ERROR.peerAddressFamilyMismatch);
  });

  it("refuses wishes that contradict each other, another transport, and to promise unfragmented packets", async () => {
    const client = new TurnWorld().client();
    const token = { type: ATTRIBUTE.reservationToken, value: new Uint8Array(8) };
    const evenPort = { type: ATTRIBUTE.evenPort, value: Uint8Array.of(0x80) };
    const both = familyWish(ATTRIBUTE.additionalAddressFamily, 2);
    const refused = [
      [[token, evenPort], ERROR.badRequest],
      [[token, familyWish(ATTRIBUTE.requestedAddressFamily, 1)], ERROR.badRequest],
      [[both, evenPort], ERROR.badRequest],
      [[both, familyWish(ATTRIBUTE.requestedAddressFamily, 1)], ERROR.badRequest],
      [[familyWish(ATTRIBUTE.additionalAddressFamily, 1)], ERROR.badRequest],
      [[{ type: ATTRIBUTE.dontFragment, value: new Uint8Array() }], ERROR.unknownAttribute],
      [[{ type: 0x7abc, value: new Uint8Array() }], ERROR.unknownAttribute],
    ] as const;
    for (const [wishes, code] of refused) expect(codeOf(await client.allocate(wishes))).toBe(code);
    const overTcp = { type: ATTRIBUTE.requestedTransport, value: Uint8Array.of(6, 0, 0, 0) };
    expect(codeOf(await client.request(METHOD.allocate, [overTcp]))).toBe(ERROR.unsupportedTransport);
    expect(codeOf(await client.request(METHOD.allocate, []))).toBe(ERROR.badRequest);
  });
});

describe("relaying", () => {
  it("carries data both ways in indications, once there is a permission", async () => {
    const world = new TurnWorld();
    const client = world.client();
    const relayed = await client.allocated();
    client.send(PEER, HELLO);
    world.fromPeer(relayed, HELLO, PEER);
    expect([world.sent, client.inbox]).toEqual([[], []]);
    expect(codeOf(await client.permit(PEER))).toBe(200);
    client.send(PEER, HELLO);
    expect(world.sent).toMatchObject([{ fromPort: relayed.port, ip: PEER.ip, port: PEER.port, data: HELLO }]);
    // A permission is for an address, whatever the port.
    world.fromPeer(relayed, HELLO, { ...PEER, port: 1 });
    world.fromPeer(relayed, HELLO, { ...PEER, ip: "93.184.216.35" });
    expect(client.inbox).toEqual([{ data: HELLO, from: { ...PEER, port: 1 } }]);
  });

  it("carries data in channels, which name number and peer one to one", async () => {
    const world = new TurnWorld();
    const client = world.client();
    const relayed = await client.allocated();
    expect(codeOf(await client.bind(CHANNEL, PEER))).toBe(200);
    client.sendOver(CHANNEL, HELLO);
    world.fromPeer(relayed, HELLO, PEER);
    expect(world.sent).toMatchObject([{ ip: PEER.ip, port: PEER.port, data: HELLO }]);
    expect(client.inbox).toEqual([{ data: HELLO, from: PEER }]);
    expect(codeOf(await client.bind(CHANNEL, PEER))).toBe(200);
    expect(codeOf(await client.bind(CHANNEL, { ...PEER, port: 2 }))).toBe(ERROR.badRequest);
    expect(codeOf(await client.bind(CHANNEL + 1, PEER))).toBe(ERROR.badRequest);
    for (const number of [0, 0x3fff, 0x7fff, 0xffff]) expect(codeOf(await client.bind(number, PEER))).toBe(ERROR.badRequest);
  });

  it("pads channel data over a stream only, and ends an allocation with its connection", async () => {
    const world = new TurnWorld();
    const frames: Uint8Array[] = [];
    let isOpen = true;
    const link: ClientLink = {
      id: "tcp 1",
      isStream: true,
      isOpen: () => isOpen,
      send: (bytes, ip, port) => {
        frames.push(bytes);
        world.toClient(`${ip} ${port}`, bytes);
      },
    };
    const client = world.client({ link });
    const relayed = await client.allocated();
    await client.bind(CHANNEL, PEER);
    world.fromPeer(relayed, HELLO, PEER);
    expect(frames.at(-1)).toHaveLength(12);
    isOpen = false;
    world.server.closed(link, client.ip, client.port);
    expect([world.server.allocations, world.openPorts]).toEqual([0, []]);
  });

  it("a client that left while its port was opened leaves nothing behind", async () => {
    const world = new TurnWorld();
    const link: ClientLink = {
      id: "tcp 2",
      isStream: true,
      isOpen: () => false,
      send: (bytes, ip, port) => world.toClient(`${ip} ${port}`, bytes),
    };
    expect(codeOf(await world.client({ link }).allocate())).toBe(ERROR.allocationMismatch);
    expect([world.server.allocations, world.openPorts]).toEqual([0, []]);
  });

  it("two behind the same relay meet inside it: nothing leaves", async () => {
    const world = new TurnWorld();
    const [ana, ben] = [world.client(), world.client({ lease: "lease-b" })];
    const [atAna, atBen] = [await ana.allocated(), await ben.allocated()];
    expect(codeOf(await ana.permit(atBen))).toBe(200);
    ana.send(atBen, HELLO);
    expect(ben.inbox).toEqual([]);
    await ben.bind(CHANNEL, atAna);
    ana.send(atBen, HELLO);
    ben.sendOver(CHANNEL, HELLO);
    expect(ben.inbox).toEqual([{ data: HELLO, from: atAna }]);
    expect(ana.inbox).toEqual([{ data: HELLO, from: atBen }]);
    expect(world.sent).toEqual([]);
  });
});

describe("time", () => {
  it("an allocation lives ten minutes, is refreshed, and ends when asked", async () => {
    const world = new TurnWorld();
    const client = world.client();
    await client.allocated();
    await world.advance(590_000);
    expect(codeOf(await client.refresh(600))).toBe(200);
    await world.advance(590_000);
    expect(world.server.allocations).toBe(1);
    await world.advance(12_000);
    expect([world.server.allocations, world.openPorts]).toEqual([0, []]);
    expect(codeOf(await client.refresh(600))).toBe(ERROR.allocationMismatch);
    const other = world.client();
    await other.allocated();
    expect(codeOf(await other.refresh(0))).toBe(200);
    expect([world.server.allocations, world.openPorts]).toEqual([0, []]);
  });

  it("a permission ends after five minutes, a channel after ten, each unless asked for again", async () => {
    const world = new TurnWorld();
    const client = world.client();
    const relayed = await client.allocated();
    await client.bind(CHANNEL, PEER);
    await world.advance(301_000);
    world.fromPeer(relayed, HELLO, PEER);
    client.send(PEER, HELLO);
    expect([world.sent, client.inbox]).toEqual([[], []]);
    client.sendOver(CHANNEL, HELLO);
    expect(world.sent).toHaveLength(1);
    await client.permit(PEER);
    world.fromPeer(relayed, HELLO, PEER);
    expect(client.inbox).toHaveLength(1);
    await client.refresh(3600);
    await world.advance(300_000);
    client.sendOver(CHANNEL, HELLO);
    expect(world.sent).toHaveLength(1);
    expect(codeOf(await client.bind(CHANNEL, { ...PEER, port: 2 }))).toBe(200);
    client.sendOver(CHANNEL, HELLO);
    expect(world.sent.at(-1)).toMatchObject({ port: 2 });
  });

  it("a new nonce is asked for after an hour, and the client goes on with it", async () => {
    const world = new TurnWorld();
    const client = world.client();
    await client.allocated();
    expect(codeOf(await client.refresh(3600))).toBe(200);
    await world.advance(3_590_000);
    expect(codeOf(await client.refresh(3600))).toBe(200);
    await world.advance(60_000);
    expect(codeOf(await client.refresh(3600))).toBe(200);
    expect(world.server.counters.refusals.get(ERROR.staleNonce)).toBe(1);
  });

  it("a wall clock that jumps ends no call", async () => {
    const world = new TurnWorld();
    const client = world.client();
    await client.allocated();
    world.wallOffsetMs = 365 * 86_400_000;
    expect(codeOf(await client.refresh(600))).toBe(200);
    await world.advance(500_000);
    expect(world.server.allocations).toBe(1);
  });

  it("lets go of everything when it is closed", async () => {
    const world = new TurnWorld();
    await world.client().allocate([{ type: ATTRIBUTE.evenPort, value: Uint8Array.of(0x80) }]);
    await world.client().allocated();
    expect(world.openPorts).toHaveLength(3);
    world.server.close();
    expect([world.server.allocations, world.openPorts]).toEqual([0, []]);
  });
});

it("several peers in one permission: all of them, or none", async () => {
  const world = new TurnWorld();
  const client = world.client();
  await client.allocated();
  const other = { ...PEER, ip: "93.184.216.35" };
  expect(codeOf(await client.permit(PEER, { ...PEER, ip: "10.0.0.1" }, other))).toBe(ERROR.forbidden);
  client.send(PEER, HELLO);
  expect(world.sent).toEqual([]);
  expect(codeOf(await client.permit(PEER, other))).toBe(200);
  client.send(PEER, HELLO);
  client.send(other, HELLO);
  expect(world.sent).toHaveLength(2);
  expect(codeOf(await client.request(METHOD.createPermission, []))).toBe(ERROR.badRequest);
  const broken = { ...encodeXorAddress(ATTRIBUTE.xorPeerAddress, PEER, new Uint8Array(12)), value: Uint8Array.of(0, 7, 1, 1) };
  expect(codeOf(await client.request(METHOD.createPermission, [broken]))).toBe(ERROR.badRequest);
});
