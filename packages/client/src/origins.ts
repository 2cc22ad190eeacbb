// What the first client of a vault is made from: a new identity, or one that was elsewhere.
import type { FoundBackup } from "./snapshots.ts";

/** What a new identity starts from. `secretKey` takes an OpenPGP secret key, armored or binary, instead of making one. */
export interface NewIdentity {
  readonly name?: string;
  readonly homeNodeUrl: string;
  readonly secretKey?: { readonly bytes: Uint8Array; readonly passphrase?: string };
}

/** What `exportBackup` made, to go on as a new device of the same identity. `homeNodeUrl` replaces the one in the backup. */
export interface Backup {
  readonly bytes: Uint8Array;
  readonly passphrase: string;
  readonly homeNodeUrl?: string;
  /** Hears how much of what was said is restored, in entries. */
  readonly told?: (done: number, total: number) => void;
}

/**
 * What `Account.recoverySheet` made: its text, or its words with what stood beside them. `name` is used when the node does not know the
 * identity or cannot be reached.
 */
export type Recovery = (
  | { readonly text: string; readonly homeNodeUrl?: string; readonly name?: string }
  | { readonly words: string; readonly homeNodeUrl: string; readonly name?: string }
) & {
  /** Brings back what a backup at the node has: the newest one if there is any, or one that `findBackups` told. Absent: none. */
  readonly backup?: "newest" | FoundBackup["id"];
  /** Hears how far that is: it is read twice. */
  readonly told?: (done: number, total: number) => void;
};
