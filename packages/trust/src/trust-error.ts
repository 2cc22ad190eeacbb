/** Every way in which this package refuses. The codes are part of its surface: add, never reuse. */
export type TrustFailure = "network/fingerprintCollision";

/** The message is the code: nothing of the input is in it. */
export class TrustError extends Error {
  override readonly name = "TrustError";
  readonly code: TrustFailure;

  constructor(code: TrustFailure, options?: { readonly cause?: unknown }) {
    super(code, options);
    this.code = code;
  }
}
