// What sets up the direct way of a file: ephemeral, never stored (spec/protocol/direct-file.md).
import { MAX_SDP_BYTES } from "./call.ts";
import type { ContentId } from "./content.ts";
import { base64UrlField, choiceField, contentIdField, textField } from "./fields.ts";
import type { JsonObject } from "./json-object.ts";

/** `none`: not from here, not now, not to you; which of these is nobody's business. */
const FILE_END_REASONS = ["done", "none", "failed"] as const;
export type FileEndReason = (typeof FILE_END_REASONS)[number];

export type FileStep =
  /** Of a `file` that the other side sent: its content id. */
  | { readonly step: "ask"; readonly file: ContentId }
  /** `to`: the device that it is for (16 bytes, base64url). An offer follows. */
  | { readonly step: "soon"; readonly to: string }
  /** `sdp`: RFC 8866, with every candidate, at most MAX_SDP_BYTES. */
  | { readonly step: "offer" | "answer"; readonly to: string; readonly sdp: string }
  | { readonly step: "end"; readonly to: string; readonly reason: FileEndReason };

/** `run`: 16 random bytes of who asks. */
export type FileSignalContent = { readonly kind: "fileSignal"; readonly run: ContentId } & FileStep;

const STEPS = ["ask", "soon", "offer", "answer", "end"] as const;

/** @throws {ContentError} */
export function readFileSignal(object: JsonObject): FileSignalContent {
  return { kind: "fileSignal", run: contentIdField(object, "run"), ...readStep(object) };
}

function readStep(object: JsonObject): FileStep {
  const step = choiceField(object, "step", STEPS);
  if (step === "ask") return { step, file: contentIdField(object, "file") };
  const to = base64UrlField(object, "to", { exactBytes: 16 });
  if (step === "soon") return { step, to };
  if (step === "end") return { step, to, reason: choiceField(object, "reason", FILE_END_REASONS) };
  return { step, to, sdp: textField(object, "sdp", MAX_SDP_BYTES) };
}
