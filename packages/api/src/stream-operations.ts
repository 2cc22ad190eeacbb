// The log: streams, records, positions, subscriptions (spec/protocol/stream.md).
import * as z from "zod/mini";
import { count, fixedBinary, streamId, timeMs } from "./binary.ts";
import {
  MAX_EPHEMERAL_RECORD_BYTES,
  MAX_LARGE_RECORD_BYTES,
  MAX_READ_BYTES,
  MAX_READ_RECORDS,
  MAX_STREAM_ADMINS,
} from "./limits.ts";
import type { Operation } from "./operation.ts";
import {
  checkpoint,
  configure,
  hash,
  publicKey,
  recordBytes,
  recordKind,
  retentionMs,
  signature,
  streamConfiguration,
  streamRecord,
} from "./schemas.ts";

const SMALL_BODY_BYTES = 16 * 1024;
const jsonBytes = (binaryBytes: number): number => Math.ceil((binaryBytes * 4) / 3) + SMALL_BODY_BYTES;

export const streamOperations = {
  "stream.create": {
    method: "POST",
    path: "/v1/streams",
    summary: "Makes a stream. Again with equal values: the same answer.",
    capability: "none",
    maxBodyBytes: SMALL_BODY_BYTES,
    request: z.strictObject({
      stream: streamId,
      kind: z.enum(["conversation", "inbox"]),
      readTokenHash: hash,
      writeTokenHash: z.optional(hash),
      contactTokenHash: z.optional(hash),
      admins: z.array(publicKey).check(z.minLength(1), z.maxLength(MAX_STREAM_ADMINS)),
      retentionMs: z.optional(retentionMs),
      /** Of a conversation that moves here: its handshakes so far, and their chain. The next position is one more. */
      continues: z.optional(z.strictObject({ positions: count, handshakeChain: hash })),
    }),
    response: z.strictObject({ configuration: streamConfiguration, checkpoint }),
    errors: ["exists", "quota", "storageFull"],
  },
  "stream.append": {
    method: "POST",
    path: "/v1/streams/{stream}/records",
    summary: "Appends one record. The answer comes when a power cut cannot lose it.",
    capability: "append",
    maxBodyBytes: jsonBytes(MAX_LARGE_RECORD_BYTES),
    request: z.strictObject({
      stream: streamId,
      kind: recordKind,
      record: recordBytes,
      /** The same key with the same bytes answers the same; with others it is a conflict. */
      idempotencyKey: fixedBinary(16),
      /** Application records: how many handshakes the sender has processed. Refused as `moved` when there are more. */
      ifHandshake: z.optional(count),
      /** Handshakes: the position to claim, one more than there are. */
      position: z.optional(count),
      /** A handshake in the administrators' lane: a listed key and its signature over `adminAppendBytes`. */
      admin: z.optional(z.strictObject({ key: publicKey, signature })),
      /** A removal changes tokens and administrators in the same step. */
      configure: z.optional(configure),
    }),
    response: z.strictObject({ seq: count, position: z.optional(count), timeMs, checkpoint }),
    errors: [
      "forbidden",
      "notARecord",
      "moved",
      "positionTaken",
      "versionConflict",
      "badSignature",
      "idempotencyConflict",
      "membersLaneClosed",
      "quota",
      "storageFull",
    ],
  },
  "stream.read": {
    method: "GET",
    path: "/v1/streams/{stream}/records",
    summary: "A page of records after a sequence number, with the chain that leads to it.",
    capability: "read",
    maxBodyBytes: 0,
    request: z.strictObject({
      stream: streamId,
      after: count,
      limit: z.optional(z.int().check(z.gte(1), z.lte(MAX_READ_RECORDS))),
      maxBytes: z.optional(z.int().check(z.gte(1), z.lte(MAX_READ_BYTES))),
    }),
    response: z.strictObject({
      records: z.array(streamRecord),
      /** Chain up to and including `seqBefore`, to which the first record links. */
      chainBefore: hash,
      /** `after`, or more when the records behind it are no longer kept. */
      seqBefore: count,
      /** Handshake chain and positions before the first record of the page. */
      handshakeChainBefore: hash,
      positionsBefore: count,
      hasMore: z.boolean(),
      checkpoint,
    }),
    errors: ["forbidden", "damaged"],
  },
  "stream.subscribe": {
    method: "POST",
    path: "/v1/streams/{stream}/subscription",
    summary: "Pushes records after a sequence number, and ephemeral ones, over this socket.",
    capability: "read",
    maxBodyBytes: SMALL_BODY_BYTES,
    request: z.strictObject({ stream: streamId, after: count }),
    response: z.strictObject({ checkpoint }),
    errors: ["forbidden", "tooManySubscriptions"],
    isSocketOnly: true,
  },
  "stream.acknowledge": {
    method: "POST",
    path: "/v1/streams/{stream}/acknowledgement",
    summary: "Everything up to this sequence number arrived: the node may push on.",
    capability: "none",
    maxBodyBytes: SMALL_BODY_BYTES,
    request: z.strictObject({ stream: streamId, seq: count }),
    response: z.strictObject({}),
    errors: [],
    isSocketOnly: true,
  },
  "stream.unsubscribe": {
    method: "DELETE",
    path: "/v1/streams/{stream}/subscription",
    summary: "Ends a subscription of this socket. Without one it does nothing.",
    capability: "none",
    maxBodyBytes: SMALL_BODY_BYTES,
    request: z.strictObject({ stream: streamId }),
    response: z.strictObject({}),
    errors: [],
    isSocketOnly: true,
  },
  "stream.publish": {
    method: "POST",
    path: "/v1/streams/{stream}/ephemeral",
    summary: "Hands an ephemeral record to present subscribers. It is not stored.",
    capability: "write",
    maxBodyBytes: jsonBytes(MAX_EPHEMERAL_RECORD_BYTES),
    request: z.strictObject({ stream: streamId, record: recordBytes }),
    response: z.strictObject({ subscribers: count }),
    errors: ["forbidden", "notARecord"],
  },
  "stream.describe": {
    method: "GET",
    path: "/v1/streams/{stream}",
    summary: "Configuration and head.",
    capability: "read",
    maxBodyBytes: 0,
    request: z.strictObject({ stream: streamId }),
    response: z.strictObject({ configuration: streamConfiguration, checkpoint, usedBytes: count, quotaBytes: count }),
    errors: ["forbidden"],
  },
  "stream.configure": {
    method: "POST",
    path: "/v1/streams/{stream}/configuration",
    summary: "Changes tokens, administrators, retention or the members' lane.",
    capability: "admin",
    maxBodyBytes: SMALL_BODY_BYTES,
    request: z.strictObject({ stream: streamId, configure }),
    response: z.strictObject({ configuration: streamConfiguration, checkpoint }),
    errors: ["forbidden", "versionConflict", "badSignature", "storageFull"],
  },
  "stream.delete": {
    method: "DELETE",
    path: "/v1/streams/{stream}",
    summary: "Deletes a stream with everything in it.",
    capability: "admin",
    maxBodyBytes: SMALL_BODY_BYTES,
    request: z.strictObject({ stream: streamId, admin: publicKey, signature }),
    response: z.strictObject({}),
    errors: ["forbidden", "badSignature"],
  },
} as const satisfies Record<string, Operation>;
