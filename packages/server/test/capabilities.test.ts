import { ed25519 } from "@noble/curves/ed25519.js";
import {
  adminAppendBytes,
  type CapabilityKind,
  configurationHash,
  configureBytes,
  deleteStreamBytes,
  OPERATION_NAMES,
  type OperationName,
  operation,
  type RequestOf,
  tokenHash,
} from "@p2pcrypt/api";
import { describe, expect, it } from "vitest";
import {
  application,
  bytes,
  conversation,
  handshake,
  key,
  NODE_ID,
  proven,
  RELAY,
  START_MS,
  type TestStream,
  testNode,
} from "./support/test-node.ts";

/** Who may call what (spec/protocol/api.md). */
const RIGHTS = {
  "node.describe": "none",
  "identity.publish": "none",
  "identity.lookup": "none",
  "profile.publish": "none",
  "profile.lookup": "none",
  "keyPackage.publish": "device",
  "keyserver.add": "none",
  "keyserver.lookup": "none",
  "keyPackage.count": "device",
  "keyPackage.claim": "claim",
  "stream.create": "none",
  "stream.append": "append",
  "stream.read": "read",
  "stream.subscribe": "read",
  "stream.acknowledge": "none",
  "stream.unsubscribe": "none",
  "stream.publish": "write",
  "relay.credentials": "write",
  "stream.describe": "read",
  "stream.configure": "admin",
  "stream.delete": "admin",
} as const;

describe("capabilities", () => {
  it("A1: every stream operation with no, a wrong and another stream's capability is refused and changes nothing", async () => {
    const node = testNode({ relay: RELAY });
    const [mine, other] = [await conversation(node), await conversation(node)];
    const { stream } = mine;
    const requests: { [Name in OperationName]?: RequestOf<Name> } = {
      "stream.append": { stream, kind: "application", record: application(), idempotencyKey: key(), ifHandshake: 0 },
      "stream.read": { stream, after: 0 },
      "stream.describe": { stream },
      "stream.publish": { stream, record: ephemeral() },
      "relay.credentials": { stream },
    };
    const good: Partial<Record<OperationName, Uint8Array>> = {
      "stream.append": mine.writeToken,
      "stream.publish": mine.writeToken,
      "relay.credentials": mine.writeToken,
      "stream.read": mine.readToken,
      "stream.describe": mine.readToken,
    };
    const wrong = [
      undefined,
      bytes(0),
      tokenHash(mine.readToken),
      tokenHash(mine.writeToken),
      other.readToken,
      other.writeToken,
      mine.readToken,
      mine.writeToken,
    ];
    for (const [name, request] of Object.entries(requests) as [OperationName, never][]) {
      for (const capability of wrong) {
        if (capability === good[name]) continue;
        expect(await node.call(name, request, capability), name).toBe("forbidden");
      }
    }
    expect(await node.call("stream.describe", { stream }, mine.readToken)).toMatchObject({
      checkpoint: { seq: 0 },
      usedBytes: 0,
    });
    for (const [name, request] of Object.entries(requests) as [OperationName, never][]) {
      expect(typeof (await node.call(name, request, good[name])), name).toBe("object");
    }
  });

  it("A1: every operation says who may call it; a new one has to be thought of here", () => {
    const rights: Record<OperationName, CapabilityKind> = RIGHTS;
    expect(Object.fromEntries(OPERATION_NAMES.map((name) => [name, operation(name).capability]))).toEqual(rights);
  });

  it("A3: unknown and forbidden are the same answer, byte for byte", async () => {
    const node = testNode();
    const { stream } = await conversation(node);
    const unknown = `${stream.slice(0, -4)}AAAA`;
    const authorization = `Bearer ${Buffer.from(bytes(1)).toString("base64url")}`;
    for (const path of ["/records?after=0", ""]) {
      const [a, b] = await Promise.all(
        [stream, unknown].map((id) => node.raw("GET", `/v1/streams/${id}${path}`, "", { authorization })),
      );
      expect(a).toEqual(b);
    }
  });

  it("an administrator's signature counts for its position, record, stream and node only", async () => {
    const node = testNode();
    const [mine, other] = [await conversation(node), await conversation(node)];
    const record = handshake();
    const signed = (
      place: { node: string; stream: TestStream["stream"] },
      position: number,
      bytesOf: Uint8Array,
      secret = mine.adminSecret,
    ): Uint8Array => ed25519.sign(adminAppendBytes(place, { position, record: bytesOf }), secret);
    const place = { node: NODE_ID, stream: mine.stream };
    const append = (signature: Uint8Array, adminKey = mine.admin): Promise<unknown> =>
      node.call("stream.append", {
        stream: mine.stream,
        kind: "handshake",
        record,
        idempotencyKey: key(),
        position: 1,
        admin: { key: adminKey, signature },
      });
    expect(await append(signed({ node: "00".repeat(32), stream: mine.stream }, 1, record))).toBe("badSignature");
    expect(await append(signed({ node: NODE_ID, stream: other.stream }, 1, record))).toBe("badSignature");
    expect(await append(signed(place, 2, record))).toBe("badSignature");
    expect(await append(signed(place, 1, handshake(2)))).toBe("badSignature");
    expect(await append(signed(place, 1, record, other.adminSecret), other.admin)).toBe("forbidden");
    expect(await append(signed(place, 1, record))).toMatchObject({ seq: 1, position: 1 });
  });

  it("a configuration changes by a listed key, for this version of this stream, and deletion likewise", async () => {
    const node = testNode();
    const mine = await conversation(node);
    const place = { node: NODE_ID, stream: mine.stream };
    const described = await node.call("stream.describe", { stream: mine.stream }, mine.readToken);
    if (typeof described === "string") throw new Error(described);
    const previous = configurationHash(place, described.configuration);
    const change = { retentionMs: 7_200_000 };
    const configure = (fields: { version?: number; previous?: Uint8Array; secret?: Uint8Array }): Promise<unknown> => {
      const unsigned = { version: fields.version ?? 2, previous: fields.previous ?? previous, change };
      const secret = fields.secret ?? mine.adminSecret;
      const signature = ed25519.sign(configureBytes(place, unsigned), secret);
      return node.call("stream.configure", {
        stream: mine.stream,
        configure: { ...unsigned, admin: ed25519.getPublicKey(secret), signature },
      });
    };
    expect(await configure({ secret: bytes(77) })).toBe("forbidden");
    expect(await configure({ version: 3 })).toBe("versionConflict");
    expect(await configure({ previous: bytes(1) })).toBe("versionConflict");
    expect(await configure({})).toMatchObject({ configuration: { version: 2, retentionMs: 7_200_000 } });
    expect(await configure({})).toBe("versionConflict");
    const remove = (bytesToSign: Uint8Array): Promise<unknown> =>
      node.call("stream.delete", {
        stream: mine.stream,
        admin: mine.admin,
        signature: ed25519.sign(bytesToSign, mine.adminSecret),
      });
    expect(await remove(deleteStreamBytes(place, previous))).toBe("badSignature");
    const now = await node.call("stream.describe", { stream: mine.stream }, mine.readToken);
    if (typeof now === "string") throw new Error(now);
    expect(await remove(deleteStreamBytes(place, configurationHash(place, now.configuration)))).toEqual({});
    expect(await node.call("stream.read", { stream: mine.stream, after: 0 }, mine.readToken)).toBe("forbidden");
  });
});

describe("requests that a device signs", () => {
  const secret = bytes(33);
  const identity = "21".repeat(32);
  const certificate = bytes(0x21);
  const deviceCertificate = new Uint8Array([...bytes(0x21), ...bytes(7, 16), ...ed25519.getPublicKey(secret)]);
  const publication = {
    identity,
    certificate,
    deviceCertificate,
    packages: [bytes(1, 100)],
    claimTokenHashes: [tokenHash(bytes(9))],
  };
  const now = { timeMs: START_MS, nonce: bytes(1, 16) };

  it("A2: count once, now, at this node, for this operation and these bytes", async () => {
    const node = testNode();
    const publish = (request: RequestOf<"keyPackage.publish">): Promise<unknown> => node.call("keyPackage.publish", request);
    const good = proven("keyPackage.publish", publication, secret, now);
    expect(await publish(proven("keyPackage.publish", publication, secret, { ...now, node: "00".repeat(32) }))).toBe(
      "badSignature",
    );
    expect(await publish(proven("keyPackage.publish", publication, secret, { ...now, operation: "keyPackage.count" }))).toBe(
      "badSignature",
    );
    expect(await publish({ ...good, packages: [bytes(2, 100)] })).toBe("badSignature");
    expect(await publish(proven("keyPackage.publish", publication, bytes(34), now))).toBe("badSignature");
    expect(await publish({ ...good, identity: "22".repeat(32) })).toBe("badCertificate");
    for (const offMs of [300_001, -300_001]) {
      expect(await publish(proven("keyPackage.publish", publication, secret, { ...now, timeMs: START_MS + offMs }))).toBe(
        "staleRequest",
      );
    }
    expect(await publish(good)).toEqual({ count: 1, hasLastResort: false });
    expect(await publish(good)).toBe("staleRequest");
    node.time.nowMs += 200_000;
    expect(await publish(good)).toBe("staleRequest");
    const claim = (token: Uint8Array): Promise<unknown> => node.call("keyPackage.claim", { identity }, token);
    expect(await claim(bytes(8))).toBe("forbidden");
    expect(await claim(bytes(9))).toMatchObject({ packages: [{ isLastResort: false }] });
    expect(await claim(bytes(9))).toBe("noKeyPackage");
  });
});

describe("the directory", () => {
  it("D4 I12: keeps the highest sequence, adds to certificates, and takes nothing that does not hold", async () => {
    const node = testNode();
    const [certificate, profile] = [bytes(3), (sequence: number): Uint8Array => new Uint8Array([...bytes(3), sequence])];
    const identity = "03".repeat(32);
    expect(await node.call("profile.lookup", { identity })).toBe("notFound");
    expect(await node.call("profile.publish", { certificate, profile: profile(5) })).toEqual({ sequence: 5 });
    expect(await node.call("profile.publish", { certificate, profile: profile(4) })).toBe("olderProfile");
    expect(await node.call("profile.publish", { certificate: bytes(4), profile: profile(9) })).toBe("badCertificate");
    expect(await node.call("identity.publish", { certificate: bytes(4, 31) })).toBe("badCertificate");
    expect(await node.call("profile.lookup", { identity })).toEqual({ certificate, profile: profile(5) });
    expect(await node.call("identity.lookup", { identity })).toEqual({ certificate });
  });
});

function ephemeral(): Uint8Array {
  return new Uint8Array(200).fill(0xe2);
}
