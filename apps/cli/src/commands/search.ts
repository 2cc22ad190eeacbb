// search: messages of all conversations, by what is in them.
import type { Client, SearchHit, SearchQuery } from "@p2pcrypt/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { entryJson, timeOf } from "../entries.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";
import { findAuthor, findPlace } from "../who.ts";

interface SearchFlags {
  readonly from?: string;
  readonly in?: string;
  readonly after?: string;
  readonly before?: string;
  readonly kind?: string;
  readonly limit: string;
}

export function addSearchCommands(program: Command, run: RunCommand): void {
  program
    .command("search [words...]")
    .description("messages with these words, the best first; words in quotation marks stand together")
    .option("--from <who>", "said by them; me for yourself")
    .option("--in <who>", "in the conversation with them, or in a group")
    .option("--after <date>", "not before this day, or time: 2026-11-30, 2026-11-30T12:00")
    .option("--before <date>", "before this day, or time")
    .option("--kind <kind>", "text or file")
    .option("--limit <n>", "at most so many", "20")
    .action((words: readonly string[], flags: SearchFlags) =>
      run((context) => withClient(context, { isOnline: false }, (client) => search(client, context, words.join(" "), flags))),
    );
}

async function search(client: Client, { output }: CommandContext, words: string, flags: SearchFlags): Promise<void> {
  const query = queryOf(client, words, flags);
  let answer = await client.search.find(query);
  // What is not read for the index yet is read by asking again.
  while (!answer.isComplete) answer = await client.search.find(query);
  for (const hit of answer.hits) output.say(lineOf(client, hit), jsonOf(client, hit));
  const more = answer.total - answer.hits.length;
  if (answer.total === 0) output.note("Nothing found.");
  else if (more > 0) output.note(`${more} more: --limit, or --from, --in, --after, --before.`);
}

function queryOf(client: Client, words: string, flags: SearchFlags): SearchQuery {
  const { from, in: place, after, before, kind } = flags;
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    throw new CommandError(EXIT.usage, "limit/malformed", "--limit is a whole number from 1 to 200");
  if (kind !== undefined && kind !== "text" && kind !== "file")
    throw new CommandError(EXIT.usage, "kind/malformed", "--kind is text or file");
  return {
    words,
    limit,
    ...(from === undefined ? {} : { from: findAuthor(client, from) }),
    ...(place === undefined ? {} : { in: findPlace(client, place).id }),
    ...(after === undefined ? {} : { afterMs: timeMs(after) }),
    ...(before === undefined ? {} : { beforeMs: timeMs(before) }),
    ...(kind === undefined ? {} : { kind }),
  };
}

/** A day begins here where the person is. */
function timeMs(text: string): number {
  const ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text);
  if (Number.isNaN(ms)) throw new CommandError(EXIT.usage, "date/malformed", "a date is 2026-11-30, or 2026-11-30T12:00");
  return ms;
}

function lineOf(client: Client, { entry, excerpt }: SearchHit): string {
  const place = client.conversations.get(entry.conversationId)?.name ?? "";
  const who = entry.isOwn ? "you" : printable(entry.authorName);
  const file = entry.kind === "file" ? "file " : "";
  return `${timeOf(entry.atMs, Date.now())}  ${printable(place)} #${entry.number ?? 0}  ${who}: ${file}${printable(excerpt)}`;
}

function jsonOf(client: Client, { entry, excerpt, marks }: SearchHit): Record<string, unknown> {
  const { name, contactId } = client.conversations.get(entry.conversationId) ?? {};
  const contact = contactId === undefined ? undefined : client.contacts.get(contactId);
  return { ...entryJson(entry, contact), place: name, excerpt, marks };
}
