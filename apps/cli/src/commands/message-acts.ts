// What is done with messages that are there: answered, reacted to, edited, deleted, pinned, starred, passed on.
import {
  type Client,
  type Entry,
  isMessage,
  type MentionDraft,
  type MessageEntry,
  type MessageRef,
  mentionsIn,
} from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { entryJson, entryLine } from "../entries.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { settleWithin, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";
import { findPlace } from "../who.ts";

const NETWORK_WAIT_MS = 15_000;
const PAGE = 500;
const LEAST_OF_AN_ID = 4;

interface Place {
  readonly client: Client;
  readonly conversation: string;
}

export function addActCommands(program: Command, run: RunCommand): void {
  const message = program
    .command("message")
    .description("do something with a message; WHICH: its number, the beginning of its id, or last");
  const acts = (
    verb: string,
    description: string,
    act: (place: Place, found: MessageEntry, ...rest: readonly string[]) => Promise<unknown>,
  ): void => {
    message
      .command(verb)
      .description(description)
      .action((who: string, which: string, ...rest: readonly unknown[]) => {
        const given = rest.filter((one) => typeof one === "string");
        return run((context) =>
          withClient(context, { isOnline: true }, async (client) => {
            const conversation = findPlace(client, who).id;
            const found = await findMessage(client, conversation, which);
            await act({ client, conversation }, found, ...given);
            await settleWithin(client, NETWORK_WAIT_MS);
            await tell(client, context, conversation, found);
          }),
        );
      });
  };
  acts("reply <who> <which> <text>", "answers it", ({ client, conversation }, found, text = "") =>
    client.messages.reply(conversation, found, text, named(client, conversation, text)),
  );
  acts(
    "react <who> <which> [emoji]",
    "reacts with one symbol, in place of an earlier one; without one takes it back",
    (at, found, emoji) => at.client.messages.react(at.conversation, found, emoji),
  );
  acts("edit <who> <which> <text>", "puts another text in place of yours; what it was stays readable", (at, found, text = "") =>
    at.client.messages.edit(at.conversation, own(found).id, text, named(at.client, at.conversation, text)),
  );
  acts("pin <who> <which>", "pins it for everybody in the conversation", ({ client, conversation }, found) =>
    client.messages.pin(conversation, found),
  );
  acts("unpin <who> <which>", "takes the pin away", ({ client, conversation }, found) =>
    client.messages.unpin(conversation, found),
  );
  acts("star <who> <which>", "marks it for yourself", ({ client, conversation }, found) =>
    client.messages.star(conversation, found, true),
  );
  acts("unstar <who> <which>", "takes the mark away", ({ client, conversation }, found) =>
    client.messages.star(conversation, found, false),
  );
  acts(
    "forward <who> <which> <to>",
    "says it again to somebody else, or in a group",
    ({ client, conversation }, found, to = "") => client.messages.forward(conversation, found, [findPlace(client, to).id]),
  );
  message
    .command("delete <who> <which>")
    .description("takes your message away for everybody")
    .option("--for-me", "any message, on this device only; nobody is told")
    .action((who: string, which: string, { forMe }: { forMe?: boolean }) =>
      run((context) => withClient(context, { isOnline: true }, (client) => remove(client, context, who, which, forMe === true))),
    );
  message
    .command("versions <who> <which>")
    .description("every text that an edited message had, oldest first")
    .action((who: string, which: string) =>
      run((context) => withClient(context, { isOnline: false }, (client) => versions(client, context, who, which))),
    );
  message
    .command("starred")
    .description("what you starred, in all conversations, the latest first")
    .action(() =>
      run((context) =>
        withClient(context, { isOnline: false }, async (client) => {
          for (const entry of await client.messages.starred())
            context.output.say(entryLine(entry, client), entryJson(entry, undefined));
        }),
      ),
    );
}

function named(client: Client, conversation: string, text: string): readonly MentionDraft[] {
  return mentionsIn(text, client.conversations.get(conversation)?.members ?? []);
}

async function remove(client: Client, context: CommandContext, who: string, which: string, isForMe: boolean): Promise<void> {
  const { id: conversation } = findPlace(client, who);
  const found = await findMessage(client, conversation, which);
  if (isForMe) await client.messages.deleteForMe(conversation, found);
  else await client.messages.deleteForEveryone(conversation, own(found).id);
  await settleWithin(client, NETWORK_WAIT_MS);
  await tell(client, context, conversation, found);
}

async function versions(client: Client, { output }: CommandContext, who: string, which: string): Promise<void> {
  const { id: conversation } = findPlace(client, who);
  const found = await findMessage(client, conversation, which);
  for (const { text, atMs } of await client.messages.versions(conversation, found)) {
    output.say(`${new Date(atMs).toLocaleString()}  ${printable(text)}`, { text, at: atMs });
  }
}

/** The message as it is now; nothing is left of one that was taken back before it was sent. */
async function tell(client: Client, { output }: CommandContext, conversation: string, message: MessageRef): Promise<void> {
  const entry = await client.messages.get(conversation, message);
  if (entry === undefined) output.say("gone from this device", { kind: "erased", conversation, id: message.id });
  else output.say(entryLine(entry, client), entryJson(entry, undefined));
}

function own(found: MessageEntry): MessageEntry {
  if (found.isOwn) return found;
  throw new CommandError(EXIT.refused, "message/notOwn", "only its author can do that; --for-me deletes it on this device");
}

/** @throws {CommandError} message/unknown, message/ambiguous */
async function findMessage(client: Client, conversation: string, which: string): Promise<MessageEntry> {
  const number = /^\d{1,9}$/.test(which) ? Number(which) : undefined;
  const fits = (entry: Entry): entry is MessageEntry =>
    isMessage(entry) &&
    (which === "last" || entry.number === number || (which.length >= LEAST_OF_AN_ID && entry.id.startsWith(which)));
  const found: MessageEntry[] = [];
  let page = await client.conversations.history(conversation, { limit: PAGE });
  while (page.length > 0) {
    found.push(...page.filter(fits));
    const before = page.at(-1)?.number;
    if (
      before === undefined ||
      before <= 1 ||
      found.length > 1 ||
      (found.length > 0 && (which === "last" || number !== undefined))
    )
      break;
    page = await client.conversations.history(conversation, { limit: PAGE, before });
  }
  const [first, second] = found;
  if (first === undefined) throw new CommandError(EXIT.notFound, "message/unknown", "there is no such message here");
  if (second === undefined || which === "last" || first.number === number) return first;
  const choices = found.map(({ id, number: at }) => ({ id, number: at }));
  throw new CommandError(EXIT.ambiguous, "message/ambiguous", "several messages begin like that", { choices });
}
