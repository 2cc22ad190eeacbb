// R2 to R5: strangers gain nothing, credentials are good for what they say, and nobody takes more than their part.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { describe, expect, it } from "vitest";
import { createCredentials, readUsername } from "../src/credentials.ts";
import { STRANGER_ANSWERS_PER_SECOND, STRANGER_BURST } from "../src/quotas.ts";
import { ATTRIBUTE, ERROR, METHOD, TRANSPORT_UDP } from "../src/stun/attributes.ts";
import { encodeStunMessage } from "../src/stun/message.ts";
import { encodeText } from "../src/stun/values.ts";
import { codeOf, PEER, RELAY_IPS, SECRET, TestClient, TurnWorld } from "./support/turn-world.ts";

const DATA = encodeUtf8("data");
/** IP and UDP headers count for both directions: they are what a forger of addresses would multiply. */
const HEADERS = { ipv4: 28, ipv6: 48 };
const FORGED = "93.184.216.1 5000";

describe("R2", () => {
  const transport = { type: ATTRIBUTE.requestedTransport, value: Uint8Array.of(TRANSPORT_UDP, 0, 0, 0) };
  const requests = {
    "the shortest Allocate": [METHOD.allocate, [transport]],
    "an Allocate without anything": [METHOD.allocate, []],
    "a Refresh": [METHOD.refresh, [transport]],
    "a Binding": [METHOD.binding, []],
    "a Binding with what nobody knows": [METHOD.binding, [{ type: 0x7001, value: new Uint8Array() }]],
    "a stale nonce": [
      METHOD.allocate,
      [
        transport,
        encodeText(ATTRIBUTE.username, "1:a"),
        encodeText(ATTRIBUTE.realm, "p2pcrypt"),
        encodeText(ATTRIBUTE.nonce, "old"),
        { type: ATTRIBUTE.messageIntegrity, value: new Uint8Array(20) },
      ],
    ],
  } as const;

  it.each(Object.entries(requests))("R2: %s is answered with at most 1.5 times its size on the wire", (_, [
    method,
    attributes,
  ]) => {
    for (const ip of ["93.184.216.1", "2606:2800:220:1::1"]) {
      const headers = HEADERS[ip.includes(":") ? "ipv6" : "ipv4"];
      const world = new TurnWorld();
      const bytes = encodeStunMessage({ class: "request", method, transactionId: new Uint8Array(12) }, attributes);
      world.server.received(world.udp, ip, 5000, bytes);
      const answered = world.answered.get(`${ip} 5000`) ?? 0;
      expect(answered).toBeGreaterThan(0);
      expect((answered + headers) / (bytes.length + headers)).toBeLessThanOrEqual(1.5);
    }
  });

  it("R2: one source is answered some times at once and then so many times a second: a flood gets back less than it sent", async () => {
    const world = new TurnWorld();
    const bytes = encodeStunMessage({ class: "request", method: METHOD.allocate, transactionId: new Uint8Array(12) }, [
      transport,
    ]);
    let received = 0;
    for (let ms = 0; ms < 10_000; ms += 10) {
      for (let n = 0; n < 10; n++) world.server.received(world.udp, "93.184.216.1", 5000, bytes);
      received += 10 * (bytes.length + HEADERS.ipv4);
      await world.advance(10);
    }
    const answers = (world.answered.get(FORGED) ?? 0) / 56;
    expect(answers).toBe(STRANGER_BURST + 10 * STRANGER_ANSWERS_PER_SECOND - 1);
    expect(answers * (56 + HEADERS.ipv4)).toBeLessThan(received);
    // Another source is answered all the same.
    expect(codeOf(await world.client({ ip: "93.184.217.1" }).allocate())).toBe(200);
  });

  it("R2: addresses of one IPv6 household share their part", () => {
    const world = new TurnWorld();
    const bytes = encodeStunMessage({ class: "request", method: METHOD.binding, transactionId: new Uint8Array(12) }, []);
    for (let n = 1; n <= 500; n++) world.server.received(world.udp, `2606:2800:220:1::${n.toString(16)}`, 5000, bytes);
    expect(world.answered.size).toBe(STRANGER_BURST);
  });

  it("R2: what is no STUN, an answer, an indication or a channel of somebody unknown is met with silence", () => {
    const world = new TurnWorld();
    const head = { method: METHOD.allocate, transactionId: new Uint8Array(12) };
    const silent = [
      new Uint8Array(0),
      encodeUtf8("GET / HTTP/1.1\r\n\r\n"),
      Uint8Array.of(0x40, 1, 0, 4, 1, 2, 3, 4),
      encodeStunMessage({ ...head, class: "success" }, []),
      encodeStunMessage({ ...head, class: "error" }, []),
      encodeStunMessage({ ...head, class: "indication" }, []),
      encodeStunMessage({ ...head, class: "request", method: 0x7ff }, []),
    ];
    for (const bytes of silent) world.server.received(world.udp, "93.184.216.1", 5000, bytes);
    expect(world.answered.size).toBe(0);
  });
});

describe("R3", () => {
  it("R3: expired credentials begin nothing; what they began goes on, and when it ended they are worth nothing", async () => {
    const world = new TurnWorld();
    const client = world.client({ expiresAtMs: world.nowMs + 60_000 });
    await client.allocated();
    await world.advance(120_000);
    expect(codeOf(await client.permit(PEER))).toBe(200);
    expect(codeOf(await client.refresh(600))).toBe(200);
    expect(codeOf(await client.refresh(0))).toBe(200);
    expect(codeOf(await client.allocate())).toBe(ERROR.unauthenticated);
  });

  it("R3: a password of another user name, secret or lease, and a longer life written into the name, are refused", async () => {
    const world = new TurnWorld();
    const good = createCredentials(SECRET, "lease-a", world.nowMs + 60_000);
    const address = { ip: "93.184.216.99", port: 1, link: world.udp };
    const wrong = [
      { ...good, username: `${Math.floor(world.nowMs / 1000) + 86_400}:lease-a` },
      { ...good, username: good.username.replace("lease-a", "lease-b") },
      createCredentials("another secret", "lease-a", world.nowMs + 60_000),
      { ...good, password: "" },
      { username: "ana", password: good.password },
      { username: "", password: "" },
    ];
    for (const [i, credentials] of wrong.entries()) {
      const client = new TestClient(world, credentials, { ...address, port: 100 + i });
      expect(codeOf(await client.allocate())).toBe(ERROR.unauthenticated);
    }
    expect(world.server.allocations).toBe(0);
    expect(readUsername("9999999999999:a")).toBeUndefined();
  });

  it("R3: an allocation answers to nobody but the user name that made it", async () => {
    const world = new TurnWorld();
    const address = { ip: "93.184.216.99", port: 7 };
    const owner = world.client(address);
    await owner.allocated();
    const other = world.client({ ...address, lease: "lease-b" });
    expect(codeOf(await other.permit(PEER))).toBe(ERROR.wrongCredentials);
    expect(codeOf(await other.refresh(0))).toBe(ERROR.wrongCredentials);
    expect(world.server.allocations).toBe(1);
  });

  it("R3: a nonce is good for the address that got it, and no other", async () => {
    const world = new TurnWorld();
    const messages: Uint8Array[] = [];
    const received = world.server.received.bind(world.server);
    world.server.received = (link, ip, port, bytes) => {
      messages.push(bytes);
      received(link, ip, port, bytes);
    };
    await world.client({ port: 40 }).allocated();
    const allocate = messages.at(-1) ?? new Uint8Array();
    const thief = world.client({ port: 41 });
    thief.raw(allocate);
    expect(world.server.allocations).toBe(1);
    expect(world.server.counters.refusals.get(ERROR.staleNonce)).toBe(1);
  });

  it("R3: who tries passwords is soon not answered any more", async () => {
    const world = new TurnWorld();
    const wrong = { username: `${Math.floor(world.nowMs / 1000) + 600}:lease-a`, password: "guess" };
    for (let port = 1; port <= STRANGER_BURST; port++) {
      const client = new TestClient(world, wrong, { ip: "93.184.216.2", port, link: world.udp });
      void client.allocate();
      await Promise.resolve();
    }
    expect(world.server.counters.unanswered).toBeGreaterThan(0);
    expect(world.server.counters.refusals.get(ERROR.unauthenticated)).toBe(STRANGER_BURST);
  });
});

describe("R4", () => {
  it("R4: a lease has its number of allocations and no more; another lease has its own; ended ones count no longer", async () => {
    const world = new TurnWorld({ quotas: { allocationsPerLease: 5, allocationsPerAddress: 1_000 } });
    const clients = Array.from({ length: 30 }, (_, i) => world.client({ ip: `93.184.${i}.1` }));
    const codes = await Promise.all(clients.map(async (client) => codeOf(await client.allocate())));
    expect(codes.filter((code) => code === 200)).toHaveLength(5);
    expect(codes.filter((code) => code === ERROR.allocationQuotaReached)).toHaveLength(25);
    expect(world.openPorts).toHaveLength(5);
    await world.client({ lease: "lease-b" }).allocated();
    expect(codeOf(await (clients[codes.indexOf(200)] ?? world.client()).refresh(0))).toBe(200);
    expect(codeOf(await world.client().allocate())).toBe(200);
    expect(codeOf(await world.client().allocate())).toBe(ERROR.allocationQuotaReached);
    await world.advance(602_000);
    expect(codeOf(await world.client().allocate())).toBe(200);
  });

  it("R4: many leases at one address share a limit, and all together have one", async () => {
    const world = new TurnWorld({ quotas: { allocationsPerAddress: 4, allocations: 6 } });
    const codes: number[] = [];
    for (let n = 0; n < 6; n++) codes.push(codeOf(await world.client({ lease: `lease-${n}` }).allocate()));
    expect(codes).toEqual([200, 200, 200, 200, ERROR.allocationQuotaReached, ERROR.allocationQuotaReached]);
    for (let n = 0; n < 3; n++) codes.push(codeOf(await world.client({ ip: `93.184.${n}.9` }).allocate()));
    expect(codes.slice(6)).toEqual([200, 200, ERROR.insufficientCapacity]);
  });

  it("R4: nobody holds an allocation for ever, nor asks for a longer life than an hour", async () => {
    const world = new TurnWorld({ quotas: { maxAllocationAgeMs: 7_200_000 } });
    const client = world.client();
    await client.allocated();
    for (let hours = 0; hours < 2; hours++) {
      await client.refresh(0xffff_ffff);
      await world.advance(3_590_000);
      expect(world.server.allocations).toBe(1);
    }
    await client.refresh(3600);
    await world.advance(30_000);
    expect(world.server.allocations).toBe(0);
  });

  it("R4: a client permits so many peers, and no more", async () => {
    const world = new TurnWorld();
    const client = world.client();
    await client.allocated();
    const codes = new Set<number>();
    for (let n = 0; n < 300; n++) codes.add(codeOf(await client.permit({ ...PEER, ip: `93.185.${n >> 8}.${n & 255}` })));
    expect(codes).toEqual(new Set([200, ERROR.insufficientCapacity]));
    expect(codeOf(await client.permit({ ...PEER, ip: "93.185.0.0" }))).toBe(200);
    await world.advance(301_000);
    expect(codeOf(await client.permit(PEER))).toBe(200);
  });
});

describe("R5", () => {
  it("R5: an allocation is relayed at its rate, within a tenth, in both directions together", async () => {
    const rate = 100_000;
    const world = new TurnWorld({ quotas: { bytesPerSecondPerAllocation: rate } });
    const client = world.client();
    const relayed = await client.allocated();
    await client.permit(PEER);
    const packet = new Uint8Array(1_000);
    const passed = () => world.server.counters.bytesToPeers + world.server.counters.bytesToClients;
    const flood = async (seconds: number): Promise<void> => {
      for (let ms = 0; ms < seconds * 1_000; ms += 10) {
        for (let n = 0; n < 3; n++) {
          client.send(PEER, packet);
          world.fromPeer(relayed, packet, PEER);
        }
        await world.advance(10);
      }
    };
    await flood(3); // the bucket is empty now
    const before = passed();
    await flood(20);
    expect(passed() - before).toBeGreaterThan(20 * rate * 0.9);
    expect(passed() - before).toBeLessThan(20 * rate * 1.1);
  });

  it("R5: all allocations together are relayed at the node's rate", async () => {
    const world = new TurnWorld({ quotas: { bytesPerSecond: 50_000 } });
    const clients = Array.from({ length: 10 }, (_, n) => world.client({ lease: `lease-${n}` }));
    for (const client of clients) {
      await client.allocated();
      await client.permit(PEER);
    }
    for (let ms = 0; ms < 20_000; ms += 50) {
      for (const client of clients) client.send(PEER, new Uint8Array(1_000));
      await world.advance(50);
    }
    expect(world.server.counters.bytesToPeers).toBeLessThan(22 * 50_000 * 1.1);
    expect(world.server.counters.bytesToPeers).toBeGreaterThan(22 * 50_000 * 0.9);
  });

  it("R5: a lease has so many bytes a day, over all its allocations, and the next day again", async () => {
    const world = new TurnWorld({ quotas: { bytesPerLeasePerDay: 10_000 } });
    const expiresAtMs = world.nowMs + 2 * 86_400_000;
    const [one, two] = [world.client({ expiresAtMs }), world.client({ expiresAtMs })];
    for (const client of [one, two]) {
      await client.allocated();
      await client.permit(PEER);
    }
    for (let n = 0; n < 20; n++) for (const client of [one, two]) client.send(PEER, new Uint8Array(1_000));
    expect(world.sent).toHaveLength(10);
    await one.refresh(0);
    await two.refresh(0);
    // To leave and come back does not help.
    await one.allocated();
    await one.permit(PEER);
    one.send(PEER, new Uint8Array(1_000));
    expect(world.sent).toHaveLength(10);
    await world.advance(86_400_000);
    await one.allocated();
    await one.permit(PEER);
    one.send(PEER, new Uint8Array(1_000));
    expect(world.sent).toHaveLength(11);
  });

  it("R5: relays that point at each other send nothing round in circles", async () => {
    const world = new TurnWorld();
    const [one, two] = [world.client(), world.client({ lease: "lease-b" })];
    const [atOne, atTwo] = [await one.allocated(), await two.allocated()];
    await one.permit(atTwo, atOne);
    await two.permit(atOne, atTwo);
    one.send(atTwo, DATA);
    one.send(atOne, DATA);
    expect([one.inbox.length, two.inbox.length]).toEqual([1, 1]);
    expect(world.server.counters.packetsToPeers).toBe(2);
    expect(world.sent).toEqual([]);
    // Nor can a relayed address become the client of another allocation here: the relay's own port is no peer.
    expect(codeOf(await one.permit({ family: "ipv4", ip: RELAY_IPS.ipv4, port: 3478 }))).toBe(ERROR.forbidden);
  });
});
