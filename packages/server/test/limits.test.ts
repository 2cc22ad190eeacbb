import { ed25519 } from "@noble/curves/ed25519.js";
import { adminAppendBytes, tokenHash, toStreamId } from "@p2pcrypt/api";
import { DEFAULT_STORE_LIMITS, type NodeStore, StorageError } from "@p2pcrypt/storage";
import { MemoryNodeStore } from "@p2pcrypt/storage/memory";
import { describe, expect, it } from "vitest";
import { Expiry } from "../src/expiry.ts";
import { RateLimiter } from "../src/rate-limiter.ts";
import { addressKey } from "../src/rate-limits.ts";
import { application, bytes, conversation, handshake, key, NODE_ID, START_MS, testNode } from "./support/test-node.ts";

describe("limits", () => {
  it("A13: one address is limited and told when to come back, others are not; an IPv6 household is one; memory is bounded", async () => {
    const node = testNode({ rateLimits: { address: { perMinute: 60, burst: 3 } } });
    const ask = (address: string): Promise<unknown> => node.call("node.describe", {}, undefined, address);
    for (let n = 0; n < 3; n++) expect(typeof (await ask("2001:db8:1:2::1"))).toBe("object");
    expect(await ask("2001:db8:1:2:ffff::9")).toBe("rateLimited");
    expect(typeof (await ask("2001:db8:1:3::1"))).toBe("object");
    expect(typeof (await ask("192.0.2.9"))).toBe("object");
    node.time.nowMs += 1000;
    expect(typeof (await ask("2001:db8:1:2::1"))).toBe("object");
    expect(addressKey("::ffff:192.0.2.9")).toBe("192.0.2.9");
    const limiter = new RateLimiter({ nowMs: () => 0 }, 1000);
    for (let n = 0; n < 1_000_000; n++) limiter.take(`key ${n}`, { perMinute: 1, burst: 1 });
    expect(limiter.size).toBe(1000);
  });

  it("M10: a flood in the members' lane is limited, and an administrator's handshake passes it", async () => {
    const node = testNode();
    const { stream, writeToken, admin, adminSecret } = await conversation(node);
    let position = 0;
    const member = (): Promise<unknown> =>
      node.call(
        "stream.append",
        { stream, kind: "handshake", record: handshake(), idempotencyKey: key(), position: position + 1 },
        writeToken,
      );
    let isLimited = false;
    for (let n = 0; n < 40 && !isLimited; n++) {
      const answer = await member();
      if (answer === "rateLimited") isLimited = true;
      else position += 1;
    }
    expect([isLimited, position]).toEqual([true, 12]);
    const record = handshake(9);
    const signature = ed25519.sign(adminAppendBytes({ node: NODE_ID, stream }, { position: position + 1, record }), adminSecret);
    const removal = {
      stream,
      kind: "handshake",
      record,
      idempotencyKey: key(),
      position: position + 1,
      admin: { key: admin, signature },
    } as const;
    expect(await node.call("stream.append", removal)).toMatchObject({ position: position + 1 });
  });

  it("M11: who is to be removed may try any number of records: what is first at the node counts, never the bytes", async () => {
    const node = testNode();
    const { stream, writeToken, admin, adminSecret } = await conversation(node);
    const grind = (n: number, position: number): Promise<unknown> =>
      node.call(
        "stream.append",
        { stream, kind: "handshake", record: handshake(n), idempotencyKey: key(), position },
        writeToken,
      );
    const remove = (position: number): Promise<unknown> => {
      const record = handshake(200);
      const signature = ed25519.sign(adminAppendBytes({ node: NODE_ID, stream }, { position, record }), adminSecret);
      const claim = { position, admin: { key: admin, signature } };
      return node.call("stream.append", { stream, kind: "handshake", record, idempotencyKey: key(), ...claim });
    };
    // The member is faster for as long as its lane lets it through; then the administrator has a position to itself.
    let [position, attempts] = [1, 0];
    for (let answer: unknown; typeof answer !== "object"; attempts++) {
      for (let n = 0; n < 100; n++) if (typeof (await grind(n, position)) === "object") position += 1;
      answer = await remove(position);
    }
    expect(attempts).toBeLessThanOrEqual(3);
    for (let n = 0; n < 100; n++) expect(await grind(n, position)).not.toBeTypeOf("object");
    expect((await grind(1, position)) as string).toMatch(/positionTaken|rateLimited/);
  });

  it("M14: strangers fill nobody's inbox: limited by address and by inbox, and small; who holds the contact token is not", async () => {
    const node = testNode();
    const stream = toStreamId(bytes(55));
    const contact = bytes(56);
    const inbox = {
      stream,
      kind: "inbox",
      readTokenHash: tokenHash(bytes(57)),
      contactTokenHash: tokenHash(contact),
      admins: [bytes(58)],
    } as const;
    await node.call("stream.create", { ...inbox, admins: [...inbox.admins] });
    const request = (size: number, capability?: Uint8Array, address?: string): Promise<unknown> => {
      const record = bytes(7, size);
      record[0] = 0xe1;
      return node.call("stream.append", { stream, kind: "sealedRequest", record, idempotencyKey: key() }, capability, address);
    };
    expect(await request(20_000)).toBe("forbidden");
    expect(await request(20_000, contact)).toMatchObject({ seq: 1 });
    const answers: unknown[] = [];
    for (let n = 0; n < 30; n++) answers.push(await request(1_200));
    expect(answers.filter((answer) => answer === "rateLimited").length).toBeGreaterThan(5);
    for (let n = 0; n < 100; n++) answers.push(await request(1_200, undefined, `198.51.100.${n}`));
    expect(answers.filter((answer) => typeof answer === "object").length).toBeLessThanOrEqual(60);
    expect(await request(1_200, contact)).toMatchObject({ timeMs: START_MS });
  });

  it("T3: of fifty writers on one position exactly one wins, and its repeat is answered with the same position", async () => {
    const node = testNode();
    const { stream, admin, adminSecret } = await conversation(node);
    for (let position = 1; position <= 20; position++) {
      const tries = Array.from({ length: 50 }, (_, n) => {
        const record = handshake(n);
        const signature = ed25519.sign(adminAppendBytes({ node: NODE_ID, stream }, { position, record }), adminSecret);
        return { stream, kind: "handshake", record, idempotencyKey: key(), position, admin: { key: admin, signature } } as const;
      }).slice(0, position === 1 ? 50 : 4);
      const answers = await Promise.all(tries.map((request) => node.call("stream.append", request)));
      const winners = answers.flatMap((answer, i) => (typeof answer === "object" ? [i] : []));
      expect(winners.length).toBe(1);
      const winner = tries[winners[0] ?? 0];
      if (winner !== undefined) expect(await node.call("stream.append", winner)).toMatchObject({ position });
    }
  });
});

describe("a disk that fails", () => {
  /** Fails every call from the n-th on, until it is mended. */
  class FailingStore extends MemoryNodeStore {
    failsAfter = Number.POSITIVE_INFINITY;
    code: "storage/full" | "storage/failed" = "storage/full";
    override append(...args: Parameters<NodeStore["append"]>): ReturnType<NodeStore["append"]> {
      if (this.failsAfter-- <= 0) return Promise.reject(new StorageError(this.code));
      return super.append(...args);
    }
  }
  const options = { nodeId: NODE_ID, limits: DEFAULT_STORE_LIMITS };

  it("O2 O3: nothing is acknowledged that is not stored, the refusal says what it is, reading goes on, and it recovers by itself", async () => {
    const store = new FailingStore(options);
    const node = testNode({ store });
    const { stream, writeToken, readToken } = await conversation(node);
    const append = (fill: number): Promise<unknown> =>
      node.call(
        "stream.append",
        { stream, kind: "application", record: application(fill), idempotencyKey: key(), ifHandshake: 0 },
        writeToken,
      );
    expect(await append(1)).toMatchObject({ seq: 1 });
    store.failsAfter = 0;
    expect(await append(2)).toBe("storageFull");
    store.code = "storage/failed";
    expect(await append(3)).toBe("unavailable");
    expect(await node.call("stream.read", { stream, after: 0 }, readToken)).toMatchObject({
      records: [{ seq: 1 }],
      hasMore: false,
    });
    store.failsAfter = Number.POSITIVE_INFINITY;
    expect(await append(4)).toMatchObject({ seq: 2 });
    expect(node.faults).toMatchObject([{ code: "storage/failed" }]);
  });

  it("O5: a wall clock that jumps a year ahead and back expires nothing early; time that really passes does", async () => {
    const store = new MemoryNodeStore(options);
    const time = { nowMs: START_MS };
    const node = testNode({ store });
    const { stream, writeToken } = await conversation(node);
    await node.call(
      "stream.append",
      { stream, kind: "application", record: application(), idempotencyKey: key(), ifHandshake: 0 },
      writeToken,
    );
    const deps = { clock: { nowMs: () => time.nowMs }, timers: { after: () => () => undefined }, store, report: () => undefined };
    const expiry = new Expiry({
      ...deps,
      random: (size: number) => new Uint8Array(size),
      checks: {} as never,
      signCheckpoint: (one: Uint8Array) => one,
    });
    await expiry.step(0);
    time.nowMs += 365 * 86_400_000;
    for (let n = 0; n < 6; n++) expect(await expiry.step(600_000)).toBe(0);
    time.nowMs = START_MS + 3_600_000;
    expect(await expiry.step(600_000)).toBe(0);
    time.nowMs = START_MS + 31 * 86_400_000;
    let gone = 0;
    for (let n = 0; n < 400; n++) gone += await expiry.step(600_000);
    expect(gone).toBe(1);
  });
});
