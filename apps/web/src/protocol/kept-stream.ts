// What the service worker and a page say to each other when the browser wants bytes of a file that the page keeps: a download that is
// written to the disk as it comes, or a film that is played from its middle. The service worker asks the page, and the worker that the page
// names for the bytes; it holds nothing and knows no keys.

/** Addresses of this origin that pages answer. What follows is random. */
export const KEPT_PATH = "/kept/";

/** To every page, each with a port of its own to answer on. */
export interface KeptQuestion {
  readonly kind: "kept";
  readonly id: string;
}

export type KeptAnswer =
  | { readonly kind: "unknown" }
  /** `pieces`: for a PieceReader. */
  | {
      readonly kind: "facts";
      readonly bytes: number;
      readonly type: string;
      readonly name: string;
      readonly pieces: MessagePort;
    };

/** `alive`: it is being read, and whoever reads must not be stopped by the browser. */
export interface KeptRequest {
  readonly kind: "alive" | "end";
}

/** From a page, with a port: whether this service worker answers for such addresses. It does by saying anything. */
export const KEPT_GREETING = "kept in pieces?";
/** From a page that was told `alive`: a service worker that hears nothing is stopped by the browser. */
export const KEPT_ALIVE = "kept";
