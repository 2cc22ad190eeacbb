// The browser client in a real Chromium: what the first minute takes, and how quickly a long conversation answers to a hand.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../e2e/rig/chromium.ts";
import { Peer } from "../../e2e/rig/peer.ts";
import { Person } from "../../e2e/rig/person.ts";
import { composerOf, openConversation } from "../../e2e/story/begin.ts";
import { expectToRead } from "../../e2e/story/talk.ts";
import { NodeProcess } from "../node-process.ts";
import { interactionsDuring } from "../pictures.ts";
import { percentile, type Result, rounded } from "../result.ts";

const MESSAGES = 10_000;
const SENDS = 20;
/** Between keys: quicker than anybody types, and slower than a frame. */
const KEY_MS = 40;

declare global {
  interface Window {
    sendsMs?: number[];
  }
}

export async function run(): Promise<Result[]> {
  if (findChromium() === undefined) throw new Error("the suite web needs Chromium, see docs/testing.md");
  const node = await NodeProcess.start();
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const ana = await Person.open("Ana", { folder, nodeUrl: node.url });
  try {
    const first = await firstMinute(ana);
    const ben = await Peer.create("Ben", node.url);
    try {
      await ben.meet(ana);
      await openConversation(ana, "Ben");
      return [...first, ...(await longConversation(ana, ben))];
    } finally {
      await ben.close();
    }
  } finally {
    await ana.close();
    await node.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstMinute(ana: Person): Promise<Result[]> {
  const { t } = ana.words;
  const scripts: Promise<number>[] = [];
  const count = (response: { url(): string; request(): { sizes(): Promise<{ responseBodySize: number }> } }): void => {
    if (response.url().endsWith(".js"))
      scripts.push(
        response
          .request()
          .sizes()
          .then(({ responseBodySize }) => responseBodySize),
      );
  };
  ana.context.on("response", count);
  const openedMs = performance.now();
  await ana.goTo("/");
  await ana.see(ana.page.getByRole("button", { name: t("start.start") }));
  const interactiveMs = performance.now() - openedMs;
  const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
  ana.context.off("response", count);
  await ana.press(t("start.start"));
  await ana.fill(t("start.nameLabel"), "Ana");
  const startedMs = performance.now();
  await ana.press(t("start.create"));
  await ana.see(ana.page.getByRole("button", { name: t("home.copyLink") }));
  return [
    { name: "cold load until Start can be pressed", value: rounded(interactiveMs), unit: "ms", goal: { atMost: 1_500 } },
    { name: "scripts of the first load, compressed", value: rounded(bytes / 1024), unit: "KB", goal: { atMost: 350 } },
    {
      name: "a name given until the link is on screen",
      value: rounded(performance.now() - startedMs),
      unit: "ms",
      goal: { atMost: 1_000 },
    },
  ];
}

async function longConversation(ana: Person, ben: Peer): Promise<Result[]> {
  const startedMs = performance.now();
  for (let number = 1; number <= MESSAGES; number++) await ben.say(`Message ${number} of a long conversation`);
  await expectToRead(ana, `Message ${MESSAGES} of a long conversation`, 30 * 60_000);
  const receivedMs = performance.now() - startedMs;
  await ana.page.evaluate(watch);
  const interactions = await interactionsDuring(ana.page, () => writeAndScroll(ana));
  const sendsMs = await ana.page.evaluate(() => window.sendsMs ?? []);
  const heapBytes = await ana.page.evaluate(() =>
    "memory" in performance ? (performance.memory as { usedJSHeapSize: number }).usedJSHeapSize : 0,
  );
  return [
    {
      name: `${MESSAGES} messages received`,
      value: rounded(receivedMs / 1_000, 1),
      unit: "s",
      note: "one sender, through the node",
    },
    {
      name: "Enter until the message is in the page, p95",
      value: rounded(percentile(sendsMs, 95), 1),
      unit: "ms",
      goal: { atMost: 50 },
    },
    {
      name: `press or key to next picture, slowest of ${interactions.length}, ${MESSAGES} messages`,
      value: rounded(interactions[0]?.untilPictureMs ?? Number.NaN, 1),
      unit: "ms",
      goal: { atMost: 100 },
      note: `${interactions[0]?.type}, ${rounded(interactions[0]?.handledMs ?? 0, 1)} ms in our code`,
    },
    {
      name: "the same, median",
      value: rounded(interactions[Math.floor(interactions.length / 2)]?.untilPictureMs ?? Number.NaN, 1),
      unit: "ms",
    },
    { name: "heap of the page", value: rounded(heapBytes / 1024 / 1024), unit: "MB", goal: { atMost: 200 } },
  ];
}

async function writeAndScroll(ana: Person): Promise<void> {
  for (let number = 1; number <= SENDS; number++) {
    await composerOf(ana).pressSequentially(`Answer ${number}`, { delay: KEY_MS });
    await composerOf(ana).press("Enter");
    await expectToRead(ana, `Answer ${number}`);
  }
  const log = ana.page.getByRole("region", { name: ana.words.t("chat.log") });
  await log.hover();
  for (let turn = 0; turn < 40; turn++) await ana.page.mouse.wheel(0, -2_000);
  await log.click({ position: { x: 5, y: 5 } });
  await ana.press(ana.words.t("chat.newest"));
  await expectToRead(ana, `Answer ${SENDS}`);
}

/** Times from Enter to the new bubble. */
function watch(): void {
  window.sendsMs = [];
  addEventListener(
    "keydown",
    ({ key }) => {
      if (key !== "Enter") return;
      const pressedMs = performance.now();
      const observer = new MutationObserver((changes) => {
        const isThere = changes.some(({ addedNodes }) =>
          [...addedNodes].some(
            (node) => node instanceof Element && (node.matches("article") || node.querySelector("article") !== null),
          ),
        );
        if (!isThere) return;
        observer.disconnect();
        window.sendsMs?.push(performance.now() - pressedMs);
      });
      observer.observe(document.body, { childList: true, subtree: true });
    },
    { capture: true },
  );
}
