// The end of an identity whose key is gone: made while it is there, kept elsewhere, used from any machine.
import { readFileSync } from "node:fs";
import { ClientError, readRevocation, revokeIdentity } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { nodeDeps, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import { writePrivateFile } from "../private-file.ts";
import { askYes } from "../question.ts";
import type { RunCommand } from "../run.ts";

const MAX_FILE_BYTES = 64 * 1024;

export function addRevocationCommands(identity: Command, run: RunCommand): void {
  identity
    .command("revocation [file]")
    .description("a revocation certificate: ends this identity on the day on which its key is lost or stolen")
    .action((file: string | undefined) => run((context) => make(context, file)));
  identity
    .command("revoke <file>")
    .description("end the identity of a revocation certificate, from any machine; cannot be undone")
    .option("--yes", "do not ask")
    .action((file: string, { yes }: { yes?: boolean }) => run((context) => revoke(context, file, yes === true)));
}

async function make(context: CommandContext, file: string | undefined): Promise<void> {
  await withClient(context, { isOnline: false }, async (client) => {
    const made = await client.account.revocationCertificate();
    if (file === undefined) return context.output.say(made.text.trimEnd(), made);
    writePrivateFile(file, Buffer.from(made.text), { replaces: false });
    context.output.say(`Written to ${printable(file)}. Keep it away from this device.`, { file });
  });
}

async function revoke(context: CommandContext, file: string, isSure: boolean): Promise<void> {
  const found = readRevocation(textOf(file));
  if (found === undefined) throw new ClientError({ code: "revocation/malformed" });
  const isAsked = process.stdin.isTTY && !context.output.isJson;
  if (!isSure && !(isAsked && (await askYes(`End the identity of ${printable(found.link)} for ever? `))))
    throw new CommandError(EXIT.usage, "revocation/unsure", "this cannot be undone: give --yes to end that identity");
  await revokeIdentity(nodeDeps(), found);
  context.output.say("Revoked. Contacts are told when their programs look this identity up, within a day.", {
    revoked: true,
    link: found.link,
  });
}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new CommandError(EXIT.notFound, "file/missing", `${printable(file)} cannot be read`);
  }
  if (bytes.length > MAX_FILE_BYTES) throw new ClientError({ code: "revocation/malformed" });
  return bytes.toString("utf8");
}
