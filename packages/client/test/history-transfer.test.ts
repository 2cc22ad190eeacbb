// What was said, given to a new device: how far back its person chose, also when a process ends in the middle.
import { ByteWriter, encodeBase64Url } from "@p2pcrypt/bytes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendEntry } from "../src/conversation/thread.ts";
import type { Entry, HistoryChoice, HistorySnapshot, TextEntry } from "../src/index.ts";
import { acquaintedPair, conversationOf, faults, heard, idOf, type Person, say, type World } from "./support/world.ts";

const DAY_MS = 86_400_000;

let world: World;
let ana: Person;
let ben: Person;

beforeEach(async () => {
  ({ world, ana, ben } = await acquaintedPair());
});
afterEach(() => world.close(ana));

async function said(by: Person, to: Person, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await say(by, text);
  await world.until("all came", () => texts.every((text) => heard(to).includes(text)));
}

const placeOf = (person: Person): string => conversationOf(person)?.id ?? "";

/** As if Ana had said it then: in Ben's vault alone. */
async function remembered(texts: readonly string[], atMs: number): Promise<void> {
  const threadId = placeOf(ben);
  await ben.client.close();
  const { core, tasks } = await world.inside("Ben", ben.disk);
  await core.ledger.transact(async (tx) => {
    const author = idOf(ana);
    const about = { author, authorName: "Ana", isOwn: false, wasVerified: false, sentAtMs: atMs, atMs };
    for (const [at, text] of texts.entries())
      await appendEntry(tx, core.tables.threads, threadId, { kind: "text", id: contentId(atMs, at), text, ...about });
  });
  await tasks.close();
  await benAgain();
}

async function benAgain(): Promise<void> {
  ben = await world.again("Ben", ben.disk);
  await world.until("connected", () => ben.client.nodes().every(({ state }) => state.kind === "connected"));
}

function contentId(atMs: number, at: number): string {
  return encodeBase64Url(new ByteWriter().u64(atMs).u64(at).finish());
}

async function entries(person: Person): Promise<readonly Entry[]> {
  return [...(await person.client.conversations.history(placeOf(person), { limit: 1_000 }))].reverse();
}

async function texts(person: Person): Promise<readonly string[]> {
  return (await entries(person)).flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
}

async function textEntry(person: Person, text: string): Promise<TextEntry | undefined> {
  const all = await entries(person);
  return all.flatMap((entry) => (entry.kind === "text" && entry.text === text ? [entry] : []))[0];
}

async function linked(history: HistoryChoice): Promise<Person> {
  const { code } = await ben.client.devices.startLinking("link", { history });
  const { person } = await world.linking("Phone", code, async () => true);
  await world.until("compared", () => ben.client.devices.linking()?.state === "compare");
  await ben.client.devices.confirmLinking(true);
  return person;
}

const historyOf = ({ client }: Person): HistorySnapshot | undefined => client.devices.histories()[0];
const isThere = (person: Person): boolean => historyOf(person)?.state === "done";
const isIn = (person: Person): boolean => conversationOf(person)?.state === "active";

describe("history for a new device", () => {
  it("is all there, in order, with files, pins, stars and what was read, and is found; both sides see how far it is", async () => {
    const many = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    await remembered(many, world.time.nowMs() - 400 * DAY_MS);
    await said(ben, ana, "my answer");
    const { sources } = world.disk("Ana");
    sources.set("plan", { bytes: new Uint8Array(5_000).fill(7), version: "1" });
    await ana.client.files.send(placeOf(ana), { ref: "plan", name: "plan.pdf" });
    await world.until("a file", () => conversationOf(ben)?.last?.kind === "file");
    const [star, pinned, gone] = await Promise.all(["message 7", "my answer", "message 8"].map((text) => textEntry(ben, text)));
    if (star === undefined || pinned === undefined || gone === undefined) throw new Error("one of them is missing");
    await ben.client.messages.star(placeOf(ben), star, true);
    await ben.client.messages.deleteForMe(placeOf(ben), gone);
    await ben.client.messages.pin(placeOf(ben), pinned);
    await world.until("pinned", () => (conversationOf(ana)?.pinned ?? []).length === 1);
    await ben.client.conversations.markRead(placeOf(ben));
    const phone = await linked("all");
    await said(ana, ben, "in between");
    await world.until("taken in", () => isIn(phone), 60_000);
    await said(ana, phone, "while it comes");
    await world.until("there", () => isThere(phone) && isThere(ben), 60_000);
    const before = await texts(ben);
    expect(before).toEqual([...many.filter((text) => text !== gone.text), "my answer", "in between", "while it comes"]);
    expect(await texts(phone)).toEqual(before);
    expect(conversationOf(phone)).toMatchObject({ unread: 2, last: { text: "while it comes" } });
    expect(await phone.client.messages.starred()).toMatchObject([{ id: star.id }]);
    expect(conversationOf(phone)?.pinned).toMatchObject([{ id: pinned.id }]);
    expect((await phone.client.search.find({ words: "message 17" })).hits[0]?.entry).toMatchObject({ text: "message 17" });
    const [file] = await phone.client.files.list(placeOf(phone));
    if (file === undefined) throw new Error("the file is missing");
    await phone.client.files.download(placeOf(phone), file, "plan here");
    await world.until("fetched", () => world.disk("Phone").sinks.get("plan here")?.length === 5_000);
    const { entries: all = 0 } = historyOf(ben) ?? {};
    expect(historyOf(ben)).toMatchObject({ direction: "giving", deviceName: "Phone", sent: all, stored: all, missing: 0 });
    expect(historyOf(phone)).toMatchObject({ direction: "taking", entries: all, sent: all, stored: all, missing: 0 });
    expect([...faults(ana), ...faults(ben), ...faults(phone)]).toEqual([]);
    await world.close(ben, phone);
  });

  it("a star that is set or taken away while its message is on its way is there with it", async () => {
    await remembered(["starred later", "not any more"], world.time.nowMs() - DAY_MS);
    const [later, before] = await Promise.all(["starred later", "not any more"].map((text) => textEntry(ben, text)));
    if (later === undefined || before === undefined) throw new Error("one of them is missing");
    await ben.client.messages.star(placeOf(ben), before, true);
    const disk = world.disk("Phone");
    disk.network = (method) => {
      if (method === "GET") throw new TypeError("the line is cut");
      return undefined;
    };
    const phone = await linked("all");
    await world.until("given", () => historyOf(ben)?.sent === historyOf(ben)?.entries, 60_000);
    await ben.client.messages.star(placeOf(ben), later, true);
    await ben.client.messages.star(placeOf(ben), before, false);
    await ben.client.account.updateSettings({ sendsTyping: false });
    await world.until("followed", () => !phone.client.account.snapshot().settings.sendsTyping, 60_000);
    disk.network = undefined;
    await world.until("there", () => isThere(phone), 60_000);
    expect(await phone.client.messages.starred()).toMatchObject([{ id: later.id }]);
    expect((await textEntry(phone, "not any more"))?.isStarred).toBeUndefined();
    await world.close(ben, phone);
  });

  it("goes back 30 days, or is nothing, as the person chose", async () => {
    await remembered(["long ago"], world.time.nowMs() - 31 * DAY_MS);
    await remembered(["of this month"], world.time.nowMs() - 29 * DAY_MS);
    const phone = await linked("month");
    await world.until("there", () => isThere(phone), 60_000);
    expect(await texts(phone)).toEqual(["of this month"]);
    await phone.client.close();
    const other = await linked("none");
    await world.until("taken in", () => isIn(other), 60_000);
    expect([await texts(other), other.client.devices.histories()]).toEqual([[], []]);
    await world.close(ben, other);
  });

  it("what is deleted or due to disappear while it is on its way stays so", async () => {
    await ben.client.conversations.setDisappearing(placeOf(ben), 3_600);
    await world.until("agreed", () => conversationOf(ana)?.disappearAfterS === 3_600);
    await said(ana, ben, "for an hour", "taken back");
    const phone = await linked("all");
    await world.until("sent", () => (historyOf(ben)?.sent ?? 0) > 0, 60_000);
    const { id: back = "" } = (await textEntry(ana, "taken back")) ?? {};
    await ana.client.messages.deleteForEveryone(placeOf(ana), back);
    await world.until("deleted", () =>
      ben.events.some((event) => event.kind === "entryChanged" && event.entry.kind === "deleted"),
    );
    await world.until("there", () => isThere(phone), 60_000);
    await world.until("deleted too", () => phone.client.conversations.get(placeOf(phone))?.isCaughtUp === true);
    expect(await texts(phone)).toEqual(["for an hour"]);
    const hour = (await entries(phone)).find((entry) => entry.kind === "text");
    expect(hour?.disappearsAtMs).toBe((hour?.atMs ?? 0) + 3_600_000);
    await world.pass(3_700_000);
    expect(await texts(phone)).toEqual([]);
    expect((await phone.client.search.find({ words: "hour" })).total).toBe(0);
    await world.close(ben, phone);
  });

  it("goes on when either process ends in the middle, and nothing is there twice", async () => {
    const long = Array.from({ length: 40 }, (_, i) => `${i} ${"x".repeat(60_000)}`);
    await remembered(long, world.time.nowMs() - DAY_MS);
    const [old, fresh] = [world.disk("Ben"), world.disk("Phone")];
    const broken = (disk: typeof old, method: string, at: number): (() => boolean) => {
      let [count, isBroken] = [0, false];
      disk.network = (asked) => {
        if (asked === method) count += 1;
        isBroken ||= count >= at;
        if (isBroken) throw new TypeError("the network is gone");
        return undefined;
      };
      return () => isBroken;
    };
    const isOldCut = broken(old, "PATCH", 2);
    const isFreshCut = broken(fresh, "GET", 2);
    let phone = await linked("all");
    await world.until("cut", isOldCut, 60_000);
    await ben.client.close();
    old.network = undefined;
    await benAgain();
    await world.until("cut there", isFreshCut, 60_000);
    await phone.client.close();
    fresh.network = undefined;
    phone = await world.again("Phone", phone.disk);
    await world.until("there", () => isThere(phone) && isThere(ben), 60_000);
    expect(await texts(phone)).toEqual(long);
    expect((await world.blobs.usage()).blobs).toBe(0);
    expect([...faults(ben), ...faults(phone)]).toEqual([]);
    await world.close(ben, phone);
  });

  it("says how much came to nothing when a node spoils what it holds", async () => {
    await remembered(["one", "two"], world.time.nowMs() - DAY_MS);
    world.disk("Phone").network = () => {
      throw new TypeError("the network is gone");
    };
    const phone = await linked("all");
    await world.until("sent", () => historyOf(phone)?.sent === historyOf(phone)?.entries, 60_000);
    await world.spoilBlobs((bytes) => bytes.fill(0, 100, 200));
    world.disk("Phone").network = undefined;
    await world.until("over", () => isThere(phone), 60_000);
    const { entries: all } = historyOf(phone) ?? {};
    expect(historyOf(phone)).toMatchObject({ stored: 0, missing: all });
    expect(await texts(phone)).toEqual([]);
    expect(faults(phone)).toMatchObject([{ where: "history" }]);
    await world.close(ben, phone);
  });
});
