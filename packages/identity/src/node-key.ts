// A node's statement which Ed25519 key signs its checkpoints: fast signatures under a slow key (spec/protocol/identity.md section 8).
import { ByteReader, ByteWriter, DecodeError } from "@p2pcrypt/bytes";
import type { Certificate } from "./certificate.ts";
import { type IdentityId, identityIdBytes, toIdentityId } from "./identity-id.ts";
import { CLOCK_TOLERANCE_MS } from "./openpgp-config.ts";
import { PURPOSES } from "./purposes.ts";
import type { SecretIdentity } from "./secret-identity.ts";
import { MAX_SIGNATURE_BYTES, signObject, verifyObject } from "./signed-object.ts";

// struct {                                 signed with purpose "p2pcrypt node key"
//   uint8  version = 1;
//   opaque node[32];                       identity id of the node
//   opaque checkpoint_key[32];             Ed25519
//   uint64 not_before_ms;
//   uint64 not_after_ms;
//   opaque signature<0..2^16-1>;           OpenPGP, over everything before it
// } NodeKeyCertificate;
export interface NodeKeyCertificate {
  readonly nodeId: IdentityId;
  readonly checkpointKey: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export type NodeKeyVerdict =
  | { readonly kind: "verified"; readonly nodeKey: NodeKeyCertificate }
  | { readonly kind: "refused"; readonly reason: "malformed" | "wrongIdentity" | "outOfTime" | "badSignature" };

export async function createNodeKeyCertificate(
  secret: SecretIdentity,
  nodeKey: Omit<NodeKeyCertificate, "nodeId">,
  nowMs: number,
): Promise<Uint8Array> {
  const body = new ByteWriter()
    .u8(1)
    .fixed(identityIdBytes(secret.certificate.id), 32, "nodeId")
    .fixed(nodeKey.checkpointKey, 32, "checkpointKey")
    .u64(nodeKey.notBeforeMs)
    .u64(nodeKey.notAfterMs)
    .finish();
  return new ByteWriter()
    .bytes(body)
    .opaque16(await signObject(secret, PURPOSES.nodeKey, body, nowMs))
    .finish();
}

export async function verifyNodeKeyCertificate(
  certificate: Certificate,
  bytes: Uint8Array,
  { atMs }: { readonly atMs: number },
): Promise<NodeKeyVerdict> {
  const decoded = decode(bytes);
  if (decoded === undefined) return { kind: "refused", reason: "malformed" };
  const { nodeKey, body, signature } = decoded;
  if (nodeKey.nodeId !== certificate.id) return { kind: "refused", reason: "wrongIdentity" };
  if (atMs + CLOCK_TOLERANCE_MS < nodeKey.notBeforeMs || atMs > nodeKey.notAfterMs)
    return { kind: "refused", reason: "outOfTime" };
  const holds = await verifyObject(certificate, PURPOSES.nodeKey, body, signature, { atMs });
  return holds ? { kind: "verified", nodeKey } : { kind: "refused", reason: "badSignature" };
}

function decode(bytes: Uint8Array): { nodeKey: NodeKeyCertificate; body: Uint8Array; signature: Uint8Array } | undefined {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u8("NodeKeyCertificate.version") !== 1) return undefined;
    const nodeKey = {
      nodeId: toIdentityId(reader.take(32, "NodeKeyCertificate.node")),
      checkpointKey: reader.take(32, "NodeKeyCertificate.checkpoint_key"),
      notBeforeMs: reader.safeU64("NodeKeyCertificate.not_before_ms"),
      notAfterMs: reader.safeU64("NodeKeyCertificate.not_after_ms"),
    };
    const body = bytes.slice(0, reader.offset);
    const signature = reader.opaque16("NodeKeyCertificate.signature", MAX_SIGNATURE_BYTES);
    reader.end("NodeKeyCertificate");
    return { nodeKey, body, signature };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
