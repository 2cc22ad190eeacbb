// Messages that go after a while: agreed by all, kept by every device, gone from everywhere.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquaintedPair, conversationOf, heard, idOf, type Person, say, type World } from "./support/world.ts";

const MINUTE_S = 60;

let world: World;
let ana: Person;
let ben: Person;

beforeEach(async () => {
  ({ world, ana, ben } = await acquaintedPair());
});
afterEach(() => world.close(ana, ben));

async function texts(person: Person): Promise<readonly string[]> {
  const entries = await person.client.conversations.history(conversationOf(person)?.id ?? "");
  return entries.flatMap((entry) => (entry.kind === "text" ? [entry.text] : [])).reverse();
}

async function found(person: Person, words: string): Promise<number> {
  return (await person.client.search.find({ words })).total;
}

async function agree(person: Person, afterS: number): Promise<void> {
  await person.client.conversations.setDisappearing(conversationOf(person)?.id ?? "", afterS);
  const isAgreed = (one: Person): boolean => conversationOf(one)?.disappearAfterS === afterS;
  await world.until("both know", () => isAgreed(ana) && isAgreed(ben));
}

async function said(by: Person, to: Person, text: string): Promise<void> {
  await say(by, text);
  await world.until(`${text} came`, () => heard(to).includes(text));
}

/** Everything of a vault that its key opens, as one text. */
async function everything({ name, disk }: Person): Promise<string> {
  const { core, tasks } = await world.inside(name, disk);
  const { vault } = core.deps;
  const thread = core.tables.threads.all()[0];
  const parts: Uint8Array[] = [];
  for (const collection of [`history/${thread?.id}`, `files/${thread?.id}`])
    parts.push(...(await vault.readPage(collection, { limit: 1_000 })).map(({ bytes }) => bytes));
  for (const block of [0, 1]) parts.push((await vault.get("search", `block/${block}`)) ?? new Uint8Array(0));
  await tasks.close();
  return [JSON.stringify(core.tables.threads.all()), ...parts.map((bytes) => new TextDecoder().decode(bytes))].join("\n");
}

describe("disappearing messages", () => {
  it("go on both sides when their time is over, from history, list, count and search; earlier ones stay", async () => {
    await said(ben, ana, "this stays");
    await agree(ben, MINUTE_S);
    await said(ben, ana, "a canary that goes");
    await said(ana, ben, "another canary");
    expect(conversationOf(ana)).toMatchObject({ last: { text: "another canary" }, unread: 2 });
    expect(await found(ana, "canary")).toBe(2);
    await world.pass(MINUTE_S * 1_000);
    for (const person of [ana, ben]) {
      expect(await texts(person)).toEqual(["this stays"]);
      expect(await found(person, "canary")).toBe(0);
      expect(await found(person, "stays")).toBe(1);
      expect(person.events).toContainEqual(expect.objectContaining({ kind: "erased" }));
      expect(conversationOf(person)?.last).toMatchObject({ kind: "event", event: { what: "disappearing", afterS: MINUTE_S } });
    }
    expect(conversationOf(ana)?.unread).toBe(1);
    await world.pass(6_000);
    await world.close(ana, ben);
    for (const person of [ana, ben]) {
      const stored = await everything(person);
      expect(stored).toContain("this stays");
      expect(stored).not.toContain("canary");
    }
  });

  it("go from a device that was off before anything is shown, and never come to one that was away", async () => {
    await agree(ana, MINUTE_S);
    await said(ana, ben, "seen in time");
    await ben.client.close();
    await say(ana, "never seen");
    await world.pass(2 * MINUTE_S * 1_000);
    const again = await world.again("Ben", ben.disk);
    expect(conversationOf(again)).toMatchObject({ unread: 0 });
    expect(conversationOf(again)?.last).toMatchObject({ kind: "event" });
    await world.until("all is read", () => conversationOf(again)?.isCaughtUp === true);
    expect(await texts(again)).toEqual([]);
    expect(heard(again)).toEqual([]);
    await agree2(again, 0);
    await said(again, ana, "and these stay");
    await world.pass(2 * MINUTE_S * 1_000);
    expect(await texts(ana)).toEqual(["and these stay"]);
    await world.close(again);
  });

  async function agree2(again: Person, afterS: number): Promise<void> {
    await again.client.conversations.setDisappearing(conversationOf(again)?.id ?? "", afterS);
    await world.until("ana knows", () => conversationOf(ana)?.disappearAfterS === afterS);
  }

  it("keep their own time when the time is changed, whichever was agreed first", async () => {
    await agree(ana, 10 * MINUTE_S);
    await said(ana, ben, "ten minutes");
    await agree(ben, MINUTE_S);
    await said(ana, ben, "one minute");
    await world.pass(MINUTE_S * 1_000);
    expect(await texts(ben)).toEqual(["ten minutes"]);
    await world.pass(10 * MINUTE_S * 1_000);
    expect(await texts(ben)).toEqual([]);
  });

  it("take files with them: picture, key, what was fetched halfway, and what the node holds", async () => {
    await agree(ana, 10 * MINUTE_S);
    world.disk("Ana").sources.set("one", { bytes: new Uint8Array(200_000).fill(7), version: "1" });
    const id = conversationOf(ana)?.id ?? "";
    await ana.client.files.send(id, {
      ref: "one",
      name: "canary.txt",
      type: "text/plain",
      thumbnail: new Uint8Array(64).fill(9),
    });
    const isThere = (): boolean => conversationOf(ben)?.last?.kind === "file";
    await world.until("the file came", isThere, 60_000);
    const [file] = await ben.client.files.list(conversationOf(ben)?.id ?? "");
    expect(file?.file.name).toBe("canary.txt");
    expect((await world.blobs.usage()).blobs).toBe(1);
    await world.pass(11 * MINUTE_S * 1_000);
    for (const person of [ana, ben]) {
      expect(await person.client.files.list(conversationOf(person)?.id ?? "")).toEqual([]);
      expect(await found(person, "canary")).toBe(0);
    }
    expect(await ana.client.files.transfers()).toEqual([]);
    const gone = ben.client.files.download(id, { id: file?.id ?? "", author: idOf(ana) }, "copy");
    await expect(gone).rejects.toMatchObject({ code: "message/unknown" });
    expect((await world.blobs.usage()).blobs).toBe(0);
  });

  it("are between thirty seconds and four weeks", async () => {
    const id = conversationOf(ana)?.id ?? "";
    for (const afterS of [-1, 1, 29, 30.5, 28 * 86_400 + 1, Number.NaN])
      await expect(ana.client.conversations.setDisappearing(id, afterS)).rejects.toMatchObject({
        code: "conversation/badDuration",
      });
  });
});
