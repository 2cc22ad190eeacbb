// backup node: a backup kept in a blob of the home node, found again with the recovery sheet alone.
import { type Client, findBackups } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { sizeText } from "../files/progress.ts";
import { createHome } from "../home.ts";
import { depsFor, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import { progress } from "../progress.ts";
import type { RunCommand } from "../run.ts";
import { askSheet } from "./recovery.ts";

const ACTS = ["on", "off", "now"] as const;

export interface SheetFlags {
  readonly sheetFile?: string;
  readonly node?: string;
}

export function addNodeBackupCommands(backup: Command, run: RunCommand): void {
  backup
    .command("node [act]")
    .description("a sealed backup at your node, which the recovery sheet finds: on (daily, while a command runs), off, now")
    .action((act: string | undefined) =>
      run((context) => withClient(context, { isOnline: true }, (client) => keep(client, context, act))),
    );
  backup
    .command("find")
    .description("what the recovery sheet finds at your node; nothing is changed")
    .option("--sheet-file <file>", "the 28 words, or the text of the QR code; - for standard input")
    .option("--node <url>", "your node's address; not needed with the text of the QR code")
    .action((flags: SheetFlags) => run((context) => find(context, flags)));
}

async function keep(client: Client, context: CommandContext, act: string | undefined): Promise<void> {
  const { output } = context;
  const { account } = client;
  const wanted = ACTS.find((one) => one === act);
  if (act !== undefined && wanted === undefined)
    throw new CommandError(EXIT.usage, "backup/badAct", `backup node knows ${ACTS.join(", ")}`);
  const told = progress(context, "kept");
  client.subscribe((event) => {
    if (event.kind === "backup") told(event.done, event.total);
  });
  const isFreed = wanted === "off" ? await account.setNodeBackup(false) : true;
  if (wanted === "on") await account.setNodeBackup(true);
  if (wanted === "now") await account.backUpAtNode();
  if (!isFreed) output.note("The node did not answer: what lies there is deleted when a command reaches it.");
  const { nodeBackup, canHaveRecoverySheet, recoverySheetAtMs } = account.snapshot().safety;
  const { isAutomatic = false, kept, failure } = nodeBackup ?? {};
  const how = isAutomatic ? "A backup is kept at your node, daily." : "Backups at your node are made when you ask.";
  const there =
    kept === undefined
      ? "None is there."
      : `The one of ${new Date(kept.madeAtMs).toLocaleString()} (${sizeText(kept.bytes)}) is kept until ${new Date(kept.keptUntilMs).toLocaleDateString()}.`;
  const hint =
    canHaveRecoverySheet && recoverySheetAtMs === undefined
      ? " Nothing but your recovery sheet opens it: p2pcrypt identity recovery"
      : "";
  output.say(`${how} ${there}${failure === undefined ? "" : ` The last attempt failed (${failure}).`}${hint}`, {
    isAutomatic,
    madeAt: kept?.madeAtMs,
    keptUntil: kept?.keptUntilMs,
    bytes: kept?.bytes,
    node: kept?.nodeUrl,
    failure,
  });
}

async function find(context: CommandContext, flags: SheetFlags): Promise<void> {
  const recovery = await askSheet(flags);
  const home = await createHome(context);
  try {
    const found = await findBackups(depsFor(home), recovery);
    if (found.length === 0) context.output.say("There is no backup of this sheet at the node.", { backups: [] });
    for (const { id, madeAtMs, device, conversations, messages, bytes } of found)
      context.output.say(
        `${id}  ${new Date(madeAtMs).toLocaleString()}  ${printable(device)}  ${conversations} conversations, ${messages} entries, ${sizeText(bytes)}`,
        { id, madeAt: madeAtMs, device, conversations, messages, bytes },
      );
  } finally {
    await home.vault.erase();
    await home.vault.close();
  }
}
