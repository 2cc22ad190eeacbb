// What goes over a port, whatever the operations are. Every message has an id: calls count from 1 on the caller's side, notices on the
// server's.
import type { SentFailure } from "./failure.ts";

/** The operations of a server: what each is asked with and what it answers. */
export type Operations = Record<string, { readonly request: unknown; readonly answer: unknown }>;

export type CallerMessage =
  | { readonly kind: "call"; readonly id: number; readonly op: string; readonly request: unknown }
  | { readonly kind: "cancel"; readonly id: number };

export type ServerMessage =
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly failure: SentFailure }
  | { readonly kind: "notice"; readonly id: number; readonly notice: unknown };

/** Whoever can post to a worker may post anything. */
export function isCallerMessage(value: unknown): value is CallerMessage {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("id" in value)) return false;
  if (typeof value.id !== "number" || !Number.isSafeInteger(value.id)) return false;
  return (
    value.kind === "cancel" || (value.kind === "call" && "op" in value && typeof value.op === "string" && "request" in value)
  );
}
