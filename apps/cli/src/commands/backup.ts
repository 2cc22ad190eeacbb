// backup: everything in one sealed file, by hand or by itself; export: a conversation as a text that anybody can read.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Client, type Entry, importClient } from "@p2pcrypt/client";
import type { Command } from "commander";
import { backupPlan, forgetBackupPlan, keepBackupPlan } from "../backup-plan.ts";
import type { CommandContext } from "../context.ts";
import { durationText, parseDurationS } from "../duration.ts";
import { entryLine } from "../entries.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { createHome } from "../home.ts";
import { depsFor, settleWithin, withClient } from "../open-client.ts";
import { askNewPassphrase, askPassphrase } from "../passphrase.ts";
import { printable } from "../printable.ts";
import { writePrivateFile } from "../private-file.ts";
import { progress } from "../progress.ts";
import type { RunCommand } from "../run.ts";
import { findPlace } from "../who.ts";
import { addNodeBackupCommands, type SheetFlags } from "./node-backup.ts";
import { recover } from "./recovery.ts";

const NETWORK_WAIT_MS = 15_000;
const PAGE = 1_000;

interface PassphraseFlags {
  readonly exportPassphraseFile?: string;
}

export function addBackupCommands(program: Command, run: RunCommand): void {
  const backup = program.command("backup").description("identity, contacts, settings and messages in one sealed file");
  const withPassphrase = (command: Command): Command =>
    command.option("--export-passphrase-file <file>", "the backup's passphrase; - for standard input");
  withPassphrase(backup.command("create <file>").description("makes one now")).action((file: string, flags: PassphraseFlags) =>
    run((context) => withClient(context, { isOnline: false }, (client) => create(client, context, file, flags))),
  );
  withPassphrase(
    backup
      .command("restore [file]")
      .description(
        "on an empty machine: a new device, with everything that was said. Without a file: from your node, by the sheet",
      ),
  )
    .option("--node <url>", "another home node than the one in the backup, or the node to look at")
    .option("--sheet-file <file>", "without a file: the 28 words, or the text of the QR code; - for standard input")
    .option("--which <id>", "without a file: another one than the newest, as backup find names it", "newest")
    .action((file: string | undefined, flags: PassphraseFlags & SheetFlags & { which: string }) =>
      run((context) =>
        file === undefined ? recover(context, { ...flags, backup: flags.which }) : restore(context, file, flags),
      ),
    );
  addNodeBackupCommands(backup, run);
  withPassphrase(backup.command("auto [file]").description("makes one by itself, when a command reaches the node; off ends that"))
    .option("--every <time>", "how old the last one may be", "1d")
    .action((file: string | undefined, flags: PassphraseFlags & { every: string }) =>
      run((context) => withClient(context, { isOnline: false }, (client) => auto(client, context, file, flags))),
    );
  program
    .command("export <who> [file]")
    .description("a conversation as a text that is not encrypted")
    .option("--yes", "whoever gets the file can read everything in it")
    .action((who: string, file: string | undefined, { yes }: { yes?: boolean }) =>
      run((context) =>
        withClient(context, { isOnline: false }, (client) => exportReadable(client, context, who, file, yes === true)),
      ),
    );
}

async function create(client: Client, context: CommandContext, file: string, flags: PassphraseFlags): Promise<void> {
  if (existsSync(file)) throw new CommandError(EXIT.refused, "file/exists", "that file exists; nothing was overwritten");
  const passphrase = await askNewPassphrase("A passphrase for the backup: ", flags.exportPassphraseFile);
  const told = progress(context, "kept");
  client.subscribe((event) => {
    if (event.kind === "backup") told(event.done, event.total);
  });
  const bytes = await client.account.exportBackup(passphrase, { withMessages: true });
  writePrivateFile(file, bytes, { replaces: false });
  context.output.say(`Written to ${printable(file)}.`, { file, bytes: bytes.length });
}

async function restore(
  context: CommandContext,
  file: string,
  flags: PassphraseFlags & { readonly node?: string },
): Promise<void> {
  const bytes = readWhole(file);
  const passphrase = await askPassphrase("Passphrase of the backup: ", flags.exportPassphraseFile);
  const home = await createHome(context);
  try {
    const node = flags.node === undefined ? {} : { homeNodeUrl: flags.node };
    const backup = { bytes, passphrase, ...node, told: progress(context, "restored") };
    const client = await importClient(depsFor(home), backup).catch(async (error: unknown) => {
      await home.vault.erase();
      throw error;
    });
    client.start();
    await settleWithin(client, NETWORK_WAIT_MS);
    const { name, identityId, deviceId } = client.account.snapshot();
    const conversations = client.conversations.list().length;
    await client.close();
    context.output.say(`You are ${printable(name)} again, on a new device, with ${conversations} conversations.`, {
      name,
      identity: identityId,
      device: deviceId,
      conversations,
    });
    context.output.note(
      "Conversations go on once your contacts' programs have let this device in; groups, once an administrator's program or another device of yours has.",
    );
  } finally {
    await home.vault.close();
  }
}

async function auto(
  client: Client,
  context: CommandContext,
  file: string | undefined,
  flags: PassphraseFlags & { readonly every: string },
): Promise<void> {
  const { output, home } = context;
  if (file === undefined) {
    const plan = backupPlan(home);
    const { backupAtMs } = client.account.snapshot().safety;
    const said =
      plan === undefined ? "Backups are made by hand." : `To ${printable(plan.file)}, every ${durationText(plan.everyS)}.`;
    return output.say(said, { ...plan, lastAt: backupAtMs });
  }
  if (file === "off") {
    forgetBackupPlan(home);
    await client.account.keepBackupPassphrase("");
    return output.say("Backups are made by hand from now on. What was made stays.", { isOn: false });
  }
  const everyS = parseDurationS(flags.every);
  const passphrase = await askNewPassphrase("A passphrase for the backups: ", flags.exportPassphraseFile);
  if (passphrase === "") throw new CommandError(EXIT.usage, "export/passphraseEmpty", "a backup needs a passphrase");
  await client.account.keepBackupPassphrase(passphrase);
  const plan = { file: resolve(file), everyS };
  keepBackupPlan(home, plan);
  writePrivateFile(plan.file, await client.account.exportKeptBackup(), { replaces: true });
  output.say(
    `Written to ${printable(plan.file)}, and again every ${durationText(everyS)} when a command reaches the node.`,
    plan,
  );
}

async function exportReadable(
  client: Client,
  { output }: CommandContext,
  who: string,
  file: string | undefined,
  isSure: boolean,
): Promise<void> {
  const { id, name } = findPlace(client, who);
  if (!isSure)
    throw new CommandError(
      EXIT.usage,
      "export/unsure",
      "the text is not encrypted: whoever gets it can read everything, also what disappears here later. --yes writes it",
    );
  const pages: (readonly Entry[])[] = [];
  for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
    const page: readonly Entry[] = await client.conversations.history(id, { before, limit: PAGE });
    pages.push(page);
    before = page.length < PAGE ? undefined : page.at(-1)?.number;
  }
  const lines = [
    printable(name),
    "",
    ...pages
      .flat()
      .reverse()
      .map((entry) => entryLine(entry)),
  ];
  if (file === undefined) return output.say(lines, { conversation: id, text: lines.join("\n") });
  writePrivateFile(file, Buffer.from(`${lines.join("\n")}\n`), { replaces: false });
  output.say(`Written to ${printable(file)}. It is not encrypted.`, { conversation: id, file });
}

function readWhole(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    throw new CommandError(EXIT.notFound, "file/missing", "that file cannot be read");
  }
}
