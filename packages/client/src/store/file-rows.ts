// Uploads and downloads as the vault holds them, with the secrets of their files.
import type { IdentityId } from "@p2pcrypt/session";
import type { TransferFailure, VoiceFacts } from "../transfer-snapshots.ts";

export type StoredTransferState = "waiting" | "paused" | "failed" | "done";

/** What opens a file: everything that its message said. */
export interface FileSecretRow {
  readonly nodeUrl: string;
  readonly blob: string;
  readonly readToken: Uint8Array;
  readonly key: Uint8Array;
  readonly commitment: Uint8Array;
  readonly hash: Uint8Array;
  readonly bytes: number;
  readonly type: string;
}

export interface UploadRow {
  readonly id: string;
  readonly threadId: string;
  readonly createdMs: number;
  readonly state: StoredTransferState;
  readonly failure?: TransferFailure;
  readonly ref: string;
  readonly name: string;
  readonly type: string;
  readonly thumbnail?: Uint8Array;
  readonly voice?: VoiceFacts;
  readonly bytes: number;
  /** Of the source, when the key was made. */
  readonly version: string;
  /** How often the source was changed meanwhile. */
  readonly restarts: number;
  /** Stored before anything of it leaves; a key seals these bytes and no others. */
  readonly secret: UploadSecretRow;
  readonly part?: UploadPartRow;
  /** Of the message that was queued when all was there. */
  readonly messageId?: string;
  readonly expiresMs?: number;
  /** The node was asked to delete it, and did. */
  readonly isFreed?: boolean;
  /** Its message is erased: all that is left to do is to free what the node holds. */
  readonly isEnding?: boolean;
}

export interface UploadSecretRow {
  readonly nodeUrl: string;
  readonly blob: string;
  readonly writeToken: Uint8Array;
  readonly readToken: Uint8Array;
  readonly key: Uint8Array;
  readonly header: Uint8Array;
}

/** The newest part that may have left, as segments, with the hash before it and behind it. */
export interface UploadPartRow {
  readonly from: number;
  readonly until: number;
  readonly chain: Uint8Array;
  readonly chainAfter: Uint8Array;
}

export interface DownloadRow {
  readonly id: string;
  readonly threadId: string;
  readonly messageId: string;
  readonly author: IdentityId;
  readonly createdMs: number;
  readonly state: StoredTransferState;
  readonly failure?: TransferFailure;
  readonly ref: string;
  readonly name: string;
  readonly secret: FileSecretRow;
  /** The next segment, the hash up to it, and how many bytes of the file are on the disk. */
  readonly place?: { readonly header: Uint8Array; readonly segment: number; readonly chain: Uint8Array; readonly bytes: number };
  readonly storedAs?: string;
  /**
   * `taken`: bytes of it came directly. `mixed`: some that came so were not the file's, and no device is asked any more; what opened
   * before is there. `refused`: the same, and all of it comes from the node.
   */
  readonly direct?: "taken" | "mixed" | "refused";
  readonly isListened?: boolean;
}
