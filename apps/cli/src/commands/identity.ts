import { readFileSync } from "node:fs";
import { createClient, importClient, type SelfSnapshot } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { changePassphrase, createHome, forgetUnlocked, isSessionBound, openHome, removeHomeFiles, unlockHome } from "../home.ts";
import { depsFor, settleWithin, withClient } from "../open-client.ts";
import { askNewPassphrase, askPassphrase } from "../passphrase.ts";
import { printable } from "../printable.ts";
import { writePrivateFile } from "../private-file.ts";
import { askOnce } from "../question.ts";
import type { RunCommand } from "../run.ts";
import { showSelf } from "../self.ts";
import { addDeviceCommands } from "./devices.ts";
import { addHomeNodeCommand } from "./home-node.ts";
import { addRecoveryCommands } from "./recovery.ts";
import { addRevocationCommands } from "./revocation.ts";
import { addSuccessionCommands } from "./succession.ts";

const PUBLISH_WAIT_MS = 15_000;

interface CreateFlags {
  readonly name?: string;
  readonly node: string;
  readonly gpgKey?: string;
  readonly keyPassphraseFile?: string;
}

export function addIdentityCommands(program: Command, run: RunCommand): void {
  const identity = program.command("identity").description("this home's identity");
  identity
    .command("create")
    .description("make an identity")
    .option("--name <name>", "how others see you")
    .requiredOption("--node <url>", "your node's address")
    .option("--gpg-key <file>", "take over an OpenPGP secret key instead of making one (gpg --export-secret-keys --armor)")
    .option("--key-passphrase-file <file>", "what that key is locked with; - for standard input")
    .action((flags: CreateFlags) => run((context) => create(context, flags)));
  identity
    .command("show")
    .description("name, ids, link and settings")
    .action(() =>
      run((context) => withClient(context, { isOnline: false }, async (client) => showSelf(context, client.account.snapshot()))),
    );
  identity
    .command("rename <name>")
    .description("another name, for everybody")
    .action((name: string) =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          await client.account.rename(name);
          await settleWithin(client, PUBLISH_WAIT_MS);
          showSelf(context, client.account.snapshot());
        }),
      ),
    );
  identity
    .command("set <setting> <on|off>")
    .description(
      "receipts, typing or presence: what others hear of you; hide-address: also from whom you verified; findable: whether directories find you by your name",
    )
    .action((setting: string, value: string) => run((context) => set(context, setting, value)));
  identity
    .command("export <file>")
    .description("identity, contacts and settings under a passphrase, for another device")
    .option("--export-passphrase-file <file>", "the export's passphrase; - for standard input")
    .option("--gpg", "instead: the secret key for gpg, armored")
    .option("--public", "instead: the certificate for others, armored; without a passphrase")
    .action((file: string, flags: ExportFlags) => run((context) => exportTo(context, file, flags)));
  identity
    .command("import <file>")
    .description("go on as a new device of an exported identity")
    .option("--export-passphrase-file <file>", "the export's passphrase; - for standard input")
    .option("--node <url>", "another node than before")
    .action((file: string, flags: { exportPassphraseFile?: string; node?: string }) =>
      run((context) => importFrom(context, file, flags)),
    );
  addHomeNodeCommand(identity, run);
  addRecoveryCommands(identity, run);
  addRevocationCommands(identity, run);
  addDeviceCommands(identity, run);
  addSuccessionCommands(identity, run);
  identity
    .command("passphrase")
    .description("set, change or remove (empty) the vault's passphrase")
    .option("--new-passphrase-file <file>", "the new one; - for standard input")
    .action(({ newPassphraseFile }: { newPassphraseFile?: string }) => run((context) => passphrase(context, newPassphraseFile)));
  identity
    .command("unlock")
    .description("ask for the passphrase once for this session")
    .action(() => run((context) => unlock(context)));
  identity
    .command("lock")
    .description("forget what unlock remembered")
    .action(() => run((context) => lock(context)));
  identity
    .command("delete")
    .description("say goodbye, revoke the identity at the node, erase this home")
    .option("--yes", "do not ask")
    .action(({ yes }: { yes?: boolean }) => run((context) => remove(context, yes === true)));
  program
    .command("link")
    .description("print your contact link")
    .action(() =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          await settleWithin(client, 5_000);
          const { link, isPublished } = client.account.snapshot();
          if (!isPublished) context.output.note("Your node does not know you yet: the link works once it can be reached.");
          context.output.say(link, { link, isPublished });
        }),
      ),
    );
}

interface ExportFlags {
  readonly exportPassphraseFile?: string;
  readonly gpg?: boolean;
  readonly public?: boolean;
}

async function create(context: CommandContext, { name, node, gpgKey, keyPassphraseFile }: CreateFlags): Promise<void> {
  const secretKey =
    gpgKey === undefined ? undefined : { bytes: readWhole(gpgKey), ...(await keyPassphrase(gpgKey, keyPassphraseFile)) };
  const home = await createHome(context);
  try {
    const options = {
      homeNodeUrl: node,
      ...(name === undefined ? {} : { name }),
      ...(secretKey === undefined ? {} : { secretKey }),
    };
    const client = await createClient(depsFor(home), options).catch(async (error: unknown) => {
      await home.vault.erase();
      throw error;
    });
    client.start();
    await settleWithin(client, PUBLISH_WAIT_MS);
    const self = client.account.snapshot();
    await client.close();
    showSelf(context, self);
    if (!self.isPublished) context.output.note(unpublished(self));
    context.output.note(
      "Anyone who can open this folder can read what is in it. Set a passphrase with: p2pcrypt identity passphrase",
    );
    context.output.note(
      self.safety.canHaveRecoverySheet
        ? "Who loses this device and has no recovery sheet loses the identity for good: p2pcrypt identity recovery. What is said comes back with p2pcrypt backup node on."
        : "Who loses this device and has no backup loses the identity for good: p2pcrypt backup create FILE",
    );
  } finally {
    await home.vault.close();
  }
}

async function keyPassphrase(gpgKey: string, file: string | undefined): Promise<{ readonly passphrase?: string }> {
  const isPrompted = file !== undefined || process.stdin.isTTY;
  if (!isPrompted) return {};
  const passphrase = await askPassphrase(`Passphrase of ${gpgKey} (empty if it has none): `, file);
  return passphrase === "" ? {} : { passphrase };
}

function unpublished({ publishRefusal }: SelfSnapshot): string {
  if (publishRefusal !== undefined) return `Your node refuses you: ${publishRefusal}.`;
  return "Your node cannot be reached now. The identity is made; it is published as soon as a command reaches the node.";
}

async function set(context: CommandContext, setting: string, value: string): Promise<void> {
  const names = {
    receipts: "sendsReceipts",
    typing: "sendsTyping",
    presence: "sendsPresence",
    "hide-address": "alwaysHidesAddress",
  } as const;
  const name = Object.hasOwn(names, setting) ? names[setting as keyof typeof names] : undefined;
  if (setting === "findable" && (value === "on" || value === "off")) return setFindable(context, value === "on");
  if (name === undefined || (value !== "on" && value !== "off")) {
    throw new CommandError(EXIT.usage, "setting/unknown", "identity set receipts|typing|presence|hide-address|findable on|off");
  }
  await withClient(context, { isOnline: false }, async (client) => {
    await client.account.updateSettings({ [name]: value === "on" });
    showSelf(context, client.account.snapshot());
  });
}

async function setFindable(context: CommandContext, isFindable: boolean): Promise<void> {
  await withClient(context, { isOnline: true }, async (client) => {
    await client.account.setFindable(isFindable);
    await settleWithin(client, PUBLISH_WAIT_MS);
    showSelf(context, client.account.snapshot());
  });
}

async function exportTo(context: CommandContext, file: string, flags: ExportFlags): Promise<void> {
  await withClient(context, { isOnline: false }, async (client) => {
    if (flags.public === true) {
      writePrivateFile(file, Buffer.from(await client.account.exportCertificate()), { replaces: false });
    } else {
      const secret = await askNewPassphrase("A passphrase for the export: ", flags.exportPassphraseFile);
      const bytes =
        flags.gpg === true ? Buffer.from(await client.account.exportForGpg(secret)) : await client.account.exportBackup(secret);
      writePrivateFile(file, bytes, { replaces: false });
    }
    context.output.say(`Written to ${printable(file)}.`, { file });
  });
}

async function importFrom(
  context: CommandContext,
  file: string,
  flags: { exportPassphraseFile?: string; node?: string },
): Promise<void> {
  const bytes = readWhole(file);
  const secret = await askPassphrase("Passphrase of the export: ", flags.exportPassphraseFile);
  const home = await createHome(context);
  try {
    const backup = { bytes, passphrase: secret, ...(flags.node === undefined ? {} : { homeNodeUrl: flags.node }) };
    const client = await importClient(depsFor(home), backup).catch(async (error: unknown) => {
      await home.vault.erase();
      throw error;
    });
    client.start();
    await settleWithin(client, PUBLISH_WAIT_MS);
    showSelf(context, client.account.snapshot());
    await client.close();
    context.output.note(
      "This is a new device of the identity. Conversations begin here once your contacts' programs have let it in.",
    );
  } finally {
    await home.vault.close();
  }
}

async function passphrase(context: CommandContext, file: string | undefined): Promise<void> {
  const { vault } = await openHome(context);
  try {
    const secret = await askNewPassphrase("New passphrase (empty for none): ", file);
    await changePassphrase(context, vault, secret);
    const said =
      secret === ""
        ? "The vault has no passphrase now: anyone who can open the folder can read it."
        : "The vault has a new passphrase.";
    context.output.say(said, { hasPassphrase: secret !== "" });
  } finally {
    await vault.close();
  }
}

async function unlock(context: CommandContext): Promise<void> {
  const isUnlocked = await unlockHome(context);
  const said = isUnlocked
    ? isSessionBound()
      ? "Unlocked for this session; `identity lock` ends it."
      : "Unlocked until `identity lock`: this system has no folder that it empties after the session, so the key lies in the home."
    : "This vault has no passphrase: nothing to unlock.";
  context.output.say(said, { isUnlocked });
}

function lock(context: CommandContext): void {
  const wasUnlocked = forgetUnlocked(context.home);
  context.output.say(wasUnlocked ? "Locked." : "It was not unlocked.", { wasUnlocked });
}

async function remove(context: CommandContext, isSure: boolean): Promise<void> {
  if (!isSure && !(await isSureNow(context))) {
    throw new CommandError(
      EXIT.usage,
      "delete/unsure",
      "this cannot be undone: give --yes to say goodbye, revoke the identity and erase this home",
    );
  }
  const { isRevoked } = await withClient(context, { isOnline: true }, (client) => client.account.deleteIdentity());
  removeHomeFiles(context.home);
  const said = isRevoked
    ? "Gone: your contacts were told, the identity is revoked at the node, this home is erased."
    : "This home is erased. The node could not be reached, so others are not told.";
  context.output.say(said, { isRevoked });
}

/** On a terminal, asks; elsewhere only --yes will do. */
async function isSureNow({ output }: CommandContext): Promise<boolean> {
  if (!process.stdin.isTTY || output.isJson) return false;
  const answer = await askOnce(
    "This cannot be undone: contacts are told, the identity is revoked, this home is erased. Type delete: ",
  );
  return answer.trim() === "delete";
}

function readWhole(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    throw new CommandError(EXIT.notFound, "file/missing", "that file cannot be read");
  }
}
