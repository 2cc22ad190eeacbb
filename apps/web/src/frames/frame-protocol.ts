// What the page and the worker that seals frames say to each other.
import type { FrameCounts } from "./frames.ts";

export type ToFrameWorker = { readonly kind: "keys"; readonly keys: MessagePort } | { readonly kind: "count" };
/** The answer to each `count`, in order. */
export type FromFrameWorker = FrameCounts;
/** Of a transform: what it does with each frame. */
export type FrameDirection = "seal" | "open";
