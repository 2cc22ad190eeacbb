// Shapes that several operations share. Binary fields are base64url on the wire and bytes in the program.
import * as z from "zod/mini";
import { binary, count, fixedBinary, identityId, streamId, timeMs } from "./binary.ts";
import {
  MAX_CERTIFICATE_BYTES,
  MAX_DEVICE_CERTIFICATE_BYTES,
  MAX_KEY_PACKAGE_BYTES,
  MAX_LARGE_RECORD_BYTES,
  MAX_PROFILE_BYTES,
  MAX_RETENTION_MS,
  MAX_STREAM_ADMINS,
  MAX_URL_BYTES,
  MIN_RETENTION_MS,
} from "./limits.ts";
import { RECORD_KINDS } from "./records.ts";

export const certificate = binary(1, MAX_CERTIFICATE_BYTES);
export const profile = binary(1, MAX_PROFILE_BYTES);
export const deviceCertificate = binary(1, MAX_DEVICE_CERTIFICATE_BYTES);
export const keyPackage = binary(1, MAX_KEY_PACKAGE_BYTES);
export const deviceId = fixedBinary(16);
export const hash = fixedBinary(32);
export const publicKey = fixedBinary(32);
export const signature = fixedBinary(64);
export const recordKind = z.enum(RECORD_KINDS);
export const recordBytes = binary(1, MAX_LARGE_RECORD_BYTES);
export const retentionMs = z.int().check(z.gte(MIN_RETENTION_MS), z.lte(MAX_RETENTION_MS));
export const nodeUrl = z.string().check(z.minLength(1), z.maxLength(MAX_URL_BYTES));
export const configVersion = z.int().check(z.gte(1), z.lte(0xffff_ffff));

export const checkpoint = z.strictObject({
  node: identityId,
  stream: streamId,
  configVersion,
  seq: count,
  chain: hash,
  positions: count,
  handshakeChain: hash,
  timeMs,
  /** Ed25519, by the node's checkpoint key, over `checkpointBytes`. */
  signature,
});
export type Checkpoint = z.output<typeof checkpoint>;

export const streamRecord = z.strictObject({
  seq: count,
  kind: recordKind,
  position: z.optional(count),
  timeMs,
  record: recordBytes,
});
export type StreamRecord = z.output<typeof streamRecord>;

const configurationChange = z.strictObject({
  readTokenHash: z.optional(hash),
  writeTokenHash: z.optional(hash),
  contactTokenHash: z.optional(hash),
  addAdmins: z.optional(z.array(publicKey).check(z.maxLength(MAX_STREAM_ADMINS))),
  removeAdmins: z.optional(z.array(publicKey).check(z.maxLength(MAX_STREAM_ADMINS))),
  retentionMs: z.optional(retentionMs),
  isMembersLaneOpen: z.optional(z.boolean()),
});

/** A change of a stream's configuration, signed by one of its administrators. */
export const configure = z.strictObject({
  /** Of the configuration that results: one more than the one in force. */
  version: configVersion,
  /** `configurationHash` of the one in force. */
  previous: hash,
  change: configurationChange,
  admin: publicKey,
  signature,
});
export type Configure = z.output<typeof configure>;

export const streamConfiguration = z.strictObject({
  version: configVersion,
  kind: z.enum(["conversation", "inbox"]),
  readTokenHash: hash,
  writeTokenHash: z.optional(hash),
  contactTokenHash: z.optional(hash),
  admins: z.array(publicKey).check(z.maxLength(MAX_STREAM_ADMINS)),
  retentionMs,
  isMembersLaneOpen: z.boolean(),
});

/** Proof that a device of an identity asks: see `deviceRequestBytes`. */
export const deviceProof = z.strictObject({
  timeMs,
  nonce: fixedBinary(16),
  signature,
});
