import type { Entry, TextEntry } from "@p2pcrypt/client";
import { expect, it } from "vitest";
import { HistoryWindow, PAGE, WINDOW } from "./window.ts";

const AUTHOR = "aa".repeat(32) as TextEntry["author"];

function text(number: number | undefined, id = `id ${number}`, isOwn = false): TextEntry {
  const said = {
    kind: "text",
    conversationId: "c",
    id,
    author: AUTHOR,
    authorName: "A",
    isOwn,
    text: `text ${id}`,
    sentAtMs: 0,
    atMs: 0,
    wasVerified: false,
  } as const;
  return number === undefined ? { ...said, state: "queued" } : { ...said, number };
}

/** Entries `from` to `to`, newest first, as the client gives them. */
function page(from: number, to: number): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, at) => text(to - at));
}

const numbers = (window: HistoryWindow): readonly (number | undefined)[] => window.entries().map(({ entry }) => entry.number);

it("an own message keeps its key from writing until it is in the log, whatever comes first", () => {
  for (const isEventFirst of [true, false]) {
    const window = new HistoryWindow();
    window.reset(page(1, 3));
    const key = window.sending({ ...text(undefined, "sending 1", true), text: "text m" });
    const stored = text(undefined, "m", true);
    if (isEventFirst) window.take(stored, true);
    window.stored(key, stored);
    if (!isEventFirst) window.take(stored, true);
    expect(window.entries().map((one) => one.key)).toEqual([expect.anything(), expect.anything(), expect.anything(), key]);
    window.take(text(4, "m", true), true);
    expect(window.entries().at(-1)).toMatchObject({ key, entry: { number: 4 }, isSending: false });
    expect(window.entries()).toHaveLength(4);
  }
});

it("two messages with the same words are two messages", () => {
  const window = new HistoryWindow();
  window.reset([]);
  const keys = ["sending 1", "sending 2"].map((id) => window.sending({ ...text(undefined, id, true), text: "ok" }));
  window.take({ ...text(undefined, "m1", true), text: "ok" }, true);
  window.take({ ...text(undefined, "m2", true), text: "ok" }, true);
  expect(window.entries().map((one) => one.key)).toEqual(keys);
});

it("a message that could not be stored goes away", () => {
  const window = new HistoryWindow();
  window.reset(page(1, 1));
  window.drop(window.sending(text(undefined, "x", true)));
  expect(numbers(window)).toEqual([1]);
});

it("pages above and below keep the window small and without gaps", () => {
  const window = new HistoryWindow();
  window.reset(page(10_000 - PAGE + 1, 10_000));
  for (let turn = 0; turn < 10; turn++) {
    const before = window.oldest ?? 0;
    window.prepend(page(before - PAGE, before - 1));
  }
  expect(window.entries()).toHaveLength(WINDOW);
  expect(window.isAtEnd).toBe(false);
  const newest = window.newest ?? 0;
  window.append(page(newest + 1, newest + PAGE), false);
  const shown = numbers(window).map((number) => number ?? 0);
  expect(shown).toHaveLength(WINDOW);
  expect(shown.every((number, at) => at === 0 || number === (shown[at - 1] ?? 0) + 1)).toBe(true);
});

it("what comes while somebody reads far above is not put below a gap", () => {
  const window = new HistoryWindow();
  window.reset(page(1_000, 1_000 + PAGE));
  for (let turn = 0; turn < 4; turn++) window.prepend(page((window.oldest ?? 0) - PAGE, (window.oldest ?? 0) - 1));
  const newest = window.newest;
  window.take(text(1_000 + PAGE + 1), false);
  expect(window.newest).toBe(newest);
  window.reset(page(1_002, 1_000 + PAGE + 1));
  expect([window.isAtEnd, window.newest]).toEqual([true, 1_000 + PAGE + 1]);
});
