// A conversation as a text that anybody can read: what a person asked for, and was warned of.
import type { Client, ConversationId, Entry } from "@p2pcrypt/client";
import { shownName, shownText } from "../text/printable.ts";
import { callSentence, deletedSentence, eventSentence, missingSentence } from "../words/entries.ts";
import type { Words } from "../words/words.ts";

const PAGE = 500;

/** Oldest first, one entry after the other. */
export async function readableOf(client: Client, id: ConversationId, words: Words, nowMs: number): Promise<string> {
  const pages: (readonly Entry[])[] = [];
  for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
    const page: readonly Entry[] = await client.conversations.history(id, { before, limit: PAGE });
    pages.push(page);
    before = page.length < PAGE ? undefined : page.at(-1)?.number;
  }
  const { name = "" } = client.conversations.get(id) ?? {};
  const lines = pages
    .flat()
    .reverse()
    .map((entry) => lineOf(words, entry, nowMs));
  return [`${shownName(name)}\n`, ...lines, ""].join("\n");
}

function lineOf(words: Words, entry: Entry, nowMs: number): string {
  const at = `${words.date(entry.atMs, nowMs)} ${words.time(entry.atMs)}`;
  switch (entry.kind) {
    case "event":
      return `[${at}] ${eventSentence(words, entry.event)}`;
    case "missing":
      return `[${at}] ${missingSentence(words, entry)}`;
    case "deleted":
      return `[${at}] ${deletedSentence(words, entry)}`;
    case "call":
      return `[${at}] ${callSentence(words, entry)}`;
    case "unknown":
      return `[${at}] ${words.t("chat.unknown", { name: shownName(entry.authorName), kind: entry.name })}`;
    case "file":
      return `[${at}] ${shownName(entry.authorName)}: ${words.t("chat.file", { name: shownText(entry.file.name) })}`;
    case "text":
      return `[${at}] ${shownName(entry.authorName)}: ${shownText(entry.text)}`;
  }
}
