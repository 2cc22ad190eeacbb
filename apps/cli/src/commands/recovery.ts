// The recovery sheet: printed, and read back on an empty machine.
import { type Recovery, type RecoverySheet, recoverClient } from "@p2pcrypt/client";
import type { Command } from "commander";
import { encodeQR } from "qr";
import type { CommandContext } from "../context.ts";
import { createHome } from "../home.ts";
import { depsFor, settleWithin, withClient } from "../open-client.ts";
import { askSecretText } from "../passphrase.ts";
import { printable } from "../printable.ts";
import { writePrivateFile } from "../private-file.ts";
import { progress } from "../progress.ts";
import type { RunCommand } from "../run.ts";
import { showSelf } from "../self.ts";

const PUBLISH_WAIT_MS = 15_000;
const COLUMNS = 4;

export function addRecoveryCommands(identity: Command, run: RunCommand): void {
  identity
    .command("recovery [file]")
    .description("the recovery sheet: 28 words and a QR code that bring this identity back")
    .action((file: string | undefined) => run((context) => makeSheet(context, file)));
  identity
    .command("recover")
    .description("go on as a new device of the identity on a recovery sheet")
    .option("--sheet-file <file>", "the 28 words, or the text of the QR code; - for standard input")
    .option("--node <url>", "your node's address; not needed with the text of the QR code")
    .option("--name <name>", "your name, when your node cannot say it")
    .option("--no-backup", "without what a backup at your node has")
    .action(({ backup, ...flags }: Omit<RecoverFlags, "backup"> & { readonly backup: boolean }) =>
      run((context) => recover(context, backup ? { ...flags, backup: "newest" } : flags)),
    );
}

async function makeSheet(context: CommandContext, file: string | undefined): Promise<void> {
  await withClient(context, { isOnline: false }, async (client) => {
    const sheet = await client.account.recoverySheet();
    const { words, text, identityId: identity, fingerprint, name, homeNodeUrl: node } = sheet;
    if (file === undefined) return context.output.say(linesOf(sheet), { words, text, identity, fingerprint, name, node });
    writePrivateFile(file, Buffer.from(`${linesOf(sheet).join("\n")}\n`), { replaces: false });
    context.output.say(`Written to ${printable(file)}. Print it, then delete the file.`, { file });
  });
}

function linesOf({ words, text, identityId, name, homeNodeUrl }: RecoverySheet): readonly string[] {
  const numbered = words.map((word, i) => `${String(i + 1).padStart(2)}. ${word.padEnd(10)}`);
  const rows: string[] = [];
  for (let at = 0; at < numbered.length; at += COLUMNS)
    rows.push(
      numbered
        .slice(at, at + COLUMNS)
        .join(" ")
        .trimEnd(),
    );
  return [
    "P2P Crypt: recovery sheet",
    "",
    `Name:      ${printable(name)}`,
    `Identity:  ${identityId}`,
    `Node:      ${homeNodeUrl}`,
    "",
    ...rows,
    "",
    encodeQR(text, "ascii"),
    text,
    "",
    "Whoever has this sheet is you. Keep it on paper, away from the device.",
    "It brings back the identity on an empty machine: p2pcrypt identity recover",
    "Contacts and messages are not on it. A backup at your node (p2pcrypt backup node on) comes back with it;",
    "without one, ask your contacts again by their links.",
  ];
}

interface RecoverFlags {
  readonly sheetFile?: string;
  readonly node?: string;
  readonly name?: string;
  /** Of a backup at the node. */
  readonly backup?: string;
}

/** What a sheet says, typed or from a file. */
export async function askSheet({ sheetFile, node, name }: RecoverFlags): Promise<Recovery> {
  const given = await askSecretText("The 28 words, or the text under the QR code; an empty line ends:", sheetFile);
  const named = name === undefined ? {} : { name };
  // A whole printed sheet holds both; the text knows more.
  const [text] = /web\+ptopcrypt:recover#[\w-]+/.exec(given) ?? [];
  return text !== undefined
    ? { text, ...(node === undefined ? {} : { homeNodeUrl: node }), ...named }
    : { words: given, homeNodeUrl: node ?? "", ...named };
}

export async function recover(context: CommandContext, flags: RecoverFlags): Promise<void> {
  const { backup } = flags;
  const told = progress(context, "restored");
  const recovery = { ...(await askSheet(flags)), ...(backup === undefined ? {} : { backup, told }) };
  const home = await createHome(context);
  try {
    const client = await recoverClient(depsFor(home), recovery).catch(async (error: unknown) => {
      await home.vault.erase();
      throw error;
    });
    client.start();
    await settleWithin(client, PUBLISH_WAIT_MS);
    const self = client.account.snapshot();
    const conversations = client.conversations.list().length;
    showSelf(context, self);
    await client.close();
    const { restoredFromMs } = self.safety;
    context.output.note(
      restoredFromMs === undefined
        ? "This is a new device of the identity. Ask your contacts again by their links; they take it in."
        : `This is a new device of the identity, with ${conversations} conversations as they were on ${new Date(restoredFromMs).toLocaleString()}. They go on once your contacts' programs have let it in; groups, once an administrator's program or another device of yours has.`,
    );
  } finally {
    await home.vault.close();
  }
}
