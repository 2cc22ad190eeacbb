// Two and three people who do things with each other's messages, and one whose program does what it may not.
import { decodeHex, encodeBase64Url, encodeHex, encodeUtf8 } from "@p2pcrypt/bytes";
import { type Entry, type MessageRef, mentionsIn, pieces, type TextEntry } from "@p2pcrypt/client";
import type { IdentityId } from "@p2pcrypt/session";
import { expect, it, vi } from "vitest";
import { founded, groupIdOf, groupOf, sayIn } from "./support/group-world.ts";
import { conversationOf, faults, heard, idOf, type Person, say, World } from "./support/world.ts";

// A text that starts with "raw:" is sealed as it stands: a member whose program does not keep to the rules.
vi.mock("@p2pcrypt/content", async (original) => {
  const content = await original<typeof import("@p2pcrypt/content")>();
  const encodeContent: typeof content.encodeContent = (one) =>
    one.kind === "text" && one.text.startsWith("raw:") ? encodeUtf8(one.text.slice(4)) : content.encodeContent(one);
  return { ...content, encodeContent };
});

const field = (person: Person): string => encodeBase64Url(decodeHex(idOf(person)));
const contentId = (n: number): string => encodeBase64Url(new Uint8Array(16).fill(n));
const raw = (id: number, fields: Record<string, unknown>): string =>
  `raw:${JSON.stringify({ v: 1, id: contentId(id), sentAtMs: 1, ...fields })}`;

function place(person: Person): string {
  return conversationOf(person)?.id ?? "";
}

async function historyIn(person: Person, id = place(person)): Promise<readonly Entry[]> {
  return [...(await person.client.conversations.history(id, { limit: 100 }))].reverse();
}

/** What is shown, in a few words. */
async function seen(person: Person, id = place(person)): Promise<readonly string[]> {
  return (await historyIn(person, id)).flatMap((entry) => {
    if (entry.kind === "deleted") return ["(deleted)"];
    if (entry.kind !== "text") return [];
    const reactions = (entry.reactions ?? []).map(({ emoji, authorName }) => ` ${authorName} ${emoji}`).join("");
    const reply = entry.replyTo === undefined ? "" : ` > ${entry.replyTo.what} ${entry.replyTo.excerpt ?? ""}`;
    return [
      `${entry.text}${reactions}${reply}${entry.editedAtMs === undefined ? "" : " (edited)"}${entry.isPinned === true ? " (pinned)" : ""}`,
    ];
  });
}

async function message(person: Person, text: string, id = place(person)): Promise<TextEntry> {
  const found = (await historyIn(person, id)).find((entry) => entry.kind === "text" && entry.text === text);
  if (found?.kind !== "text") throw new RangeError(`no message "${text}"`);
  return found;
}

async function refOf(person: Person, text: string, id = place(person)): Promise<MessageRef> {
  const { id: messageId, author } = await message(person, text, id);
  return { id: messageId, author };
}

/** Everything that anybody wanted to say is in everybody's history. */
async function quiet(world: World, ...people: readonly Person[]): Promise<void> {
  let mark = 0;
  for (const person of people) {
    mark += 1;
    const [first] = person.client.conversations.list().filter(({ kind }) => people.length === 2 || kind === "group");
    await person.client.conversations.send(first?.id ?? "", `mark ${mark}`);
  }
  const isThere = async (): Promise<boolean> => {
    for (const person of people) {
      const id = people.length === 2 ? place(person) : groupIdOf(person);
      const marks = (await historyIn(person, id)).filter((entry) => entry.kind === "text" && entry.text.startsWith("mark"));
      if (marks.length < mark || marks.some(({ number }) => number === undefined)) return false;
    }
    return true;
  };
  let isQuiet = false;
  const look = async (): Promise<void> => {
    while (!isQuiet) isQuiet = await isThere();
  };
  await Promise.all([look(), world.until("quiet", () => isQuiet)]);
}

it("answers, reactions, edits and pins are seen by both, and acts of one's own at once", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await say(ben, "dinner at seven?");
  await world.until("arrived", () => heard(ana).length === 1);
  world.nodeDown();
  await world.until("noticed", () => ana.client.nodes().every(({ state }) => state.kind !== "connected"));
  const asked = await refOf(ana, "dinner at seven?");
  const { messages } = ana.client;
  await messages.react(place(ana), asked, "👍");
  await messages.react(place(ana), asked, "❤️");
  const answer = await messages.reply(place(ana), asked, "yes");
  await messages.edit(place(ana), answer.id, "yes, gladly");
  await messages.pin(place(ana), asked);
  const shownAtOnce = ["dinner at seven? Ana ❤️ (pinned)", "yes, gladly > text dinner at seven?"];
  expect(await seen(ana)).toEqual(shownAtOnce);
  world.nodeUp();
  await world.until("arrived at Ben", () => conversationOf(ben)?.pinned?.length === 1, 120_000);
  expect(await seen(ben)).toEqual(shownAtOnce);
  const pinned = (await historyIn(ben)).find((entry) => entry.kind === "event" && entry.event.what === "pinned");
  expect(pinned).toMatchObject({ event: { by: "Ana", byId: idOf(ana) } });
  // What was not sealed yet went out once, as it was last.
  const wire = ben.events.filter(({ kind }) => kind === "entryChanged");
  expect(
    wire.map(
      (event) => event.kind === "entryChanged" && event.entry.kind === "text" && event.entry.reactions?.map(({ emoji }) => emoji),
    ),
  ).toEqual([["❤️"], ["❤️"]]);
  await ben.client.messages.edit(place(ben), asked.id, "dinner at eight?");
  await ben.client.messages.react(place(ben), { id: answer.id, author: idOf(ana) }, "🎉");
  await ben.client.messages.unpin(place(ben), asked);
  await ana.client.messages.react(place(ana), asked, undefined);
  await quiet(world, ana, ben);
  const after = ["dinner at eight? (edited)", "yes, gladly Ben 🎉 > text dinner at eight?"];
  expect((await seen(ana)).slice(0, 2)).toEqual(after);
  expect((await seen(ben)).slice(0, 2)).toEqual(after);
  expect(await ana.client.messages.versions(place(ana), asked)).toMatchObject([
    { text: "dinner at seven?" },
    { text: "dinner at eight?" },
  ]);
  expect([conversationOf(ana)?.pinned ?? [], conversationOf(ben)?.pinned ?? []]).toEqual([[], []]);
  const found = async (words: string): Promise<number> => (await ana.client.search.find({ words })).total;
  expect([await found("seven"), await found("eight")]).toEqual([0, 1]);
  expect([...faults(ana), ...faults(ben)]).toEqual([]);
  await world.close(ana, ben);
});

it("a message that its author deletes is gone for both: its text, its marks, and as unread", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await say(ben, "the door code is 4711");
  await say(ben, "sorry, wrong chat");
  await world.until("arrived", () => heard(ana).length === 2);
  const secret = await refOf(ana, "the door code is 4711");
  await ana.client.messages.star(place(ana), secret, true);
  await ana.client.messages.reply(place(ana), secret, "which door?");
  expect(conversationOf(ana)?.unread).toBe(2);
  await ben.client.messages.deleteForEveryone(place(ben), secret.id);
  expect((await seen(ben))[0]).toBe("(deleted)");
  await world.until("gone", () => ana.events.some((event) => event.kind === "entryChanged" && event.entry.kind === "deleted"));
  expect(conversationOf(ana)?.unread).toBe(1);
  expect(await seen(ana)).toEqual(["(deleted)", "sorry, wrong chat", "which door? > deleted "]);
  expect(await ana.client.messages.starred()).toEqual([]);
  await expect(ana.client.messages.react(place(ana), secret, "👍")).rejects.toMatchObject({ code: "message/unknown" });
  await expect(ben.client.messages.edit(place(ben), secret.id, "again")).rejects.toMatchObject({ code: "message/unknown" });
  // A later program finds nothing of it either.
  await ana.client.close();
  const anaAgain = await world.again("Ana", ana.disk);
  expect((await seen(anaAgain))[0]).toBe("(deleted)");
  await world.close(anaAgain, ben);
});

it("what is deleted for oneself, or starred, is so on this device and nobody is told", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await say(ben, "one");
  await say(ben, "two");
  await world.until("arrived", () => heard(ana).length === 2);
  await ana.client.messages.star(place(ana), await refOf(ana, "two"), true);
  await ana.client.messages.deleteForMe(place(ana), await refOf(ana, "one"));
  expect(await seen(ana)).toEqual(["two"]);
  expect(ana.events.filter(({ kind }) => kind === "erased")).toHaveLength(1);
  expect((await ana.client.messages.starred()).map((entry) => entry.kind === "text" && entry.text)).toEqual(["two"]);
  await ana.client.messages.star(place(ana), await refOf(ana, "two"), false);
  expect(await ana.client.messages.starred()).toEqual([]);
  expect(conversationOf(ana)).toMatchObject({ unread: 1, queued: 0 });
  expect(await seen(ben)).toEqual(["one", "two"]);
  await world.close(ana, ben);
});

it("what was not sealed is taken back or changed where it is", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  world.nodeDown();
  await say(ben, "helo");
  await say(ben, "never mind");
  await ben.client.messages.edit(place(ben), (await message(ben, "helo")).id, "hello");
  await ben.client.messages.deleteForEveryone(place(ben), (await message(ben, "never mind")).id);
  expect(await seen(ben)).toEqual(["hello"]);
  world.nodeUp();
  await world.until("arrived", () => heard(ana).length === 1, 120_000);
  await world.pass(5_000);
  expect(await seen(ana)).toEqual(["hello"]);
  await world.close(ana, ben);
});

it("M24: edits, deletes and receipts of others count for nothing, in a group too", async () => {
  const world = await World.create();
  const [ana, ben, caro] = [await world.person("Ana"), await world.person("Ben"), await world.person("Caro")];
  await founded(world, ana, ben, caro);
  await sayIn(ana, "meet at noon");
  const isThere = async (): Promise<TextEntry> => message(caro, "meet at noon", groupIdOf(caro));
  await world.until("arrived", () => [ben, caro].every((one) => heard(one).includes("meet at noon")));
  const { id: target } = await isThere();
  await ben.client.account.updateSettings({ sendsReceipts: false });
  await caro.client.account.updateSettings({ sendsReceipts: false });
  await sayIn(ben, raw(1, { kind: "edit", target, revision: 9, text: "meet at midnight", author: idOf(ana) }));
  await sayIn(ben, raw(2, { kind: "edit", target, targetAuthor: field(ana), revision: 9, text: "meet at midnight" }));
  await sayIn(ben, raw(3, { kind: "delete", target, targetAuthor: field(ana) }));
  // One of his own, as if it were Caro's.
  await sayIn(ben, raw(4, { kind: "receipt", read: target, delivered: target, from: idOf(caro), author: idOf(caro) }));
  await sayIn(ben, raw(5, { kind: "reaction", target, targetAuthor: field(ana), revision: 1, emoji: "👎", author: idOf(caro) }));
  await quiet(world, ana, ben, caro);
  // His own program takes what it sealed for a text.
  for (const one of [ana, caro]) expect((await seen(one, groupIdOf(one)))[0]).toBe("meet at noon Ben 👎");
  expect((await message(ana, "meet at noon", groupIdOf(ana))).state).not.toBe("read");
  // The public way says no before anything is sent.
  const own = ben.client.messages;
  await expect(own.edit(groupIdOf(ben), target, "x")).rejects.toMatchObject({ code: "message/unknown" });
  await expect(own.deleteForEveryone(groupIdOf(ben), target)).rejects.toMatchObject({ code: "message/unknown" });
  await world.close(ana, ben, caro);
});

it("M24: acts that come before their message wait for it, and an edit after a delete changes nothing", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const early = contentId(70);
  await say(ben, raw(1, { kind: "edit", target: early, revision: 2, text: "third" }));
  await say(ben, raw(2, { kind: "reaction", target: early, targetAuthor: field(ben), revision: 1, emoji: "👍" }));
  await say(ben, raw(3, { kind: "edit", target: early, revision: 1, text: "second" }));
  await say(ben, raw(4, { kind: "pin", target: early, targetAuthor: field(ben) }));
  await say(ben, raw(70, { kind: "text", text: "first" }));
  const gone = contentId(71);
  await say(ben, raw(5, { kind: "delete", target: gone }));
  await say(ben, raw(71, { kind: "text", text: "never to be seen" }));
  await say(ben, raw(6, { kind: "edit", target: gone, revision: 1, text: "seen after all" }));
  // Twice the same, and one about nothing that ever was.
  await say(ben, raw(2, { kind: "reaction", target: early, targetAuthor: field(ben), revision: 1, emoji: "👍" }));
  await say(ben, raw(7, { kind: "reaction", target: contentId(99), targetAuthor: field(ana), revision: 1, emoji: "👍" }));
  await say(ben, "done");
  await world.until("done", () => heard(ana).includes("done"));
  expect(await seen(ana)).toEqual(["third Ben 👍 (edited) (pinned)", "(deleted)", "done"]);
  expect(heard(ana)).toEqual(["third", "done"]);
  expect(conversationOf(ana)).toMatchObject({ unread: 2, pinned: [{ id: early, author: idOf(ben) }] });
  expect(await ana.client.messages.versions(place(ana), { id: early, author: idOf(ben) })).toMatchObject([
    { text: "first" },
    { text: "second" },
    { text: "third" },
  ]);
  expect(faults(ana)).toEqual([]);
  await world.close(ana, ben);
});

it("M24: what a member did before being removed stays, and afterwards nothing more can be done", async () => {
  const world = await World.create();
  const [ana, ben, caro] = [await world.person("Ana"), await world.person("Ben"), await world.person("Caro")];
  await founded(world, ana, ben, caro);
  await sayIn(ana, "who is in?");
  await world.until("arrived", () => heard(ben).includes("who is in?"));
  const asked = await refOf(ben, "who is in?", groupIdOf(ben));
  await ben.client.messages.react(groupIdOf(ben), asked, "🙋");
  await quiet(world, ana, ben, caro);
  await ana.client.groups.remove(groupIdOf(ana), idOf(ben));
  await world.until("removed", () => ben.client.conversations.get(groupIdOf(ben))?.state === "removed");
  await expect(ben.client.messages.react(groupIdOf(ben), asked, "👎")).rejects.toMatchObject({ code: "conversation/closed" });
  // One's own marks are nobody else's business.
  await ben.client.messages.star(groupIdOf(ben), asked, true);
  for (const one of [ana, caro]) expect((await seen(one, groupIdOf(one)))[0]).toBe("who is in? Ben 🙋");
  await world.close(ana, ben, caro);
});

it("what is passed on says that it was, and not by whom it was said", async () => {
  const world = await World.create();
  const [ana, ben, caro] = [await world.person("Ana"), await world.person("Ben"), await world.person("Caro")];
  await world.acquainted(ben, ana);
  await world.acquainted(caro, ana);
  await say(ben, "the fair opens at nine");
  await world.until("arrived", () => heard(ana).length === 1);
  const withBen = ana.client.contacts.get(idOf(ben))?.conversationId ?? "";
  const withCaro = ana.client.contacts.get(idOf(caro))?.conversationId ?? "";
  await ana.client.messages.forward(withBen, await refOf(ana, "the fair opens at nine", withBen), [withCaro]);
  await world.until("passed on", () => heard(caro).length === 1);
  expect(await message(caro, "the fair opens at nine")).toMatchObject({ author: idOf(ana), isForwarded: true });
  await world.close(ana, ben, caro);
});

it("who is mentioned is called although the group is muted, unless nothing is told, and finds the place", async () => {
  const world = await World.create();
  const [ana, ben, caro] = [await world.person("Ana"), await world.person("Ben"), await world.person("Caro")];
  await founded(world, ana, ben, caro);
  const { conversations } = ben.client;
  const id = groupIdOf(ben);
  await conversations.arrange(id, { mutedUntilMs: "always", isArchived: true });
  const members = groupOf(caro)?.members ?? [];
  const text = "@Ana and @ben: the gate is open, tell dan@ben.example";
  const mentions = mentionsIn(text, members);
  await sayIn(caro, "good morning");
  await caro.client.conversations.send(groupIdOf(caro), text, mentions);
  await world.until("arrived", () => heard(ben).length === 2);
  const said = await message(ben, text, id);
  expect(said.mentions).toEqual([
    { at: 0, length: 4, identityId: idOf(ana), isSelf: false },
    { at: 9, length: 4, identityId: idOf(ben), isSelf: true },
  ]);
  expect(groupOf(ben)).toMatchObject({ unread: 2, mentions: [said.number], arrangement: { mutedUntilMs: "always" } });
  expect(groupOf(ben)?.arrangement.isArchived).toBeUndefined();
  expect(conversations.unreadTotal()).toBe(1);
  await conversations.arrange(id, { notify: "nothing" });
  expect(conversations.unreadTotal()).toBe(0);
  // The name is theirs, as it is now; what stands in the text is for programs that know no mentions.
  const shown = pieces(said, (one) => (one === idOf(ben) ? "Benjamin" : undefined));
  expect(shown.map((piece) => piece.text).join("")).toBe("@Ana and @Benjamin: the gate is open, tell dan@ben.example");
  // An edit names others: the unread mark goes.
  const own = await message(caro, text, groupIdOf(caro));
  await caro.client.messages.edit(groupIdOf(caro), own.id, "@Ana: the gate is open", [
    { at: 0, length: 4, identityId: idOf(ana) },
  ]);
  await world.until("edited", () => groupOf(ben)?.mentions === undefined);
  await world.until("edited", () => groupOf(ana)?.mentions?.length === 1);
  await ana.client.conversations.markRead(groupIdOf(ana));
  expect(groupOf(ana)?.mentions).toBeUndefined();
  expect([...faults(ana), ...faults(ben), ...faults(caro)]).toEqual([]);
  await world.close(ana, ben, caro);
});

it("M24: nobody but a member is mentioned, by nobody but a member's own message", async () => {
  const world = await World.create();
  const [ana, ben, caro] = [await world.person("Ana"), await world.person("Ben"), await world.person("Caro")];
  await founded(world, ana, ben, caro);
  const stranger = encodeBase64Url(new Uint8Array(32).fill(9));
  const named = (identity: string): object => ({ at: 0, length: 4, identity });
  await sayIn(ben, raw(1, { kind: "text", text: "@Dan said so", mentions: [named(stranger)] }));
  await sayIn(ben, raw(2, { kind: "text", text: "@Ana by name alone" }));
  await sayIn(ana, "nobody is called");
  await world.until("arrived", () => heard(caro).length === 3);
  const { id: target } = await message(ben, "nobody is called", groupIdOf(ben));
  // Somebody else's message does not begin to call.
  await sayIn(
    ben,
    raw(3, { kind: "edit", target, revision: 1, text: "@Caro", mentions: [{ ...named(field(caro)), length: 5 }] }),
  );
  await quiet(world, ana, ben, caro);
  for (const one of [ana, caro]) {
    const texts = (await historyIn(one, groupIdOf(one))).filter((entry) => entry.kind === "text");
    expect(texts.map(({ mentions }) => mentions)).toEqual(texts.map(() => undefined));
    expect(groupOf(one)?.mentions).toBeUndefined();
  }
  const { conversations } = ana.client;
  const bad = { code: "message/badMention" };
  const badMentions = [
    [{ at: 0, length: 4, identityId: encodeHex(new Uint8Array(32).fill(9)) as IdentityId }],
    [{ at: 2, length: 4, identityId: idOf(ben) }],
    Array.from({ length: 17 }, () => ({ at: 0, length: 1, identityId: idOf(ben) })),
  ];
  for (const mentions of badMentions)
    await expect(conversations.send(groupIdOf(ana), "@Ben", mentions)).rejects.toMatchObject(bad);
  await world.close(ana, ben, caro);
});

it("a text names members as they are called: the longest name, whole words, and of two with one name whom the person picked", () => {
  const member = (name: string, n: number): { name: string; identityId: IdentityId; isSelf: boolean } => ({
    name,
    identityId: String(n).repeat(64) as IdentityId,
    isSelf: n === 0,
  });
  const members = [
    member("Me", 0),
    member("Ana", 1),
    member("Ana Maria", 2),
    member("ليلى", 3),
    member("Kim", 4),
    member("Kim", 5),
  ];
  const who = (text: string, picked: Parameters<typeof mentionsIn>[2] = []): string =>
    mentionsIn(text, members, picked)
      .map(({ at, length, identityId }) => `${text.slice(at, at + length)}=${identityId[0]}`)
      .join(" ");
  expect(who("@ana, @Ana Maria! (@ليلى) and @Anabel, me@Ana, @Me")).toBe("@ana=1 @Ana Maria=2 @ليلى=3");
  expect(who("@Kim @Kim")).toBe("");
  expect(who("@Kim and @Kim", [member("Kim", 5), member("Kim", 4)])).toBe("@Kim=5 @Kim=4");
  expect(who("@Gone", [member("Gone", 9)])).toBe("");
});
