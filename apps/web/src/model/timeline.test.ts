import type { Entry, TextEntry } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { type ShownEntry, timelineOf } from "./timeline.ts";

const MINUTE = 60_000;
const dayOf = (atMs: number): string => String(Math.floor(atMs / 86_400_000));

function said(number: number, author: string, atMs: number): ShownEntry {
  const entry: TextEntry = {
    kind: "text",
    conversationId: "c",
    id: String(number),
    author: author as TextEntry["author"],
    authorName: author,
    isOwn: author === "me",
    text: "x",
    sentAtMs: atMs,
    atMs,
    number,
    wasVerified: false,
  };
  return { key: String(number), entry, isSending: false };
}

function note(number: number, atMs: number): ShownEntry {
  const entry: Entry = { kind: "missing", conversationId: "c", reason: "skipped", atMs, number };
  return { key: String(number), entry, isSending: false };
}

const kinds = (entries: readonly ShownEntry[], unreadFrom?: number): readonly string[] =>
  timelineOf(entries, unreadFrom, dayOf).map((item) => (item.kind === "said" ? `said ${item.entries.length}` : item.kind));

it("what one person says within a minute is one group; another person, a pause and a note begin a new one", () => {
  const entries = [
    said(1, "a", 0),
    said(2, "a", 1_000),
    said(3, "b", 2_000),
    said(4, "b", 2_000 + MINUTE),
    note(5, 70_000),
    said(6, "b", 71_000),
  ];
  expect(kinds(entries)).toEqual(["day", "said 2", "said 1", "said 1", "note", "said 1"]);
});

it("each day is named once, and the unread line stands before the first unread entry", () => {
  const entries = [said(1, "a", 0), said(2, "a", 86_400_000), said(3, "a", 86_400_500)];
  expect(kinds(entries, 3)).toEqual(["day", "said 1", "day", "said 1", "unread", "said 1"]);
  expect(kinds(entries, 9)).toEqual(["day", "said 1", "day", "said 2"]);
});
