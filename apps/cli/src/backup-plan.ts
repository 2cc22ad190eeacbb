// Where backups are written by themselves, and how often: beside the vault, since it says nothing that the vault has to hide.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Client, ClientError } from "@p2pcrypt/client";
import type { CommandContext } from "./context.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

export interface BackupPlan {
  readonly file: string;
  readonly everyS: number;
}

export function backupPlan(home: string): BackupPlan | undefined {
  const bytes = readPrivateFile(planFile(home));
  return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString("utf8"));
}

export function keepBackupPlan(home: string, plan: BackupPlan): void {
  writePrivateFile(planFile(home), Buffer.from(`${JSON.stringify(plan)}\n`), { replaces: true });
}

export function forgetBackupPlan(home: string): void {
  rmSync(planFile(home), { force: true });
}

/** After a command that had the network: everything that it brought is in the backup. */
export async function backUpWhenDue(client: Client, { home, output }: CommandContext): Promise<void> {
  // Quiet when the node is away: the next command tries again, and backup node says why.
  await client.account.backUpAtNode({ onlyIfDue: true }).catch((error: unknown) => {
    if (!(error instanceof ClientError)) throw error;
  });
  const plan = backupPlan(home);
  if (plan === undefined) return;
  try {
    const { backupAtMs = 0 } = client.account.snapshot().safety;
    if (Date.now() - backupAtMs < plan.everyS * 1_000) return;
    writePrivateFile(plan.file, await client.account.exportKeptBackup(), { replaces: true });
  } catch (error) {
    if (error instanceof ClientError) return; // the identity was just deleted
    output.note(`The backup could not be written to ${plan.file}.`);
  }
}

function planFile(home: string): string {
  return join(home, "backup.json");
}
