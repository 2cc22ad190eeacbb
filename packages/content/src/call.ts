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
}

export type CallStep =
  | { readonly step: "ring"; readonly media: CallMedia }
  | { readonly step: "accept"; readonly to: string }
  | ({ readonly step: "offer" | "answer" } & CallDescription)
  /** Each: the media section's name, a space, and the candidate as RFC 8839 writes it. */
  | { readonly step: "candidates"; readonly to: string; readonly number: number; readonly candidates: readonly string[] }
  /** Asks who offers to offer again: the network changed. */
  | { readonly step: "restart"; readonly to: string }
  | {
      readonly step: "media";
      readonly to: string;
      readonly microphone: boolean;
      readonly camera: boolean;
      readonly screen: boolean;
    }
  | { readonly step: "end"; readonly reason: CallEndReason };

export type CallSignalContent = { readonly kind: "callSignal"; readonly call: ContentId } & CallStep;

export const MAX_SDP_BYTES = 14_000;
export const MAX_CANDIDATES = 16;
const MAX_CANDIDATE_BYTES = 512;
const STEPS = ["ring", "accept", "offer", "answer", "candidates", "restart", "media", "end"] as const;

/** @throws {ContentError} */
export function readCallSignal(object: JsonObject): CallSignalContent {
  return { kind: "callSignal", call: contentIdField(object, "call"), ...readStep(object) };
}

function readStep(object: JsonObject): CallStep {
  const step = choiceField(object, "step", STEPS);
  const to = (): string => base64UrlField(object, "to", { exactBytes: 16 });
  switch (step) {
    case "ring":
      return { step, media: choiceField(object, "media", CALL_MEDIA) };
    case "accept":
    case "restart":
      return { step, to: to() };
    case "offer":
    case "answer":
      return {
        step,
        to: to(),
        join: base64UrlField(object, "join", { exactBytes: 16 }),
        number: wholeField(object, "number"),
        sdp: textField(object, "sdp", MAX_SDP_BYTES),
      };
    case "candidates":
      return { step, to: to(), number: wholeField(object, "number"), candidates: candidatesField(object) };
    case "media":
      return {
        step,
        to: to(),
        microphone: booleanField(object, "microphone"),
        camera: booleanField(object, "camera"),
        screen: booleanField(object, "screen"),
      };
    case "end":
      return { step, reason: choiceField(object, "reason", CALL_END_REASONS) };
  }
}

function candidatesField(object: JsonObject): readonly string[] {
  const value = fieldOf(object, "candidates");
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CANDIDATES)
    throw new ContentError("content/badField", "candidates");
  return value.map((candidate: unknown) => textField({ candidates: candidate }, "candidates", MAX_CANDIDATE_BYTES));
}
