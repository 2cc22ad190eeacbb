// What goes wrong around a person who talks: nothing is lost, nothing comes twice, and each is told in plain words what to do.
import { beforeAll, beforeEach, expect, it } from "vitest";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { composerOf, openConversation, start } from "./story/begin.ts";
import { expectState, expectToRead, messageOf, send, untilStored } from "./story/talk.ts";

const stage = useStage();
let ana: Person;
let ben: Peer;

beforeAll(async () => {
  ana = await stage().person("Ana");
  await start(ana);
  ben = await Peer.create("Ben", stage().node.url);
  await ben.meet(ana);
  return () => ben.close();
});

beforeEach(() => openConversation(ana, "Ben"));

it("a page that is loaded again in mid-send sends each message once, in order", async () => {
  const run = Date.now();
  const texts = Array.from({ length: 12 }, (_, at) => `Mid-send ${at + 1} of ${run}`);
  for (const text of texts.slice(0, -1)) await send(ana, text);
  // What is on the screen and not stored yet keeps the page; what is stored goes out after it is loaded again.
  await composerOf(ana).fill(texts.at(-1) ?? "");
  const isKept = await composerOf(ana).evaluate(async (field) => {
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    for (let turn = 0; turn < 100; turn++) await undefined;
    return !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  });
  expect(isKept).toBe(true);
  await untilStored(ana);
  await ana.page.reload();
  await ben.heardTexts(texts.at(-1) ?? "");
  expect(ben.texts.filter((text) => texts.includes(text))).toEqual(texts);
  await ana.see(composerOf(ana));
  await expectState(ana, texts.at(-1) ?? "", "delivered");
});

it("a browser that is killed loses nothing that was said", async () => {
  await send(ana, "Before the browser died");
  await expectToRead(ana, "Before the browser died");
  await untilStored(ana);
  await ana.restartBrowser();
  await ana.goTo("/");
  await openConversation(ana, "Ben");
  await expectToRead(ana, "Before the browser died");
  await ben.heardTexts("Before the browser died");
  expect(ben.texts.filter((text) => text === "Before the browser died")).toHaveLength(1);
});

it("without a network one is told, goes on writing, and it goes out when the network is back", async () => {
  ana.complaints.expect(/ERR_|WebSocket connection/);
  await ana.loseNetwork();
  await ana.read(ana.words.t("node.offline"));
  await send(ana, "Written offline");
  await expectState(ana, "Written offline", "queued");
  await ana.regainNetwork();
  await ben.heardTexts("Written offline");
  await expectState(ana, "Written offline", "delivered");
  await expect.poll(() => ana.page.getByText(ana.words.t("node.offline")).count()).toBe(0);
});

it("the app opens without a network: one reads, and what one writes is kept", async () => {
  ana.complaints.expect(/ERR_|WebSocket connection|Failed to fetch/);
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ana.loseNetwork();
  await ana.page.reload();
  await openConversation(ana, "Ben");
  await expectToRead(ana, "Written offline");
  await send(ana, "Written after a reload offline");
  await ana.regainNetwork();
  await ben.heardTexts("Written after a reload offline");
});

it("a node that is killed is said to be away by name; what was written waits and arrives once when it is back", async () => {
  ana.complaints.expect(/ERR_|WebSocket connection/);
  await stage().node.kill();
  await ana.see(ana.page.getByText(ana.words.t("node.unreachable", { node: stage().node.host })));
  for (const text of ["One", "Two"]) await send(ana, `${text} while the node was dead`);
  await expectState(ana, "Two while the node was dead", "queued");
  await stage().node.start();
  await ana.press(ana.words.t("node.retry"));
  await ben.heardTexts("Two while the node was dead");
  expect(ben.texts.filter((text) => text.endsWith("while the node was dead"))).toEqual([
    "One while the node was dead",
    "Two while the node was dead",
  ]);
});

it("M20: a second tab is told, takes over when it is asked to, and the first stops writing", async () => {
  const first = await ana.openTab();
  await ana.goTo("/");
  await ana.read(ana.words.t("boot.inUse"));
  await ana.press(ana.words.t("boot.useHere"));
  await openConversation(ana, "Ben");
  await send(ana, "From the second tab");
  await ben.heardTexts("From the second tab");
  const second = ana.page;
  ana.lookAt(first);
  await ana.read(ana.words.t("boot.takenOver"));
  await ana.press(ana.words.t("boot.useHere"));
  await openConversation(ana, "Ben");
  await expectToRead(ana, "From the second tab");
  await send(ana, "From the first tab again");
  await ben.heardTexts("From the first tab again");
  await second.close();
});

it("M20: two tabs that take the identity from each other in mid-send repeat nothing and lose nothing", async () => {
  const first = ana.page;
  const second = await ana.context.newPage();
  const texts: string[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const [page, isFirstVisit] = turn % 2 === 0 ? [second, turn === 0] : [first, false];
    ana.lookAt(page);
    if (isFirstVisit) await ana.goTo("/");
    await ana.press(ana.words.t("boot.useHere"));
    await openConversation(ana, "Ben");
    for (const part of ["a", "b", "c"]) {
      texts.push(`Turn ${turn}${part}`);
      await send(ana, `Turn ${turn}${part}`);
    }
  }
  await ben.heardTexts(texts.at(-1) ?? "");
  expect(ben.texts.filter((text) => text.startsWith("Turn "))).toEqual(texts);
  expect(ben.warnings).toEqual([]);
  await second.close();
});

it("a message that waits can be taken back", async () => {
  ana.complaints.expect(/ERR_|WebSocket connection/);
  await ana.loseNetwork();
  await send(ana, "Better not");
  await messageOf(ana, "Better not")
    .getByRole("button", { name: ana.words.t("chat.unsend") })
    .click();
  await expect.poll(() => messageOf(ana, "Better not").count()).toBe(0);
  await ana.regainNetwork();
  await send(ana, "After taking back");
  await ben.heardTexts("After taking back");
  expect(ben.texts).not.toContain("Better not");
});

// The last one: nothing goes out in that conversation any more.
it("a node that an old copy was put in place of is told by what it forgot, with what to do", async () => {
  ana.complaints.expect(/ERR_|WebSocket connection|Failed to fetch/);
  const copy = await stage().node.keepCopy();
  await send(ana, "After the copy");
  await ben.heardTexts("After the copy");
  await expectState(ana, "After the copy", "delivered");
  await copy.back();
  const { t } = ana.words;
  await ana.read(t("warn.rolledBack", { node: stage().node.host }));
  await ana.read(t("warn.next", { name: "Ben" }));
  await ana.see(ana.page.getByRole("link", { name: t("warn.compare", { name: "Ben" }) }));
  await expectToRead(ana, "After the copy");
});
