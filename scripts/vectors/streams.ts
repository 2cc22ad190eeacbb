// Tokens, chains, checkpoints, configurations and what is signed about streams (spec/protocol/stream.md, api.md).
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  adminAppendBytes,
  type CheckpointFields,
  canonicalJson,
  checkpointBytes,
  configurationHash,
  configureBytes,
  deleteStreamBytes,
  deviceRequestBytes,
  EMPTY_HANDSHAKE_CHAIN,
  initialChain,
  nextChain,
  nextHandshakeChain,
  type StreamConfiguration,
  tokenHash,
  toStreamId,
} from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { AT_MS, counting, type VectorFile } from "./vector-file.ts";

export function streamVectors(): VectorFile {
  const [nodeBytes, streamBytes, secret_key] = [counting(0xa0), counting(0xc0), counting(1)];
  const place = { node: encodeHex(nodeBytes), stream: toStreamId(streamBytes) };
  const steps = chainSteps(place);
  const head = steps.at(-1) ?? steps[0];
  const checkpoint: CheckpointFields = {
    ...place,
    configVersion: 1,
    seq: steps.length,
    chain: head?.chain ?? initialChain(place),
    positions: 1,
    handshakeChain: head?.handshake_chain ?? EMPTY_HANDSHAKE_CHAIN,
    timeMs: AT_MS,
  };
  const configuration: StreamConfiguration = {
    version: 1,
    kind: "conversation",
    readTokenHash: tokenHash(counting(2)),
    writeTokenHash: tokenHash(counting(3)),
    admins: [ed25519.getPublicKey(secret_key)],
    retentionMs: 30 * 86_400_000,
    isMembersLaneOpen: true,
  };
  const hash = configurationHash(place, configuration);
  const change = { readTokenHash: tokenHash(counting(4)), writeTokenHash: tokenHash(counting(5)) };
  const body = canonicalJson({ b: [1, "x", null], a: true });
  const request = { node: place.node, operation: "keyPackage.publish", timeMs: AT_MS, nonce: counting(9, 16), body };
  const signed = (bytes: Uint8Array) => ({ signed_bytes: bytes, signature: ed25519.sign(bytes, secret_key) });
  return {
    spec: "stream.md",
    node: nodeBytes,
    stream: streamBytes,
    secret_key,
    public_key: ed25519.getPublicKey(secret_key),
    token: { token: counting(2), hash: tokenHash(counting(2)) },
    chain: { initial: initialChain(place), steps },
    checkpoint: {
      config_version: checkpoint.configVersion,
      seq: checkpoint.seq,
      chain: checkpoint.chain,
      positions: checkpoint.positions,
      handshake_chain: checkpoint.handshakeChain,
      time_ms: checkpoint.timeMs,
      ...signed(checkpointBytes(checkpoint)),
    },
    configuration: {
      read_token_hash: configuration.readTokenHash,
      write_token_hash: configuration.writeTokenHash,
      admins: configuration.admins,
      retention_ms: configuration.retentionMs,
      hash,
    },
    configure: {
      read_token_hash: change.readTokenHash,
      write_token_hash: change.writeTokenHash,
      ...signed(configureBytes(place, { version: 2, previous: hash, change })),
    },
    admin_append: {
      position: 1,
      record: counting(0, 50),
      ...signed(adminAppendBytes(place, { position: 1, record: counting(0, 50) })),
    },
    delete_stream: signed(deleteStreamBytes(place, hash)),
    device_request: {
      operation: request.operation,
      nonce: request.nonce,
      time_ms: AT_MS,
      body,
      ...signed(deviceRequestBytes(request)),
    },
    records: recordVectors(),
  };
}

function chainSteps(place: { readonly node: string; readonly stream: ReturnType<typeof toStreamId> }) {
  let [chain, handshakes] = [initialChain(place), EMPTY_HANDSHAKE_CHAIN];
  return (["application", "handshake", "sealedRequest"] as const).map((kind, at) => {
    const record = counting(at, 40 + at);
    const position = kind === "handshake" ? 1 : undefined;
    chain = nextChain(chain, { seq: at + 1, kind, position, record });
    if (position !== undefined) handshakes = nextHandshakeChain(handshakes, position, record);
    return { seq: at + 1, kind, position: position ?? 0, record, chain, handshake_chain: handshakes };
  });
}

/** Smallest records of each kind, by structure. */
function recordVectors(): readonly object[] {
  const message = (contentType: number): Uint8Array =>
    Uint8Array.from([
      ...[0, 1, 0, 2],
      ...[32, ...counting(0)],
      ...[0, 0, 0, 0, 0, 0, 0, 1],
      contentType,
      0,
      ...[28, ...counting(0, 28)],
      ...[16, ...counting(0, 16)],
    ]);
  const headed = (first: number): Uint8Array => Uint8Array.from([first, ...counting(0, 64)]);
  return [
    { kind: "application", record: message(1) },
    { kind: "handshake", record: message(2) },
    { kind: "handshake", record: message(3) },
    { kind: "sealedRequest", record: headed(0xe1) },
    { kind: "ephemeral", record: headed(0xe2) },
  ];
}
