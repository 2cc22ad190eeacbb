// Looking for messages over everything, while people talk, on real vaults.
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SearchQuery } from "../src/index.ts";
import { acquaintedPair, conversationOf, idOf, type Person, say, type World } from "./support/world.ts";

let world: World;
let ana: Person;
let ben: Person;

beforeAll(async () => {
  ({ world, ana, ben } = await acquaintedPair());
  for (const text of ["Tea at the café on Friday?", "The teapot broke", "شاي في المقهى", "明日東京で会おう", "A steady hand"]) {
    await say(ben, text);
    await world.until("it is there", () => conversationOf(ana)?.last?.kind === "text" && lastText(ana) === text);
  }
  await world.pass(1_000);
  await say(ana, "TEA it is");
  await world.until("it is there, too", () => lastText(ben) === "TEA it is");
});
afterAll(() => world.close(ana, ben));

function lastText(person: Person): string {
  const last = conversationOf(person)?.last;
  return last?.kind === "text" ? last.text : "";
}

async function texts(person: Person, query: SearchQuery): Promise<readonly string[]> {
  const { hits } = await person.client.search.find(query);
  return hits.flatMap(({ entry }) => (entry.kind === "text" ? [entry.text] : []));
}

describe("search", () => {
  it("finds whole words first, then beginnings, then parts, the newest first, without case and accents", async () => {
    expect(await texts(ana, { words: "tea" })).toEqual([
      "TEA it is",
      "Tea at the café on Friday?",
      "The teapot broke",
      "A steady hand",
    ]);
    expect(await texts(ana, { words: "CAFE tea" })).toEqual(["Tea at the café on Friday?"]);
    expect(await texts(ana, { words: '"at the cafe"' })).toHaveLength(1);
    expect(await texts(ana, { words: "مقهي" })).toEqual(["شاي في المقهى"]);
    expect(await texts(ana, { words: "東京" })).toEqual(["明日東京で会おう"]);
    expect(await texts(ana, { words: "coffee" })).toEqual([]);
  });

  it("keeps to a person, a conversation, a time and a kind, and answers in parts", async () => {
    expect(await texts(ana, { words: "tea", from: idOf(ana) })).toEqual(["TEA it is"]);
    expect(await texts(ana, { words: "tea", from: idOf(ben), in: conversationOf(ana)?.id ?? "" })).toHaveLength(3);
    expect(await texts(ana, { words: "tea", in: "0".repeat(32) })).toEqual([]);
    const [newest] = (await ana.client.search.find({ words: "tea" })).hits;
    const atMs = newest?.entry.atMs ?? 0;
    expect(await texts(ana, { words: "tea", beforeMs: atMs })).not.toContain("TEA it is");
    expect(await texts(ana, { words: "", afterMs: atMs })).toContain("TEA it is");
    expect(await texts(ana, { words: "tea", kind: "file" })).toEqual([]);
    const second = await ana.client.search.find({ words: "tea", limit: 1, skip: 1 });
    expect(second).toMatchObject({
      total: 4,
      isComplete: true,
      hits: [{ excerpt: "Tea at the café on Friday?", marks: [[0, 3]] }],
    });
  });

  it("opens the place: a hit says which entry it is", async () => {
    const [hit] = (await ana.client.search.find({ words: "teapot" })).hits;
    const { conversationId = "", number = 0 } = hit?.entry ?? {};
    const [entry] = await ana.client.conversations.history(conversationId, { before: number + 1, limit: 1 });
    expect(entry).toMatchObject({ text: "The teapot broke" });
  });

  it("W4: what is stored of it is sealed, and a new process goes on from it", async () => {
    await world.pass(6_000);
    const stored = await ben.disk.range({ from: new Uint8Array(0), to: Uint8Array.of(0xff), limit: 10_000 });
    for (const { key, value } of stored) {
      const bytes = Buffer.concat([key, value]).toString("latin1").toLowerCase();
      for (const word of ["teapot", "search", "steady"]) expect(bytes).not.toContain(word);
    }
    await ben.client.close();
    const copy = new MemoryVaultStore();
    await copy.apply(stored.map(({ key, value }) => ({ key, value })));
    const again = await world.again("Ben", copy);
    expect(await texts(again, { words: "tea" })).toHaveLength(4);
    await world.close(again);
  });
});
