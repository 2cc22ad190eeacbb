// What views and commands see of files: plain data, as in snapshots.ts.
import type { ConversationId } from "./snapshots.ts";

/** What a message says of a file; what opens it stays in the vault. */
export interface FileFactsSnapshot {
  /** As its sender has it. Shown with care, never used as a path: `safeFileName` makes one. */
  readonly name: string;
  /** The sender's word for what it is. */
  readonly type: string;
  readonly bytes: number;
  /** Until when a node keeps it. */
  readonly expiresMs: number;
  /** A small JPEG made by the sender. */
  readonly thumbnail?: Uint8Array;
  readonly voice?: VoiceFacts;
}

/** A voice message: how long it is, and how loud in parts of equal length, 0 to 255. */
export interface VoiceFacts {
  readonly durationMs: number;
  readonly waveform: Uint8Array;
}

/** What is to be sent. */
export interface OfferedFile {
  /** For the application's own `openSource`. */
  readonly ref: string;
  readonly name: string;
  readonly type?: string;
  readonly thumbnail?: Uint8Array;
  readonly voice?: VoiceFacts;
}

/**
 * `waiting`: its turn, a node or a time. `running`. `paused`: by the person. `failed`: until `resume`. `done`. `canceled`: told once, then
 * forgotten.
 */
export type TransferState = "waiting" | "running" | "paused" | "failed" | "done" | "canceled";

export interface TransferFailure {
  /**
   * expired: the node does not have it any more. damaged: what came is not what the sender sent. sourceGone, sourceChanged: the file on
   * this device. refused: the node does not do it, `reason` says why. notStored: there is no room here, or no right to write.
   */
  readonly code:
    | "transfer/expired"
    | "transfer/damaged"
    | "transfer/sourceGone"
    | "transfer/sourceChanged"
    | "transfer/refused"
    | "transfer/notStored";
  readonly reason?: string;
}

export interface TransferSnapshot {
  readonly id: string;
  readonly direction: "up" | "down";
  readonly conversationId: ConversationId;
  /** What `send` or `download` was given. */
  readonly ref: string;
  /** Of the message: an upload has one once it is whole. */
  readonly messageId?: string;
  readonly name: string;
  /** Of the file itself. */
  readonly bytes: number;
  readonly doneBytes: number;
  readonly state: TransferState;
  readonly failure?: TransferFailure;
  /** While the bytes come from the device that sent the file, and not from a node. */
  readonly isDirect?: true;
  /** Of a download that is done: what the sink said. */
  readonly place?: string;
  /** Of an upload that is done: the node that keeps it, and until when. Absent when it does not any more. */
  readonly atNode?: { readonly nodeUrl: string; readonly expiresMs: number };
  /** Of a download: the person has heard it. */
  readonly isListened?: boolean;
}
