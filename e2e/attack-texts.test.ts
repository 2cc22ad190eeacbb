// W1: texts that attack, in every field that a stranger chooses: name, first line, message, link, and what a node says of itself.
import { formatContactLink, identityIdBytes, parseContactLink, toIdentityId } from "@p2pcrypt/identity";
import { afterAll, beforeAll, expect, it } from "vitest";
import { plainOf } from "../apps/web/src/text/markup.ts";
import { attackTexts, HOST } from "./attack/corpus.ts";
import { findBreaches, listenForAttacks } from "./attack/watch.ts";
import { Peer } from "./rig/peer.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { composerOf, linkOf, openConversation, start } from "./story/begin.ts";
import { expectToRead } from "./story/talk.ts";

const TEXTS = attackTexts();
/** Each has several of the texts in the name and more in the first line. */
const STRANGERS = 40;
const stage = useStage(["--rate-limits", "off", "--name", "<img src=x onerror=pwn(900)>"]);
let ana: Person;
let link: string;
const peers: Peer[] = [];

beforeAll(async () => {
  ana = await stage().person("Ana");
  await listenForAttacks(ana.page);
  await start(ana);
  link = await linkOf(ana);
}, 60_000);

afterAll(() => Promise.all(peers.map((peer) => peer.close())));

it("W1: the corpus has 500 texts at least, and a page that takes them for HTML is noticed", async () => {
  expect(TEXTS.length).toBeGreaterThanOrEqual(500);
  const mallory = await stage().person("Mallory");
  await listenForAttacks(mallory.page);
  mallory.complaints.expect(/^/);
  mallory.allowedHosts.add(HOST);
  await mallory.page.goto("about:blank");
  await mallory.page.setContent("<main></main>");
  await mallory.page.evaluate(
    (texts) => {
      for (const text of texts) document.body.appendChild(document.createElement("div")).innerHTML = text;
    },
    TEXTS.slice(0, 300),
  );
  await expect
    .poll(() => findBreaches(mallory.page))
    .toEqual(expect.arrayContaining(["element: iframe", expect.stringMatching(/^attribute: on/)]));
});

it("W1: as messages, each of them is shown as it was written and does nothing", async () => {
  const mallory = await peer("Mallory");
  await mallory.meet(ana);
  await openConversation(ana, "Mallory");
  for (const text of TEXTS) await mallory.say(text);
  // Between light marks, which become elements.
  for (const [at, text] of TEXTS.entries())
    if (at % 20 === 0) await mallory.say(`> **${text}** _${text}_ \`${text}\`\n- ${text}`);
  await mallory.say("The last one");
  await expectToRead(ana, "The last one", 90_000);
  const log = ana.page.getByRole("region", { name: ana.words.t("chat.log") });
  const shown = new Set<string>();
  const beginning = ana.page.getByText(ana.words.t("chat.beginning"), { exact: true });
  for (let turn = 0, isAtBeginning = false; turn < 400 && !isAtBeginning; turn++) {
    isAtBeginning = await beginning.isVisible();
    for (const text of await log.locator("article .text").allTextContents()) shown.add(plain(text));
    if (turn % 5 === 0 || isAtBeginning) expect(await findBreaches(ana.page)).toEqual([]);
    await log.evaluate(scrollUp);
  }
  // As written, but for what marks it.
  const isShown = (text: string): boolean => shown.has(plain(text)) || shown.has(plain(plainOf(text)));
  expect(TEXTS.filter((text) => !isShown(text))).toEqual([]);
}, 120_000);

it("W1: as names and first lines of requests, and as a node's name, they are text too", async () => {
  const names = packed(TEXTS, 128).filter((_, at, all) => at % Math.ceil(all.length / STRANGERS) === 0);
  const greetings = packed(TEXTS, 1_000);
  for (const [at, name] of names.entries()) {
    const mallory = await peer(name);
    const greeting = greetings[at % greetings.length] ?? "";
    await mallory.client.contacts.add(link, greeting);
  }
  await ana.goToPlace("#/requests");
  await expect.poll(() => ana.page.getByRole("article").count(), { timeout: 40_000 }).toBe(names.length);
  expect(await findBreaches(ana.page)).toEqual([]);
  // Who accepts one of several stays with the others; the last one leads to the conversation.
  for (let left = names.length - 1; left >= 0; left--) {
    await ana.page
      .getByRole("button", { name: ana.words.t("requests.accept") })
      .first()
      .click();
    await expect.poll(() => ana.page.getByRole("article").count(), { timeout: 20_000 }).toBe(left);
    const isOnNext = () => ana.page.evaluate(() => document.activeElement?.tagName === "ARTICLE");
    if (left > 0) await expect.poll(isOnNext).toBe(true);
    expect(await findBreaches(ana.page)).toEqual([]);
  }
  await ana.see(composerOf(ana));
  expect(await findBreaches(ana.page)).toEqual([]);
  await ana.goToPlace("#/settings");
  await ana.see(ana.page.getByRole("heading", { name: ana.words.t("settings.title") }));
  expect(await findBreaches(ana.page)).toEqual([]);
  // What is no page has no icon.
  ana.complaints.expect(/404/);
  await ana.goTo("/v1/node");
  expect(await findBreaches(ana.page)).toEqual([]);
}, 180_000);

it("W1: as the name in a link, and as a link, they are text too", async () => {
  const { identityId } = parseContactLink(link);
  const other = toIdentityId(identityIdBytes(identityId).map((byte) => byte ^ 1));
  const hints = TEXTS.filter((text) => Buffer.byteLength(text) <= 64);
  expect(hints.length).toBeGreaterThanOrEqual(500);
  await ana.goTo("/");
  const places = hints.flatMap((nameHint) => [
    {
      hash: new URL(formatContactLink({ nodeUrl: stage().node.url, identityId: other, nameHint })).hash,
      shown: nameHint.replaceAll(/\s+/g, " ").trim().slice(0, 40),
    },
    { hash: `#/open/${encodeURIComponent(nameHint)}`, shown: "" },
  ]);
  expect(await ana.page.evaluate(visitAll, places)).toEqual([]);
  expect(await findBreaches(ana.page)).toEqual([]);
  expect(ana.proxy.hosts().filter((host) => host.includes(HOST))).toEqual([]);
}, 120_000);

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Less than what is in view, and not before it is drawn. */
async function scrollUp(element: Element): Promise<void> {
  element.scrollTop -= element.clientHeight * 0.8;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

/** @returns the texts that were not on the page when they should have been. */
async function visitAll(places: readonly { readonly hash: string; readonly shown: string }[]): Promise<string[]> {
  const missing: string[] = [];
  for (const { hash, shown } of places) {
    location.hash = hash;
    for (let frames = 0; frames < 30; frames++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (frames > 0 && document.body.textContent?.includes(shown)) break;
    }
    if (!document.body.textContent?.includes(shown)) missing.push(shown);
  }
  return missing;
}

async function peer(name: string): Promise<Peer> {
  const made = await Peer.create(name, stage().node.url);
  peers.push(made);
  return made;
}

/** As many of them in one as fit into so many bytes. */
function packed(texts: readonly string[], bytes: number): string[] {
  const all: string[] = [];
  let present = "";
  for (const text of texts.map((one) => one.replaceAll(/[\t\n]/g, " "))) {
    if (Buffer.byteLength(text) > bytes) continue;
    if (Buffer.byteLength(present + text) > bytes) {
      all.push(present);
      present = "";
    }
    present += text;
  }
  return [...all, present];
}
