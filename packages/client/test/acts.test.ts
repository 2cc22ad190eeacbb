// What acts on a message come to, without a network: a pure function of which acts there are.
import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { ActContent } from "@p2pcrypt/content";
import type { IdentityId } from "@p2pcrypt/session";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Act, acted, actedByAll, shown } from "../src/conversation/acts.ts";
import type { MarkedMessage } from "../src/store/entry-rows.ts";

const ANA = "a".repeat(64) as IdentityId;
const BEN = "b".repeat(64) as IdentityId;
const CARO = "c".repeat(64) as IdentityId;
const PEOPLE = [ANA, BEN, CARO];

const MESSAGE: MarkedMessage = {
  kind: "text",
  conversationId: "c",
  number: 3,
  atMs: 1_000,
  id: idOf(0),
  author: ANA,
  authorName: "Ana",
  isOwn: false,
  text: "first",
  sentAtMs: 900,
  wasVerified: false,
};

function idOf(n: number): string {
  return encodeBase64Url(new Uint8Array(16).fill(n));
}

type Part = ActContent extends infer One ? (One extends ActContent ? Omit<One, "id" | "sentAtMs"> : never) : never;

function actOf(author: IdentityId, id: number, part: Part): Act {
  const content = { ...part, id: idOf(id), sentAtMs: 0 } as ActContent;
  return { content, author, authorName: author.slice(0, 1), isOwn: author === BEN, atMs: 2_000 };
}

const about = { target: MESSAGE.id, targetAuthor: "" };
const react = (author: IdentityId, id: number, revision: number, emoji?: string): Act =>
  actOf(author, id, { kind: "reaction", ...about, revision, ...(emoji === undefined ? {} : { emoji }) });
const edit = (id: number, revision: number, text: string): Act =>
  actOf(ANA, id, { kind: "edit", target: MESSAGE.id, revision, text });
const pin = (author: IdentityId, id: number): Act => actOf(author, id, { kind: "pin", ...about });
const unpin = (author: IdentityId, id: number, ...pins: number[]): Act =>
  actOf(author, id, { kind: "unpin", ...about, pins: pins.map(idOf) });
const remove = (id: number): Act => actOf(ANA, id, { kind: "delete", target: MESSAGE.id });

describe("acts on a message", () => {
  it("end the same whatever order they arrive in, and however often each of them does", () => {
    const act = fc.oneof(
      fc
        .record({
          author: fc.constantFrom(...PEOPLE),
          id: fc.integer({ min: 1, max: 60 }),
          revision: fc.integer({ min: 1, max: 4 }),
          emoji: fc.option(fc.constantFrom("👍", "❤️"), { nil: undefined }),
        })
        .map(({ author, id, revision, emoji }) => react(author, id, revision, emoji)),
      fc
        .record({ id: fc.integer({ min: 61, max: 90 }), revision: fc.integer({ min: 1, max: 4 }) })
        .map(({ id, revision }) => edit(id, revision, `text ${id}`)),
      fc
        .record({ author: fc.constantFrom(...PEOPLE), id: fc.integer({ min: 91, max: 96 }) })
        .map(({ author, id }) => pin(author, id)),
      fc
        .record({
          author: fc.constantFrom(...PEOPLE),
          id: fc.integer({ min: 120, max: 140 }),
          taken: fc.integer({ min: 91, max: 96 }),
        })
        .map(({ author, id, taken }) => unpin(author, id, taken)),
    );
    // One id is one content: a second one of the same author would be dropped before it comes here.
    const acts = fc.uniqueArray(act, { maxLength: 40, selector: ({ author, content }) => `${author} ${content.id}` });
    const runs = acts.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.subarray(all),
        fc.option(fc.constant(remove(200)), { nil: undefined }),
      ),
    );
    fc.assert(
      fc.property(runs, ([all, shuffled, again, end]) => {
        const last = end === undefined ? [] : [end];
        const one = actedByAll(MESSAGE, [...all, ...last]);
        const other = actedByAll(MESSAGE, [...last, ...shuffled, ...again]);
        expect(comparable(other)).toEqual(comparable(one));
      }),
    );
  });

  it("leave the object as it is when they change nothing", () => {
    const reacted = acted(MESSAGE, react(BEN, 1, 2, "👍")) as MarkedMessage;
    expect(acted(reacted, react(BEN, 1, 2, "👍"))).toBe(reacted);
    expect(acted(reacted, react(BEN, 2, 1, "❤️"))).toBe(reacted);
  });

  it("give each member one reaction, which can be changed and taken back", () => {
    const both = actedByAll(MESSAGE, [react(BEN, 1, 1, "👍"), react(CARO, 2, 1, "👍"), react(BEN, 3, 2, "❤️")]);
    expect(reactionsOf(both)).toEqual(["b ❤️ own", "c 👍"]);
    expect(reactionsOf(actedByAll(both as MarkedMessage, [react(BEN, 4, 3)]))).toEqual(["c 👍"]);
  });

  it("keep the first text and the twenty newest", () => {
    const edits = Array.from({ length: 30 }, (_, i) => edit(i + 1, i + 1, `text ${i + 1}`));
    const after = actedByAll(MESSAGE, edits) as MarkedMessage;
    expect(after).toMatchObject({ text: "text 30", editedAtMs: 2_000, marks: { original: { text: "first", atMs: 1_000 } } });
    expect(after.marks?.edits?.map(({ text }) => text)).toEqual(
      edits.slice(10).map(({ content }) => (content as { text: string }).text),
    );
  });

  it("do not edit what is no text", () => {
    const file: MarkedMessage = {
      kind: "file",
      conversationId: "c",
      number: 3,
      atMs: 1,
      id: MESSAGE.id,
      author: ANA,
      authorName: "Ana",
      isOwn: false,
      sentAtMs: 1,
      wasVerified: false,
      file: { name: "a", type: "", bytes: 1, expiresMs: 1 },
    };
    expect(acted(file, edit(1, 1, "other"))).toBe(file);
  });

  it("leave nothing of a deleted message, and nothing after it counts", () => {
    const gone = actedByAll(MESSAGE, [
      edit(1, 1, "second"),
      react(BEN, 2, 1, "👍"),
      pin(CARO, 3),
      remove(4),
      edit(5, 9, "again"),
    ]);
    expect(gone).toEqual({
      kind: "deleted",
      conversationId: "c",
      number: 3,
      atMs: 1_000,
      id: MESSAGE.id,
      author: ANA,
      authorName: "Ana",
      isOwn: false,
    });
  });

  it("let a pin that was on its way outlive an unpin that did not name it", () => {
    const after = actedByAll(MESSAGE, [pin(BEN, 91), unpin(CARO, 120, 91), pin(CARO, 92)]);
    expect(shown(after)).toMatchObject({ isPinned: true });
    expect(shown(actedByAll(after as MarkedMessage, [unpin(ANA, 121, 92)]))).not.toHaveProperty("isPinned");
  });
});

function reactionsOf(entry: ReturnType<typeof actedByAll>): readonly string[] {
  const told = shown(entry);
  const reactions = told.kind === "text" ? (told.reactions ?? []) : [];
  return reactions.map(({ authorName, emoji, isOwn }) => `${authorName} ${emoji}${isOwn ? " own" : ""}`);
}

/** What decides; in which order members reacted first is as they came. */
function comparable(entry: ReturnType<typeof actedByAll>): unknown {
  if (entry.kind === "deleted") return entry;
  const { reactions = [], pins = [], unpinned = [], ...marks } = entry.marks ?? {};
  return {
    ...entry,
    marks: {
      ...marks,
      reactions: [...reactions].sort((a, b) => a.author.localeCompare(b.author)),
      pins: [...pins].sort(),
      unpinned: [...unpinned].sort(),
    },
  };
}
