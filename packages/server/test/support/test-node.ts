// A node on a memory store with a clock that stands still, certificates that are what they say, and real Ed25519.
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  canonicalJson,
  deviceRequestBytes,
  type OperationName,
  operation,
  type RequestOf,
  type ResponseOf,
  type StreamId,
  toHttpCall,
  tokenHash,
  toStreamId,
  toWire,
} from "@p2pcrypt/api";
import { concatBytes, encodeBase64Url, encodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import { type BlobStore, DEFAULT_STORE_LIMITS, type NodeStore } from "@p2pcrypt/storage";
import { MemoryNodeStore } from "@p2pcrypt/storage/memory";
import {
  createNode,
  DEFAULT_RATE_LIMITS,
  type IdentityChecks,
  type Node,
  type RateLimits,
  type RelayPort,
} from "../../src/index.ts";

export const NODE_ID = "cd".repeat(32);
export const START_MS = Date.UTC(2026, 10, 24, 12);

/** A certificate is 32 bytes: its own id. A device certificate is its identity, 16 bytes of device id and 32 of key. A profile: id, sequence. */
const checks: IdentityChecks = {
  readCertificate: async (bytes) => (bytes.length === 32 ? { id: encodeHex(bytes) as never } : undefined),
  claimedIdentity: (bytes) => (bytes.length === 32 ? (encodeHex(bytes) as never) : undefined),
  mergeIntoDirectory: async (known, incoming) =>
    incoming.length === 32
      ? { id: encodeHex(incoming) as never, fingerprint: encodeHex(incoming), bytes: known ?? incoming, terms: [] }
      : undefined,
  servedCertificate: (stored) => stored,
  verifyProfile: async (certificate, profile) =>
    encodeHex(certificate) === encodeHex(profile.subarray(0, 32)) ? { sequence: BigInt(profile[32] ?? 0) } : undefined,
  verifyDevice: async (certificate, device) =>
    encodeHex(certificate) === encodeHex(device.subarray(0, 32)) && device.length === 80
      ? { identityId: encodeHex(certificate) as never, deviceId: device.slice(32, 48), signatureKey: device.slice(48) }
      : undefined,
  verifySignature: (key, message, signature) => {
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false;
    }
  },
};

/** Credentials that say what they are for. */
export const RELAY: RelayPort = {
  credentials: (stream, expiresAtMs) => ({
    urls: ["turn:198.51.100.1:3478?transport=udp"],
    username: `for ${stream}`,
    credential: "password",
    expiresAtMs,
  }),
};

export interface TestNode {
  readonly node: Node;
  readonly time: { nowMs: number };
  readonly faults: unknown[];
  /** The answer, or the error's code. */
  call<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
    capability?: Uint8Array,
    address?: string,
  ): Promise<ResponseOf<Name> | string>;
  /** Status and body of a raw request. */
  raw(
    method: string,
    target: string,
    body?: string | Uint8Array,
    headers?: { authorization?: string; contentType?: string | undefined },
  ): Promise<{ status: number; body: string }>;
  socket(address?: string): TestSocket;
}

export function testNode(
  options: {
    readonly store?: NodeStore;
    readonly blobs?: BlobStore;
    readonly rateLimits?: Partial<RateLimits>;
    readonly checks?: IdentityChecks;
    readonly relay?: RelayPort;
  } = {},
): TestNode {
  const time = { nowMs: START_MS };
  const faults: unknown[] = [];
  const secret = bytes(99);
  const node = createNode(
    {
      nodeId: NODE_ID,
      certificate: bytes(1),
      nodeKey: bytes(2),
      publicUrl: "https://node.example",
      version: "test",
      rateLimits: { ...DEFAULT_RATE_LIMITS, ...options.rateLimits },
      streamQuotaBytes: 1e9,
    },
    {
      clock: { nowMs: () => time.nowMs },
      timers: { after: () => () => undefined },
      random: bytes as never,
      blobs:
        options.blobs === undefined ? undefined : { store: options.blobs, maxBytes: 5_000_000, retentionMs: 30 * 86_400_000 },
      store: options.store ?? new MemoryNodeStore({ nodeId: NODE_ID, limits: DEFAULT_STORE_LIMITS }),
      checks: options.checks ?? checks,
      relay: options.relay,
      signCheckpoint: (message) => ed25519.sign(message, secret),
      report: (fault) => faults.push(fault),
    },
  );
  const raw: TestNode["raw"] = async (method, target, body = "", headers = {}) => {
    const content = typeof body === "string" ? encodeUtf8(body) : body;
    const readBody = async (maxBytes: number): Promise<Uint8Array | undefined> =>
      content.length > maxBytes ? undefined : content;
    const contentType = "contentType" in headers ? headers.contentType : "application/json";
    return node.handle({ method, target, address: "192.0.2.1", authorization: headers.authorization, contentType, readBody });
  };
  return {
    node,
    time,
    faults,
    raw,
    call: async <Name extends OperationName>(
      name: Name,
      request: RequestOf<Name>,
      capability?: Uint8Array,
      address = "192.0.2.1",
    ) => {
      const { method, target, body } = toHttpCall(name, wire(name, request));
      const content = encodeUtf8(body ?? "");
      const answer = await node.handle({
        method,
        target,
        address,
        authorization: capability === undefined ? undefined : `Bearer ${encodeBase64Url(capability)}`,
        contentType: "application/json",
        readBody: async () => content,
      });
      const value: unknown = JSON.parse(answer.body);
      if (answer.status === 200) return operation(name).response.parse(value) as ResponseOf<Name>;
      return typeof value === "object" && value !== null && "code" in value ? String(value.code) : "no code";
    },
    socket: (address = "192.0.2.1") => new TestSocket(node, address),
  };
}

export class TestSocket {
  readonly frames: {
    id?: string | null;
    method?: string;
    params?: Record<string, unknown>;
    result?: unknown;
    error?: { data: { code: string } };
  }[] = [];
  readonly session: ReturnType<Node["socket"]>;
  #id = 0;

  constructor(node: Node, address: string) {
    this.session = node.socket({ address, send: (text) => this.frames.push(JSON.parse(text)) });
  }

  async call<Name extends OperationName>(name: Name, request: RequestOf<Name>, capability?: Uint8Array): Promise<unknown> {
    const id = String(++this.#id);
    const params = { ...wire(name, request), ...(capability === undefined ? {} : { capability: encodeBase64Url(capability) }) };
    await this.session.received(JSON.stringify({ jsonrpc: "2.0", id, method: name, params }));
    const frame = this.frames.find((one) => one.id === id);
    return frame?.error?.data.code ?? frame?.result;
  }

  pushed(method: string): Record<string, unknown>[] {
    return this.frames.flatMap((frame) => (frame.method === method ? [frame.params ?? {}] : []));
  }
}

export interface TestStream {
  readonly stream: StreamId;
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
  readonly adminSecret: Uint8Array;
  readonly admin: Uint8Array;
}

let made = 0;

export async function conversation(node: TestNode): Promise<TestStream> {
  made += 1;
  const seed = (kind: number): Uint8Array =>
    concatBytes(bytes(kind).subarray(0, 28), Uint8Array.of(made >> 16, made >> 8, made, 0));
  const stream = {
    stream: toStreamId(seed(10)),
    readToken: seed(11),
    writeToken: seed(12),
    adminSecret: seed(13),
    admin: ed25519.getPublicKey(seed(13)),
  };
  const answer = await node.call("stream.create", {
    stream: stream.stream,
    kind: "conversation",
    readTokenHash: tokenHash(stream.readToken),
    writeTokenHash: tokenHash(stream.writeToken),
    admins: [stream.admin],
  });
  if (typeof answer === "string") throw new Error(answer);
  return stream;
}

/** The structure of an encrypted message (RFC 9420 section 6.3) around one repeated byte. */
export function application(fill = 1, size = 600): Uint8Array {
  const head = concatBytes(
    Uint8Array.of(0, 1, 0, 2, 0x20),
    bytes(5),
    new Uint8Array(8),
    Uint8Array.of(1, 0, 28),
    new Uint8Array(28),
  );
  const length =
    size < 16_384 ? [0x40 | (size >> 8), size & 255] : [0x80 | (size >> 24), (size >> 16) & 255, (size >> 8) & 255, size & 255];
  return concatBytes(head, Uint8Array.from(length), bytes(fill, size));
}

export function handshake(fill = 1, size = 16_500): Uint8Array {
  const record = application(fill, size);
  record[45] = 3;
  return record;
}

let keys = 0;
export function key(): Uint8Array {
  keys += 1;
  return concatBytes(new Uint8Array(12), Uint8Array.of(keys >> 24, keys >> 16, keys >> 8, keys));
}

export function bytes(fill: number, size = 32): Uint8Array {
  return new Uint8Array(size).fill(fill);
}

/** A device's proof for a request, as a client makes it. */
export function proven<Name extends "keyPackage.publish" | "keyPackage.count">(
  name: Name,
  request: Omit<RequestOf<Name>, "proof">,
  secret: Uint8Array,
  proof: { readonly timeMs: number; readonly nonce: Uint8Array; readonly node?: string; readonly operation?: string },
): RequestOf<Name> {
  const unsigned = {
    ...request,
    proof: { timeMs: proof.timeMs, nonce: proof.nonce, signature: new Uint8Array(64) },
  } as RequestOf<Name>;
  const { proof: _, ...body } = wire(name, unsigned);
  const message = deviceRequestBytes({
    node: proof.node ?? NODE_ID,
    operation: proof.operation ?? name,
    timeMs: proof.timeMs,
    nonce: proof.nonce,
    body: canonicalJson(body),
  });
  return { ...unsigned, proof: { timeMs: proof.timeMs, nonce: proof.nonce, signature: ed25519.sign(message, secret) } };
}

function wire<Name extends OperationName>(name: Name, request: RequestOf<Name>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(toWire(operation(name).request, request) ?? {}));
}
