// View models over the real SDK, on disks in memory and time that passes when told to.
import { expect, it } from "vitest";
import { founded, groupIdOf } from "../../../packages/client/test/support/group-world.ts";
import { contactOf, conversationOf, idOf, linkOf, type Person, say, World } from "../../../packages/client/test/support/world.ts";
import { Compare } from "../src/model/compare.ts";
import { MessageSearch } from "../src/model/message-search.ts";
import type { Later } from "../src/model/model.ts";
import { Nodes } from "../src/model/nodes.ts";
import { type NotifierDeps, startNotifying } from "../src/model/notifier.ts";
import { Offers } from "../src/model/offers.ts";
import { Roster } from "../src/model/roster.ts";
import { Thread } from "../src/model/thread.ts";
import { en } from "../src/words/en.ts";
import { createWords } from "../src/words/words.ts";

const soon: Later = (run) => queueMicrotask(run);

async function acquainted(): Promise<{ readonly world: World; readonly ana: Person; readonly ben: Person }> {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  return { world, ana, ben };
}

function threadOf(world: World, person: Person): Thread {
  const id = conversationOf(person)?.id ?? "";
  return new Thread(id, { client: person.client, later: soon, nowMs: () => world.time.nowMs() });
}

const texts = (thread: Thread): readonly string[] =>
  thread.getSnapshot().entries.flatMap(({ entry }) => (entry.kind === "text" ? [entry.text] : []));

it("a message is shown before it is stored, keeps its key until it is in the log, and ends as read", async () => {
  const { world, ana, ben } = await acquainted();
  const [mine, theirs] = [threadOf(world, ana), threadOf(world, ben)];
  await world.until("loaded", () => mine.getSnapshot().isLoaded && theirs.getSnapshot().isLoaded);
  const sent = mine.send("hello");
  expect(texts(mine)).toEqual(["hello"]);
  const key = mine.getSnapshot().entries.at(-1)?.key;
  expect(mine.getSnapshot().entries.at(-1)).toMatchObject({ isSending: true });
  await sent;
  await world.until("arrived", () => texts(theirs).includes("hello"));
  theirs.inSight(true);
  await world.until(
    "read",
    () => {
      const last = mine.getSnapshot().entries.at(-1)?.entry;
      return last?.kind === "text" && last.state === "read";
    },
    60_000,
  );
  expect(mine.getSnapshot().entries.at(-1)?.key).toBe(key);
  mine.dispose();
  theirs.dispose();
  await world.close(ana, ben);
});

it("nothing counts as read while nobody looks, or while the end is out of sight", async () => {
  const { world, ana, ben } = await acquainted();
  const thread = threadOf(world, ana);
  await world.until("loaded", () => thread.getSnapshot().isLoaded);
  await say(ben, "one");
  await world.until("arrived", () => texts(thread).length === 1);
  await world.pass(1_000);
  expect(conversationOf(ana)?.unread).toBe(1);
  thread.inSight(true);
  await world.until("read", () => conversationOf(ana)?.unread === 0);
  thread.following(false);
  await say(ben, "two");
  await world.until("arrived", () => thread.getSnapshot().newBelow === 1);
  await world.pass(1_000);
  expect(conversationOf(ana)?.unread).toBe(1);
  thread.following(true);
  await world.until("read again", () => conversationOf(ana)?.unread === 0);
  thread.dispose();
  await world.close(ana, ben);
});

it("what cannot be sent goes away and is thrown, so that the words go back to the person", async () => {
  const { world, ana, ben } = await acquainted();
  const thread = threadOf(world, ana);
  await world.until("loaded", () => thread.getSnapshot().isLoaded);
  await ana.client.contacts.block(idOf(ben));
  await expect(thread.send("no")).rejects.toMatchObject({ code: "contact/blocked" });
  expect(texts(thread)).toEqual([]);
  thread.dispose();
  await world.close(ana, ben);
});

it("a message that waits can be taken back, and is gone from the screen", async () => {
  const { world, ana, ben } = await acquainted();
  const thread = threadOf(world, ana);
  await world.until("loaded", () => thread.getSnapshot().isLoaded);
  world.nodeDown();
  await thread.send("wait");
  const entry = thread.getSnapshot().entries.at(-1)?.entry;
  if (entry?.kind !== "text") throw new TypeError("no text");
  expect([entry.state, await thread.unsend(entry.id), texts(thread)]).toEqual(["queued", true, []]);
  thread.dispose();
  await world.close(ana, ben);
});

it("the list has requests apart, whom one waits for, and the newest first; a search ignores accents and case", async () => {
  const world = await World.create();
  const [ana, ben, jose] = [await world.person("Ana"), await world.person("Ben"), await world.person("José")];
  await world.published(ana, ben, jose);
  let selfName = "Note to self";
  const now = (): number => world.time.nowMs();
  const roster = new Roster(ana.client, soon, now, () => selfName);
  await ana.client.contacts.add(linkOf(jose), "hi");
  await ben.client.contacts.add(linkOf(ana), "hello");
  await world.until("asked", () => roster.getSnapshot().requests.length === 1);
  expect(roster.getSnapshot()).toMatchObject({
    requests: [{ name: "Ben" }],
    rows: [{ name: "José", mark: { kind: "unverified" } }],
  });
  await ana.client.contacts.accept(idOf(ben));
  await world.until("joined", () => conversationOf(ben)?.state === "active");
  await world.pass(60_000);
  await say(ben, "there you are");
  await world.until("unread", () => roster.getSnapshot().unread === 1);
  expect(roster.getSnapshot().rows.map(({ name }) => name)).toEqual(["Ben", "José"]);
  roster.search("JOSE");
  expect(roster.getSnapshot().rows.map(({ name }) => name)).toEqual(["José"]);
  await ana.client.conversations.noteToSelf();
  await world.until("there", () => roster.getSnapshot().total === 3);
  for (const [shown, words] of [
    ["Note to self", "NOTE"],
    ["ملاحظة لنفسي", "ملاحظة"],
  ] as const) {
    selfName = shown;
    roster.search(words);
    expect(roster.getSnapshot().rows.map(({ isSelf }) => isSelf)).toEqual([true]);
  }
  roster.dispose();
  await world.close(ana, ben, jose);
});

it("a short code that the other side begins is offered wherever one is, and both end verified", async () => {
  const { world, ana, ben } = await acquainted();
  const [mine, offers] = [new Compare(ana.client, idOf(ben)), new Offers(ben.client)];
  await mine.startShortCode();
  await world.until("offered", () => offers.getSnapshot().length === 1);
  const theirs = new Compare(ben.client, idOf(ana));
  expect(theirs.getSnapshot()).toMatchObject({ way: "short", shortCode: { state: "offered" } });
  await theirs.acceptShortCode();
  const codes = (): readonly (string | undefined)[] => [mine, theirs].map((one) => one.getSnapshot().shortCode?.code);
  await world.until("codes", () => codes().every((code) => code !== undefined));
  expect(offers.getSnapshot()).toEqual([]);
  expect(codes()[0]).toBe(codes()[1]);
  await mine.confirmShortCode(true);
  await theirs.confirmShortCode(true);
  await world.until("verified", () => [mine, theirs].every((one) => one.getSnapshot().contact?.trust.kind === "verified"));
  for (const model of [mine, theirs, offers]) model.dispose();
  await world.close(ana, ben);
});

it("one scan: shown here, scanned there, said to be them here, verified on both", async () => {
  const { world, ana, ben } = await acquainted();
  const [mine, theirs] = [new Compare(ana.client, idOf(ben)), new Compare(ben.client, idOf(ana))];
  await mine.showCode();
  await theirs.scanned(mine.getSnapshot().shown?.text ?? "");
  await world.until("scanned", () => mine.getSnapshot().scan?.state === "scanned");
  expect([mine.getSnapshot().shown, contactOf(ben, ana)?.trust.kind]).toEqual([undefined, "unverified"]);
  await mine.confirmScan(true);
  await world.until("verified", () => [mine, theirs].every((one) => one.getSnapshot().scan?.state === "verified"));
  mine.dispose();
  theirs.dispose();
  await world.close(ana, ben);
});

it("digits that differ are told and verify nothing", async () => {
  const { world, ana, ben } = await acquainted();
  const compare = new Compare(ana.client, idOf(ben));
  await world.until("digits", () => compare.getSnapshot().digits !== undefined);
  expect([await compare.check("1".repeat(60)), compare.getSnapshot().digitsDiffer]).toEqual([false, true]);
  await expect(compare.check("12")).rejects.toMatchObject({ code: "verification/malformedCode" });
  expect(contactOf(ana, ben)?.trust.kind).toBe("unverified");
  await compare.allSame();
  expect(compare.getSnapshot().contact?.trust.kind).toBe("verified");
  compare.dispose();
  await world.close(ana, ben);
});

it("a node that is away is told after a moment, counts down, and is told no longer when it is back", async () => {
  const { world, ana, ben } = await acquainted();
  const ticks = new Set<() => void>();
  const everySecond = (run: () => void): (() => void) => {
    ticks.add(run);
    return () => ticks.delete(run);
  };
  const nodes = new Nodes({ client: ana.client, nowMs: () => world.time.nowMs(), everySecond });
  expect([nodes.getSnapshot().unreachable, ticks.size]).toEqual([undefined, 0]);
  world.nodeDown();
  await world.until("noticed", () => ticks.size === 1);
  expect(nodes.getSnapshot().unreachable).toBeUndefined();
  await world.until("told", () => {
    for (const tick of ticks) tick();
    return nodes.getSnapshot().unreachable !== undefined;
  });
  expect(nodes.getSnapshot().unreachable?.url).toMatch(/^http/);
  world.nodeUp();
  nodes.retry();
  await world.until("back", () => nodes.getSnapshot().unreachable === undefined && ticks.size === 0, 60_000);
  nodes.dispose();
  await world.close(ana, ben);
});

it("a notice says no more than allowed, only of news, and only while nobody looks", async () => {
  const { world, ana, ben } = await acquainted();
  const notices: Parameters<NotifierDeps["notify"]>[0][] = [];
  let [notifications, isLookedAt]: ["off" | "hidden" | "shown", boolean] = ["hidden", false];
  const stop = startNotifying({
    client: ana.client,
    words: () => createWords("en", en),
    settings: () => ({ notifications }),
    isLookedAt: () => isLookedAt,
    nowMs: () => world.time.nowMs(),
    notify: (notice) => notices.push(notice),
  });
  await world.until("caught up", () => conversationOf(ana)?.isCaughtUp === true);
  const hear = async (text: string): Promise<void> => {
    const before = conversationOf(ana)?.unread ?? 0;
    await say(ben, text);
    await world.until(text, () => conversationOf(ana)?.unread === before + 1);
  };
  await hear("secret words");
  expect(JSON.stringify(notices)).not.toMatch(/secret|Ben/);
  expect(notices).toHaveLength(1);
  notifications = "shown";
  await hear("plain words");
  expect(notices.at(-1)).toMatchObject({ title: "Ben", body: "plain words" });
  isLookedAt = true;
  await hear("seen");
  [notifications, isLookedAt] = ["off", false];
  await hear("quiet");
  expect(notices).toHaveLength(2);
  // Muted: only what names her, and nothing when she asked for nothing.
  [notifications, isLookedAt] = ["shown", false];
  const id = conversationOf(ana)?.id ?? "";
  await ana.client.conversations.arrange(id, { mutedUntilMs: "always" });
  const call = async (): Promise<void> => {
    const before = conversationOf(ana)?.unread ?? 0;
    const named = { at: 0, length: 4, identityId: ana.client.account.snapshot().identityId };
    await ben.client.conversations.send(conversationOf(ben)?.id ?? "", "@Ana look", [named]);
    await world.until("called", () => conversationOf(ana)?.unread === before + 1);
  };
  await hear("murmur, @Ana");
  await call();
  expect(notices.slice(2)).toMatchObject([{ body: "@Ana look" }]);
  await ana.client.conversations.arrange(id, { notify: "nothing" });
  await call();
  expect(notices).toHaveLength(3);
  await ana.client.conversations.arrange(id, { mutedUntilMs: null, notify: "mentions" });
  await hear("loud, @Ana");
  await call();
  expect(notices).toHaveLength(4);
  stop();
  await world.close(ana, ben);
});

it("of several who type in a group the last one to begin is named, until that one has finished", async () => {
  const world = await World.create();
  const [ana, ben, carol] = [await world.person("Ana"), await world.person("Ben"), await world.person("Carol")];
  await founded(world, ana, ben, carol);
  const thread = new Thread(groupIdOf(ana), { client: ana.client, later: soon, nowMs: () => world.time.nowMs() });
  const typist = () => thread.getSnapshot().typist;
  const type = (one: Person, isTyping: boolean): void => one.client.conversations.setTyping(groupIdOf(one), isTyping);
  type(ben, true);
  await world.until("Ben types", () => typist() === idOf(ben));
  type(carol, true);
  await world.until("Carol types", () => typist() === idOf(carol));
  let hasBenEnded = false;
  ana.client.subscribe((event) => {
    hasBenEnded ||= event.kind === "typing" && event.identityId === idOf(ben) && !event.isTyping;
  });
  type(ben, false);
  await world.until("Ben has finished", () => hasBenEnded);
  expect(typist()).toBe(idOf(carol));
  type(carol, false);
  await world.until("nobody types", () => typist() === undefined);
  thread.dispose();
  await world.close(ana, ben, carol);
});

it("what is found grows as messages come", async () => {
  const { world, ana, ben } = await acquainted();
  const search = new MessageSearch(ana.client, { words: "harbour" });
  const found = (): readonly string[] =>
    (search.getSnapshot().hits ?? []).flatMap(({ entry }) => (entry.kind === "text" ? [entry.text] : []));
  await world.until("asked", () => search.getSnapshot().hits !== undefined);
  expect(found()).toEqual([]);
  for (const text of ["at the harbour", "nowhere", "Harbour again"]) await say(ben, text);
  await world.until("found", () => found().length === 2);
  expect([...found()].sort()).toEqual(["Harbour again", "at the harbour"]);
  search.dispose();
  await world.close(ana, ben);
});
