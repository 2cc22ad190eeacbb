export type UploadInterruption = "broken" | "replaced" | "stopping";

/** The bytes of an upload stopped coming: the connection broke, another request goes on with it, or the node stops. What came is kept. */
export class UploadInterrupted extends Error {
  override readonly name = "UploadInterrupted";
  readonly reason: UploadInterruption;

  constructor(reason: UploadInterruption, options?: { readonly cause?: unknown }) {
    super(`upload interrupted: ${reason}`, options);
    this.reason = reason;
  }
}
