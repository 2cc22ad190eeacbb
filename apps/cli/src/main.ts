#!/usr/bin/env node
// The p2pcrypt command.
import { Command, CommanderError } from "commander";
import { contextOf } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { Output } from "./output.ts";
import type { RunCommand } from "./run.ts";
import { VERSION } from "./version.ts";

/** Loaded by what is asked for: a node needs no client, a client no node, and both start sooner and smaller for it. */
const GROUPS: readonly {
  readonly verbs: readonly string[];
  readonly load: () => Promise<(program: Command, run: RunCommand) => void>;
}[] = [
  { verbs: ["identity", "link"], load: async () => (await import("./commands/identity.ts")).addIdentityCommands },
  { verbs: ["device"], load: async () => (await import("./commands/device.ts")).addOwnDeviceCommands },
  { verbs: ["contact"], load: async () => (await import("./commands/contact.ts")).addContactCommands },
  {
    verbs: ["send", "receive", "history", "chat", "message"],
    load: async () => (await import("./commands/message.ts")).addMessageCommands,
  },
  { verbs: ["file"], load: async () => (await import("./commands/file.ts")).addFileCommands },
  { verbs: ["group"], load: async () => (await import("./commands/group.ts")).addGroupCommands },
  {
    verbs: ["conversation"],
    load: async () => (await import("./commands/conversation.ts")).addConversationCommands,
  },
  { verbs: ["backup", "export"], load: async () => (await import("./commands/backup.ts")).addBackupCommands },
  { verbs: ["call", "answer"], load: async () => (await import("./commands/call.ts")).addCallCommands },
  { verbs: ["search"], load: async () => (await import("./commands/search.ts")).addSearchCommands },
  { verbs: ["node"], load: async () => (await import("./commands/node.ts")).addNodeCommands },
  { verbs: ["relay"], load: async () => (await import("./commands/relay.ts")).addRelayCommands },
  { verbs: ["trust"], load: async () => (await import("./commands/trust.ts")).addTrustCommands },
  { verbs: ["verify-web"], load: async () => (await import("./commands/web.ts")).addWebCommands },
];

const program = new Command("p2pcrypt")
  .description("end-to-end encrypted conversations over nodes that anyone can run")
  .version(VERSION)
  .option("--home <folder>", "the identity's folder (default ~/.p2pcrypt)")
  .option("--json", "one JSON value per line, exact")
  .option("--take-over", "take the home from the process that has it")
  .option("--passphrase-file <file>", "the vault's passphrase; - for standard input")
  .exitOverride()
  // Commander's own words are for people. Programs get the same failure in the same form as every other.
  .configureOutput({ writeErr: (text) => (isJson() ? undefined : process.stderr.write(text)) });

/** Asked before the options are parsed, too: they may be what is wrong. */
function isJson(): boolean {
  return process.argv.slice(2).includes("--json");
}

const run: RunCommand = async (job) => {
  const context = contextOf(program.opts());
  try {
    await job(context);
  } catch (error) {
    const { toCommandError } = await import("./failures.ts");
    const { exit, code, message, fields } = toCommandError(error);
    context.output.failure(code, message, fields);
    process.exitCode = exit;
  }
};

try {
  const [verb = ""] = program.parseOptions(process.argv.slice(2)).operands;
  const asked = GROUPS.filter(({ verbs }) => verbs.includes(verb));
  for (const { load } of asked.length > 0 ? asked : GROUPS) (await load())(program, run);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
    command.exitOverride();
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (isJson() && error.exitCode !== 0)
    new Output(true).failure("usage/malformed", error.message.replace(/^error: /, ""), { reason: error.code });
}
