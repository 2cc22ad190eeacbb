/** How a disk fails. Codes are part of the surface: add, never reuse. */
export type StorageFailureCode =
  | "storage/full"
  | "storage/failed"
  | "storage/damaged"
  | "storage/newer"
  | "storage/inUse"
  | "storage/closed"
  | "storage/notADatabase";

export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageFailureCode;

  constructor(code: StorageFailureCode, options?: { readonly cause?: unknown }) {
    super(code, options);
    this.code = code;
  }
}
