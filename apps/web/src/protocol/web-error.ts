/** Every way in which the parts of the page fail each other. Codes are part of the surface: add, never reuse. */
export type WebFailure =
  /** Something in the worker went wrong that nobody foresaw; `name` is the kind of error and holds no user data. */
  | { readonly code: "web/defect"; readonly name: string }
  /** The worker stopped before it answered. */
  | { readonly code: "web/ended" }
  | { readonly code: "web/cancelled" }
  | { readonly code: "web/unknownOperation" }
  /** Not possible in the present state of the identity: nothing to lock, already open. */
  | { readonly code: "web/notNow" }
  /** The worker wanted to reach something that is no chosen node (W3). */
  | { readonly code: "web/notAllowed" };

export class WebError extends Error {
  override readonly name = "WebError";
  readonly failure: WebFailure;

  /** The text is the code: it holds no user data and may be logged. */
  constructor(failure: WebFailure, options?: { readonly cause?: unknown }) {
    super(failure.code, options);
    this.failure = failure;
  }

  get code(): WebFailure["code"] {
    return this.failure.code;
  }
}
