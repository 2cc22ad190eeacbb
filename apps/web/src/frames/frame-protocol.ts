// What the page and the worker that seals frames say to each other.
import type { FrameCounts } from "./frames.ts";

export type ToFrameWorker =
  | { readonly kind: "keys"; readonly keys: MessagePort }
  | { readonly kind: "count"; readonly leaf: number | undefined; readonly port: MessagePort };
/** The answer to each `count`, over its port. */
export type FromFrameWorker = FrameCounts;
/** Of a transform: what it does with each frame. `open` with a leaf: of this sender alone. */
export type FrameDirection = "seal" | "open" | { readonly open: number };
