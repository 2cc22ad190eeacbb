// How an attempt at a transfer ended, and what an error says about the next one.
import { ApiError } from "@p2pcrypt/api";
import { FilesError } from "@p2pcrypt/files";
import { ConnectionError } from "../ports.ts";
import type { TransferFailure } from "../transfer-snapshots.ts";
import { FileStoreError } from "./file-ports.ts";
import type { Stop } from "./stop.ts";

export type TransferOutcome =
  | { readonly kind: "done" }
  /** Paused, canceled, or the client closes: whoever stopped it knows. */
  | { readonly kind: "stopped" }
  /** Time or a connection heals it. */
  | { readonly kind: "later"; readonly delayMs: number | undefined }
  | { readonly kind: "failed"; readonly failure: TransferFailure };

export function failed(code: TransferFailure["code"], reason?: string): TransferOutcome {
  return { kind: "failed", failure: { code, ...(reason === undefined ? {} : { reason }) } };
}

/** @throws what is nobody's refusal: a defect */
export function outcomeOf(error: unknown, stop: Stop): TransferOutcome {
  if (stop.isStopped) return { kind: "stopped" };
  if (error instanceof ConnectionError)
    return error.code === "connection/notAllowed"
      ? failed("transfer/refused", error.code)
      : { kind: "later", delayMs: undefined };
  if (error instanceof ApiError) {
    if (error.isRetriable) return { kind: "later", delayMs: error.fields.retryAfterMs };
    if (error.code === "expired" || error.code === "forbidden") return failed("transfer/expired");
    return failed("transfer/refused", error.code);
  }
  if (error instanceof FilesError)
    return error.code === "files/sourceChanged" ? failed("transfer/sourceChanged") : failed("transfer/damaged", error.code);
  if (error instanceof FileStoreError) return failed("transfer/notStored", error.code);
  throw error;
}
