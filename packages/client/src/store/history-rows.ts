// Histories on their way from one own device to a new one (spec/protocol/linking.md section 9).
import type { Arrangement } from "../arrangement.ts";
import type { UploadSecretRow } from "./file-rows.ts";
import type { Mark, ThreadRow } from "./rows.ts";

/** By run. */
export type HistoryRow = GivenHistoryRow | TakenHistoryRow;

interface HistoryRun {
  readonly run: string;
  /** The other device. */
  readonly deviceId: Uint8Array;
  /** Its inbox. */
  readonly inbox: Uint8Array;
  readonly startedMs: number;
  /** Entries that were promised. */
  readonly entries: number;
  /** Everything is there, or lost. */
  readonly endedMs?: number;
}

export interface GivenHistoryRow extends HistoryRun {
  readonly kind: "given";
  /** What is not sealed yet. */
  readonly threads: readonly GivenThreadRow[];
  /** Pieces that are at the node, and entries in them. */
  readonly pieces: number;
  readonly sent: number;
  /** As the other device says. */
  readonly stored: number;
  /** Of the next piece, noted before anything of it leaves: when it comes to nothing, the node is told to let it go. */
  readonly pending?: UploadSecretRow;
  readonly failure?: string;
  readonly isToldEnd?: boolean;
}

export interface GivenThreadRow {
  readonly id: string;
  /** Entries up to here are not given. */
  readonly offset: number;
  /** The same of files. */
  readonly filesOffset: number;
  /** Newest entry when the device was linked: what came behind it is given separately. */
  readonly until: number;
  /** Newest entry that is not sealed; from there to the oldest. */
  readonly left: number;
  readonly isGapSent?: boolean;
}

export interface TakenHistoryRow extends HistoryRun {
  readonly kind: "taken";
  readonly done: number;
  /** Entries that nobody has any more, or that do not open. */
  readonly missing: number;
  /** Known and not stored yet. */
  readonly waiting: readonly HistoryPieceRow[];
  /** Numbers of the pieces that are done with. */
  readonly seen: readonly number[];
  /** How many there are in all, once the other device has said so. */
  readonly pieces?: number;
}

/** Where a piece lies, and what opens it. */
export interface HistoryPieceRow {
  readonly number: number;
  readonly entries: number;
  readonly nodeUrl: string;
  readonly blob: string;
  readonly readToken: Uint8Array;
  readonly writeToken: Uint8Array;
  readonly key: Uint8Array;
  readonly commitment: Uint8Array;
  readonly hash: Uint8Array;
  readonly bytes: number;
}

/** What a new device is told of a conversation when it is linked, numbered as it will number it. */
export interface HandedThread extends Pick<ThreadRow, "id" | "kind" | "createdMs" | "unread" | "marks" | "unsettled"> {
  readonly contactId?: NonNullable<ThreadRow["contactId"]>;
  readonly groupId?: string;
  readonly name?: string;
  /** Whether it goes on: the new device is taken into it. */
  readonly isOpen: boolean;
  /** Entries and files that follow. */
  readonly entries: number;
  readonly files: number;
  readonly arrived?: Mark;
  readonly read?: Mark;
  readonly pinned?: NonNullable<ThreadRow["pinned"]>;
  readonly mentions?: readonly number[];
  readonly clearedUpTo?: number;
  readonly arrangement?: Arrangement;
  readonly draft?: string;
}
