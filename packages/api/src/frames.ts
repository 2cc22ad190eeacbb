// WebSocket frames: JSON-RPC 2.0 without batches, string ids, one JSON object in a text frame (spec/protocol/api.md section 3).
import * as z from "zod/mini";
import { count, fixedBinary, streamId, timeMs } from "./binary.ts";
import { type ApiError, type ErrorBody, errorBody } from "./errors.ts";
import { checkpoint, recordBytes, recordKind } from "./schemas.ts";

export const RPC_ERROR_CODE = -32_000;
/** Of a capability token as it travels: base64url of 32 bytes. */
export const capability = fixedBinary(32);

export const requestFrame = z.strictObject({
  jsonrpc: z.literal("2.0"),
  id: z.string().check(z.minLength(1), z.maxLength(64)),
  method: z.string().check(z.minLength(1), z.maxLength(64)),
  /** The request's fields, and `capability` where the operation needs one. */
  params: z.record(z.string(), z.unknown()),
});
export type RequestFrame = z.output<typeof requestFrame>;

export const answerFrame = z.union([
  z.strictObject({ jsonrpc: z.literal("2.0"), id: z.string(), result: z.unknown() }),
  z.strictObject({
    jsonrpc: z.literal("2.0"),
    /** Null when the frame was not understood well enough to have one. */
    id: z.nullable(z.string()),
    error: z.strictObject({ code: z.literal(RPC_ERROR_CODE), message: z.string(), data: errorBody }),
  }),
]);

export function resultFrame(id: string, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

export function errorFrame(id: string | null, error: ApiError): string {
  const data: ErrorBody = error.toWire();
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code: RPC_ERROR_CODE, message: data.message, data } });
}

/** A stored record, or the notice of one that is too large to push: `stream.read` fetches it. */
const recordPush = z.strictObject({
  stream: streamId,
  seq: count,
  kind: recordKind,
  position: z.optional(count),
  timeMs,
  record: z.optional(recordBytes),
  isLarge: z.optional(z.literal(true)),
  /** With the newest record of what was written together; the ones before it link to it by the chain. */
  checkpoint: z.optional(checkpoint),
});
export type RecordPush = z.output<typeof recordPush>;

const ephemeralPush = z.strictObject({ stream: streamId, record: recordBytes });
export type EphemeralPush = z.output<typeof ephemeralPush>;

const endedPush = z.strictObject({ stream: streamId, reason: z.enum(["forbidden", "deleted", "slow"]) });
export type EndedPush = z.output<typeof endedPush>;

/** What a node sends by itself. `stream.ended`: the subscription is over; `slow` asks to read forward and subscribe again. */
export const pushes = {
  "stream.record": recordPush,
  "stream.ephemeral": ephemeralPush,
  "stream.ended": endedPush,
} as const;
export type PushName = keyof typeof pushes;

export function pushFrame(method: PushName, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}
