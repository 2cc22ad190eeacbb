// How calls are set up: ephemeral content, never stored (spec/protocol/call.md section 2). `call` names one call; devices are those of
// the conversation's roster.
import type { ContentId } from "./content.ts";
import { ContentError } from "./content-error.ts";
import { base64UrlField, booleanField, choiceField, contentIdField, textField, wholeField } from "./fields.ts";
import { fieldOf, type JsonObject } from "./json-object.ts";

export const CALL_MEDIA = ["voice", "video"] as const;
export type CallMedia = (typeof CALL_MEDIA)[number];

/** How a call ended, as who called tells it. `missed`: nobody answered, or the caller gave up. */
export const CALL_OUTCOMES = ["answered", "missed", "declined", "busy", "failed"] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** Why one side's part in a call ends. */
const CALL_END_REASONS = ["hungUp", "cancelled", "declined", "busy", "failed"] as const;
export type CallEndReason = (typeof CALL_END_REASONS)[number];

/** An offer or an answer: what the sender's media are encrypted to and from. */
export interface CallDescription {
  /** Device that it is for (16 bytes, base64url). */
  readonly to: string;
  /** Of the sender, fresh at each join (16 bytes). */
  readonly join: string;
  /** Grows with each offer of a call; an answer has its offer's. */
  readonly number: number;
  /** Session description (RFC 8866), with the fingerprint of the sender's DTLS certificate. At most MAX_SDP_BYTES. */
  readonly sdp: string;
  /** In a group's call: the join of whom it is for. */
  readonly toJoin?: string;
  /** In a group's call: grows when a pair without a way begins anew, with new certificates. Absent: the first. */
  readonly attempt?: number;
}

/** What somebody sends at this moment. `isHeld`: nothing, and hears nothing. */
export interface MediaState {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly isHeld?: boolean;
}

export type CallStep =
  /** `whom`: identity ids (32 bytes), in a group of more; everybody else does not ring. */
  | { readonly step: "ring"; readonly media: CallMedia; readonly whom?: readonly string[] }
  /** The sender is in the call of a group: said again for as long as that is so. `sinceMs` is when it joined, by its own clock. */
  | ({ readonly step: "in"; readonly media: CallMedia; readonly join: string; readonly sinceMs: number } & MediaState)
  | { readonly step: "accept"; readonly to: string }
  | ({ readonly step: "offer" | "answer" } & CallDescription)
  /** Each: the media section's name, a space, and the candidate as RFC 8839 writes it. */
  | {
      readonly step: "candidates";
      readonly to: string;
      readonly number: number;
      readonly candidates: readonly string[];
      readonly toJoin?: string;
    }
  /** Asks who offers to offer again: the network changed. */
  | { readonly step: "restart"; readonly to: string; readonly toJoin?: string }
  | ({ readonly step: "media"; readonly to: string } & MediaState)
  | { readonly step: "end"; readonly reason: CallEndReason };

export type CallSignalContent = { readonly kind: "callSignal"; readonly call: ContentId } & CallStep;

export const MAX_SDP_BYTES = 14_000;
export const MAX_CANDIDATES = 16;
const MAX_CANDIDATE_BYTES = 512;
/** As many as may be asked into a call at once. */
export const MAX_RUNG = 16;
const STEPS = ["ring", "accept", "in", "offer", "answer", "candidates", "restart", "media", "end"] as const;

/** @throws {ContentError} */
export function readCallSignal(object: JsonObject): CallSignalContent {
  return { kind: "callSignal", call: contentIdField(object, "call"), ...readStep(object) };
}

function readStep(object: JsonObject): CallStep {
  const step = choiceField(object, "step", STEPS);
  const to = (): string => base64UrlField(object, "to", { exactBytes: 16 });
  switch (step) {
    case "ring":
      return { step, media: choiceField(object, "media", CALL_MEDIA), ...whomField(object) };
    case "accept":
      return { step, to: to() };
    case "restart":
      return { step, to: to(), ...toJoinField(object) };
    case "in":
      return {
        step,
        media: choiceField(object, "media", CALL_MEDIA),
        join: base64UrlField(object, "join", { exactBytes: 16 }),
        sinceMs: wholeField(object, "sinceMs"),
        ...mediaFields(object),
      };
    case "offer":
    case "answer":
      return {
        step,
        to: to(),
        join: base64UrlField(object, "join", { exactBytes: 16 }),
        number: wholeField(object, "number"),
        sdp: textField(object, "sdp", MAX_SDP_BYTES),
        ...toJoinField(object),
        ...(fieldOf(object, "attempt") === undefined ? {} : { attempt: wholeField(object, "attempt") }),
      };
    case "candidates":
      return {
        step,
        to: to(),
        number: wholeField(object, "number"),
        candidates: candidatesField(object),
        ...toJoinField(object),
      };
    case "media":
      return { step, to: to(), ...mediaFields(object) };
    case "end":
      return { step, reason: choiceField(object, "reason", CALL_END_REASONS) };
  }
}

function toJoinField(object: JsonObject): { readonly toJoin?: string } {
  return fieldOf(object, "toJoin") === undefined ? {} : { toJoin: base64UrlField(object, "toJoin", { exactBytes: 16 }) };
}

function whomField(object: JsonObject): { readonly whom?: readonly string[] } {
  const value = fieldOf(object, "whom");
  if (value === undefined) return {};
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_RUNG) throw new ContentError("content/badField", "whom");
  return { whom: value.map((one: unknown) => base64UrlField({ whom: one }, "whom", { exactBytes: 32 })) };
}

function mediaFields(object: JsonObject): MediaState {
  return {
    microphone: booleanField(object, "microphone"),
    camera: booleanField(object, "camera"),
    screen: booleanField(object, "screen"),
    ...(fieldOf(object, "isHeld") === undefined ? {} : { isHeld: booleanField(object, "isHeld") }),
  };
}

function candidatesField(object: JsonObject): readonly string[] {
  const value = fieldOf(object, "candidates");
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CANDIDATES)
    throw new ContentError("content/badField", "candidates");
  return value.map((candidate: unknown) => textField({ candidates: candidate }, "candidates", MAX_CANDIDATE_BYTES));
}
