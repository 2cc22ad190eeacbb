import { readFileSync } from "node:fs";
import { type Client, type Entry, isMessage, mentionsIn, type TextEntry } from "@p2pcrypt/client";
import type { Command } from "commander";
import { chat } from "../chat.ts";
import type { CommandContext } from "../context.ts";
import { entryJson, entryLine, markOf } from "../entries.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { givenFiles } from "../files/disk-files.ts";
import { News } from "../news.ts";
import { settleWithin, withClient } from "../open-client.ts";
import type { RunCommand } from "../run.ts";
import { findContact, findMember, findPlace } from "../who.ts";
import { addActCommands } from "./message-acts.ts";

const NETWORK_WAIT_MS = 15_000;

export function addMessageCommands(program: Command, run: RunCommand): void {
  program
    .command("send <who> <text>")
    .description("send a message; - reads it from standard input. @name mentions a member")
    .option("--mention <who>", "mentions a member; of several with one name, say which. Repeatable", collected, [])
    .action((who: string, text: string, { mention }: { mention: readonly string[] }) =>
      run((context) => withClient(context, { isOnline: true }, (client) => send(client, context, { who, text, mention }))),
    );
  program
    .command("note <text>")
    .description("a note to yourself, on all your devices; - reads it from standard input. Afterwards it is called: self")
    .action((text: string) => run((context) => withClient(context, { isOnline: true }, (client) => note(client, context, text))));
  program
    .command("receive")
    .description("what arrived and was not read yet, and requests; one line each")
    .option("--follow", "stay, and print what comes")
    .action(({ follow }: { follow?: boolean }) =>
      run((context) => {
        const files = follow === true ? { files: givenFiles(context.home) } : {};
        return withClient(context, { isOnline: true, ...files }, (client) => receive(client, context, follow === true));
      }),
    );
  program
    .command("history <who>")
    .description("the conversation so far, oldest first")
    .option("--limit <n>", "at most so many of the newest", "50")
    .option("--around <number>", "those around an entry that search found, instead")
    .option("--numbers", "with the number of each, for the message commands")
    .action((who: string, flags: { limit: string; around?: string; numbers?: boolean }) =>
      run((context) => withClient(context, { isOnline: false }, (client) => history(client, context, who, flags))),
    );
  addActCommands(program, run);
  program
    .command("chat <who>")
    .description("talk, live")
    .action((who: string) =>
      run((context) => {
        const files = givenFiles(context.home);
        return withClient(context, { isOnline: true, files }, (client) => chat(client, context, findContact(client, who)));
      }),
    );
}

function collected(one: string, before: readonly string[]): readonly string[] {
  return [...before, one];
}

async function note(client: Client, context: CommandContext, text: string): Promise<void> {
  // Who never was at the node cannot begin one, and another own device may have.
  if (!client.conversations.list().some(({ kind }) => kind === "self")) await settleWithin(client, NETWORK_WAIT_MS);
  await client.conversations.noteToSelf();
  const isOther = client.contacts.list().some(({ name }) => name === "self");
  if (isOther) throw new CommandError(EXIT.ambiguous, "who/ambiguous", "somebody among your contacts is called self");
  await send(client, context, { who: "self", text, mention: [] });
}

async function send(
  client: Client,
  { output }: CommandContext,
  { who, text: given, mention }: { readonly who: string; readonly text: string; readonly mention: readonly string[] },
): Promise<void> {
  const said = given === "-" ? readFileSync(0, "utf8").replace(/\n$/, "") : given;
  // An acceptance or an invitation may be waiting at the node.
  if (!isKnown(client, who)) await settleWithin(client, NETWORK_WAIT_MS);
  const { id: conversation } = findPlace(client, who);
  const place = client.conversations.get(conversation);
  const picked = place === undefined ? [] : mention.map((one) => findMember(place, one));
  // Who is not named in the text is named before it.
  const missing = picked.filter(({ name }) => !said.toLowerCase().includes(`@${name.toLowerCase()}`));
  const text = [...missing.map(({ name }) => `@${name}`), said].join(" ");
  const mentions = mentionsIn(text, place?.members ?? [], [...missing, ...picked.filter((one) => !missing.includes(one))]);
  const sent = await client.conversations.send(conversation, text, mentions);
  await settleWithin(client, NETWORK_WAIT_MS);
  const state = (await entryOf(client, conversation, sent)).state ?? "queued";
  const told = state === "queued" ? "queued: it goes out when the node can be reached and a command runs" : markOf(state);
  const named = mentions.length === 0 ? undefined : mentions.map(({ identityId }) => identityId);
  output.say(told, { id: sent.id, state, mentions: named });
}

function isKnown(client: Client, who: string): boolean {
  try {
    findPlace(client, who);
    return true;
  } catch (error) {
    // Nobody of that name yet, or nothing to talk in; several are several also after waiting.
    if (error instanceof CommandError) return error.code === "who/ambiguous";
    throw error;
  }
}

async function entryOf(client: Client, conversation: string, sent: TextEntry): Promise<TextEntry> {
  for (const entry of await client.conversations.history(conversation, { limit: 200 })) {
    if (entry.kind === "text" && entry.id === sent.id && entry.isOwn) return entry;
  }
  return sent;
}

async function receive(client: Client, context: CommandContext, isFollowing: boolean): Promise<void> {
  const news = new News(client, context.output);
  let queue = Promise.resolve();
  const tellAll = (): Promise<void> => {
    news.tellAll();
    for (const { id } of client.conversations.list()) queue = queue.then(() => tellUnread(client, context, id));
    return queue;
  };
  const changed = new Map<string, Entry>();
  const unsubscribeChanges = client.subscribe((event) => {
    if (event.kind === "entryChanged") changed.set(`${event.entry.conversationId} ${event.entry.number}`, event.entry);
  });
  await settleWithin(client, NETWORK_WAIT_MS);
  unsubscribeChanges();
  for (const entry of changed.values()) tellChange(client, context, entry);
  await tellAll();
  if (isFollowing) {
    const unsubscribe = client.subscribe((event) => {
      if (event.kind === "entryChanged") tellChange(client, context, event.entry);
      if (event.kind === "contact") news.tellRequest(event.contact);
      if (event.kind === "conversation") news.tellKnocks();
      if (event.kind === "devices") news.tellDevices();
      if (event.kind !== "entry" || event.entry.number === undefined) return;
      const { conversationId } = event.entry;
      news.tellEvent(event.entry);
      queue = queue.then(() => tellUnread(client, context, conversationId));
    });
    await tellAll(); // what came before somebody listened
    await untilTold(client);
    unsubscribe();
    await queue;
  }
  await settleWithin(client, NETWORK_WAIT_MS);
}

/** What others did with a message that was read before: it is another one now. What was not read is printed as it is anyway. */
function tellChange(client: Client, { output }: CommandContext, entry: Entry): void {
  const { readUpTo = 0, contactId } = client.conversations.get(entry.conversationId) ?? {};
  const isUnread = isMessage(entry) && !entry.isOwn && (entry.number ?? 0) > readUpTo;
  if (isUnread) return;
  const contact = contactId === undefined ? undefined : client.contacts.get(contactId);
  output.say(`changed: ${entryLine(entry, client)}`, { ...entryJson(entry, contact), isChange: true });
}

/** Prints what was not read, marks it read afterwards: killed in between, it is printed again rather than lost. */
async function tellUnread(client: Client, { output }: CommandContext, id: string): Promise<void> {
  const conversation = client.conversations.get(id);
  if (conversation === undefined || conversation.unread === 0) return;
  const contact = conversation.contactId === undefined ? undefined : client.contacts.get(conversation.contactId);
  const unread: Entry[] = [];
  for (const entry of await client.conversations.history(id, { limit: 1_000 })) {
    if (unread.length >= conversation.unread) break;
    if (isMessage(entry) && !entry.isOwn) unread.push(entry);
  }
  for (const entry of unread.reverse()) output.say(entryLine(entry, client), entryJson(entry, contact));
  await client.conversations.markRead(id);
}

/** Until a signal, or until the client stops by itself. */
function untilTold(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    process.once("SIGTERM", end);
    process.once("SIGINT", end);
    client.subscribe((event) => {
      if (event.kind === "stopped") end();
    });
  });
}

async function history(
  client: Client,
  { output }: CommandContext,
  who: string,
  flags: { readonly limit: string; readonly around?: string; readonly numbers?: boolean },
): Promise<void> {
  const [count, around] = [Number(flags.limit), Number((flags.around ?? "1").replace("#", ""))];
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(around) || around < 1)
    throw new CommandError(EXIT.usage, "limit/malformed", "--limit and --around are whole numbers from 1");
  const { id, contact } = findPlace(client, who);
  const limit = Math.min(count, 1_000);
  const page = flags.around === undefined ? { limit } : { limit, before: around + Math.ceil(limit / 2) };
  const entries: Entry[] = [...(await client.conversations.history(id, page))];
  for (const entry of entries.slice(0, count).reverse()) {
    const number = flags.numbers === true && entry.number !== undefined ? `#${entry.number}  ` : "";
    output.say(`${number}${entryLine(entry, client)}`, entryJson(entry, contact));
  }
}
