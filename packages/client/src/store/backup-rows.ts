// What this device knows of the backups that it keeps at a node.
import type { BackupSlot } from "../account/node-backup-format.ts";

export interface PlacedSlotRow extends BackupSlot {
  readonly nodeUrl: string;
}

export interface NodeBackupRow {
  /** Made by itself. */
  readonly isAutomatic: boolean;
  /** When it was last made, or found to be what it would be again. */
  readonly checkedAtMs?: number;
  /** Why the last attempt came to nothing: a code. */
  readonly failure?: string;
  readonly kept?: KeptBackupRow;
  /** Places that were begun or replaced, and are to be freed. */
  readonly leftover: readonly PlacedSlotRow[];
}

export interface KeptBackupRow extends PlacedSlotRow {
  readonly atMs: number;
  readonly bytes: number;
  readonly expiresMs: number;
  /** SHA-256 of what is in it, hex. */
  readonly digest: string;
  /** What was deleted by then, as `deletedBy` counts it. */
  readonly deleted: number;
}
