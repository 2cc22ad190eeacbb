import { ed25519 } from "@noble/curves/ed25519.js";
import { adminAppendBytes, configurationHash, configureBytes, limits, tokenHash } from "@p2pcrypt/api";
import { describe, expect, it } from "vitest";
import {
  application,
  bytes,
  conversation,
  handshake,
  key,
  NODE_ID,
  type TestNode,
  type TestStream,
  testNode,
} from "./support/test-node.ts";

const free = { perMinute: 1e9, burst: 1e9 };

async function say(node: TestNode, { stream, writeToken }: TestStream, fill = 1): Promise<void> {
  const answer = await node.call(
    "stream.append",
    { stream, kind: "application", record: application(fill), idempotencyKey: key(), ifHandshake: 0 },
    writeToken,
  );
  if (typeof answer === "string") throw new Error(answer);
}

const settle = async (): Promise<void> => {
  for (let n = 0; n < 50; n++) await Promise.resolve();
};

describe("subscriptions", () => {
  it("push what comes, in order, with a signed checkpoint at the newest, and catch up on what came before", async () => {
    const node = testNode();
    const stream = await conversation(node);
    for (let n = 1; n <= 3; n++) await say(node, stream, n);
    const socket = node.socket();
    expect(await socket.call("stream.subscribe", { stream: stream.stream, after: 1 }, stream.readToken)).toMatchObject({
      checkpoint: { seq: 3 },
    });
    await settle();
    await say(node, stream, 4);
    const pushed = socket.pushed("stream.record");
    expect(pushed.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(pushed.map(({ checkpoint }) => checkpoint !== undefined)).toEqual([false, true, true]);
    await socket.call("stream.unsubscribe", { stream: stream.stream });
    await say(node, stream, 5);
    expect(socket.pushed("stream.record").length).toBe(3);
  });

  it("T12: who does not acknowledge is cut off at 256, told so, reads forward and resumes: nothing is lost or doubled", async () => {
    const node = testNode({ rateLimits: { appends: free, address: free } });
    const stream = await conversation(node);
    const slow = node.socket();
    const fast = node.socket("192.0.2.2");
    await slow.call("stream.subscribe", { stream: stream.stream, after: 0 }, stream.readToken);
    await fast.call("stream.subscribe", { stream: stream.stream, after: 0 }, stream.readToken);
    for (let n = 1; n <= 400; n++) {
      await say(node, stream, n);
      await fast.call("stream.acknowledge", { stream: stream.stream, seq: n });
    }
    expect(slow.pushed("stream.record").length).toBe(limits.MAX_UNACKNOWLEDGED_RECORDS);
    expect(slow.pushed("stream.ended")).toEqual([{ stream: stream.stream, reason: "slow" }]);
    expect(fast.pushed("stream.record").length).toBe(400);
    expect(node.node.stats.subscriptions).toBe(1);
    await slow.call("stream.subscribe", { stream: stream.stream, after: 256 }, stream.readToken);
    await settle();
    await settle();
    expect(slow.pushed("stream.record").map(({ seq }) => seq)).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
  });

  it("a removal ends the subscriptions of the old token behind the record that brought it, and hears nothing ephemeral any more", async () => {
    const node = testNode();
    const stream = await conversation(node);
    const removed = node.socket();
    await removed.call("stream.subscribe", { stream: stream.stream, after: 0 }, stream.readToken);
    const place = { node: NODE_ID, stream: stream.stream };
    const described = await node.call("stream.describe", { stream: stream.stream }, stream.readToken);
    if (typeof described === "string") throw new Error(described);
    const [newRead, newWrite] = [bytes(91), bytes(92)];
    const change = { readTokenHash: tokenHash(newRead), writeTokenHash: tokenHash(newWrite) };
    const unsigned = { version: 2, previous: configurationHash(place, described.configuration), change };
    const configure = {
      ...unsigned,
      admin: stream.admin,
      signature: ed25519.sign(configureBytes(place, unsigned), stream.adminSecret),
    };
    const record = handshake();
    const admin = {
      key: stream.admin,
      signature: ed25519.sign(adminAppendBytes(place, { position: 1, record }), stream.adminSecret),
    };
    await node.call("stream.append", {
      stream: stream.stream,
      kind: "handshake",
      record,
      idempotencyKey: key(),
      position: 1,
      admin,
      configure,
    });
    expect(removed.pushed("stream.record").map(({ seq }) => seq)).toEqual([1]);
    expect(removed.pushed("stream.ended")).toEqual([{ stream: stream.stream, reason: "forbidden" }]);
    expect(await removed.call("stream.subscribe", { stream: stream.stream, after: 1 }, stream.readToken)).toBe("forbidden");
    expect(await node.call("stream.read", { stream: stream.stream, after: 0 }, stream.readToken)).toMatchObject({
      records: [{ seq: 1 }],
    });
    expect(await node.call("stream.publish", { stream: stream.stream, record: bytes(0xe2, 200) }, stream.writeToken)).toBe(
      "forbidden",
    );
    const stayed = node.socket();
    await stayed.call("stream.subscribe", { stream: stream.stream, after: 1 }, newRead);
    expect(await node.call("stream.publish", { stream: stream.stream, record: bytes(0xe2, 200) }, newWrite)).toEqual({
      subscribers: 1,
    });
    expect([removed.pushed("stream.ephemeral").length, stayed.pushed("stream.ephemeral").length]).toEqual([0, 1]);
  });

  it("ephemeral records reach who listens and are stored nowhere; a large record is told and fetched", async () => {
    const node = testNode();
    const stream = await conversation(node);
    const socket = node.socket();
    await socket.call("stream.subscribe", { stream: stream.stream, after: 0 }, stream.readToken);
    await node.call("stream.publish", { stream: stream.stream, record: bytes(0xe2, 200) }, stream.writeToken);
    expect(await node.call("stream.read", { stream: stream.stream, after: 0 }, stream.readToken)).toMatchObject({ records: [] });
    const record = handshake(1, 200_000);
    const signature = ed25519.sign(
      adminAppendBytes({ node: NODE_ID, stream: stream.stream }, { position: 1, record }),
      stream.adminSecret,
    );
    const append = {
      stream: stream.stream,
      kind: "handshake",
      record,
      idempotencyKey: key(),
      position: 1,
      admin: { key: stream.admin, signature },
    } as const;
    await node.call("stream.append", append);
    const [push] = socket.pushed("stream.record");
    expect([push?.["isLarge"], push?.["record"]]).toEqual([true, undefined]);
    expect(await node.call("stream.read", { stream: stream.stream, after: 0 }, stream.readToken)).toMatchObject({
      records: [{ seq: 1 }],
    });
  });

  it("takes 64 requests at once and refuses the next, and a closed connection leaves no subscription", async () => {
    const node = testNode();
    const stream = await conversation(node);
    const socket = node.socket();
    const params = { stream: stream.stream, after: 0, capability: Buffer.from(stream.readToken).toString("base64url") };
    const frames = Array.from({ length: 70 }, (_, n) =>
      socket.session.received(JSON.stringify({ jsonrpc: "2.0", id: `r${n}`, method: "stream.read", params })),
    );
    await Promise.all(frames);
    const refused = socket.frames.filter(({ error }) => error?.data.code === "tooManyInFlight");
    expect(refused.map(({ id }) => id)).toEqual(["r64", "r65", "r66", "r67", "r68", "r69"]);
    await socket.call("stream.subscribe", { stream: stream.stream, after: 0 }, stream.readToken);
    expect(node.node.stats.subscriptions).toBe(1);
    socket.session.closed();
    expect(node.node.stats.subscriptions).toBe(0);
  });
});
