/** Every way in which a sealed file is refused. Codes are part of the surface: add, never reuse. */
export type FilesFailure =
  /** Not the bytes that belong to this key: nothing was opened. */
  | "files/wrongKey"
  /** The header is not one of this format. */
  | "files/badHeader"
  /** A segment that was changed, moved, or belongs to another file. */
  | "files/badSegment"
  | "files/truncated"
  | "files/extended"
  /** Behind the file's true end there is something else than zeros. */
  | "files/badPadding"
  /** Every segment opened, and yet these are not the bytes that the sender named. */
  | "files/wrongHash"
  /** The source gave other bytes than were asked for: it was changed while it was sealed. */
  | "files/sourceChanged";

/** The message is the code: nothing of the file is in it. */
export class FilesError extends Error {
  override readonly name = "FilesError";
  readonly code: FilesFailure;

  constructor(code: FilesFailure, options?: { readonly cause?: unknown }) {
    super(code, options);
    this.code = code;
  }
}
