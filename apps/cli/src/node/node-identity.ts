// A node's own identity: made at the first start, kept beside its database.
import { type KeyObject, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ByteReader, ByteWriter } from "@p2pcrypt/bytes";
import { createNodeKeyCertificate, createSecretIdentity, parseSecretIdentity } from "@p2pcrypt/identity";
import { signer } from "../ed25519.ts";
import { readPrivateFile, writePrivateFile } from "../private-file.ts";

export const IDENTITY_FILE = "node.identity";
const NODE_KEY_LIFETIME_MS = 400 * 86_400_000;

export interface NodeIdentity {
  readonly nodeId: string;
  readonly certificate: Uint8Array;
  readonly nodeKey: Uint8Array;
  readonly signCheckpoint: (bytes: Uint8Array) => Uint8Array;
  readonly checkpointKey: KeyObject;
}

/** struct { uint8 version = 1; opaque checkpoint_secret[32]; opaque secret<0..2^32-1>; } */
export async function openNodeIdentity(folder: string, name: string, nowMs: number): Promise<NodeIdentity> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, IDENTITY_FILE);
  const known = readPrivateFile(path);
  const { secret, checkpointSecret } = known === undefined ? await create(path, name, nowMs) : await read(known, nowMs);
  const { publicKey, privateKey, sign } = signer(checkpointSecret);
  const nodeKey = await createNodeKeyCertificate(
    secret,
    { checkpointKey: publicKey, notBeforeMs: nowMs, notAfterMs: nowMs + NODE_KEY_LIFETIME_MS },
    nowMs,
  );
  const { certificate } = secret;
  return {
    nodeId: certificate.id,
    certificate: certificate.ownBytes(),
    nodeKey,
    signCheckpoint: sign,
    checkpointKey: privateKey,
  };
}

async function create(path: string, name: string, nowMs: number) {
  const secret = await createSecretIdentity({ name, nowMs });
  const checkpointSecret = new Uint8Array(randomBytes(32));
  writePrivateFile(path, new ByteWriter().u8(1).bytes(checkpointSecret).opaque32(secret.bytes()).finish(), { replaces: false });
  return { secret, checkpointSecret };
}

async function read(bytes: Uint8Array, nowMs: number) {
  const reader = new ByteReader(bytes);
  if (reader.u8("version") !== 1) throw new RangeError("the node's identity file is of another version");
  const checkpointSecret = reader.take(32, "checkpoint_secret");
  const secret = await parseSecretIdentity(reader.opaque32("secret"), { atMs: nowMs });
  reader.end("identity");
  return { secret, checkpointSecret };
}
