// The map of trust in a real Chromium, with a thousand people from a keyring: until it is there, and how it follows a hand.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../e2e/rig/chromium.ts";
import { Person } from "../../e2e/rig/person.ts";
import { start } from "../../e2e/story/begin.ts";
import { crowd, nameOf } from "../../e2e/story/crowd.ts";
import { NodeProcess } from "../node-process.ts";
import { interactionsDuring } from "../pictures.ts";
import { percentile, type Result, rounded } from "../result.ts";

const PEOPLE = 1_000;
const FRAMES = 200;

export async function run(): Promise<Result[]> {
  if (findChromium() === undefined) throw new Error("the suite map needs Chromium, see docs/testing.md");
  const node = await NodeProcess.start();
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const ana = await Person.open("Ana", { folder, nodeUrl: node.url });
  try {
    await start(ana);
    const importedMs = await importCrowd(ana);
    const drawnMs = await openMap(ana);
    const framesMs = await pullAndZoom(ana);
    const answersMs = await chooseMany(ana);
    return [
      { name: `a keyring of ${PEOPLE} people taken in`, value: rounded(importedMs / 1_000, 1), unit: "s" },
      { name: `map of ${PEOPLE} people, from the press to the picture`, value: rounded(drawnMs), unit: "ms" },
      { name: "a frame while it is zoomed, median", value: rounded(percentile(framesMs, 50), 1), unit: "ms" },
      { name: "a frame while it is zoomed, p95", value: rounded(percentile(framesMs, 95), 1), unit: "ms" },
      {
        name: "a press or key on the map to the next picture, median",
        value: rounded(percentile(answersMs, 50), 1),
        unit: "ms",
        goal: { atMost: 100 },
        note: `of ${answersMs.length}`,
      },
      { name: "the slowest of them", value: rounded(Math.max(0, ...answersMs), 1), unit: "ms", goal: { atMost: 100 } },
    ];
  } finally {
    await ana.close();
    await node.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importCrowd(ana: Person): Promise<number> {
  const { t } = ana.words;
  const { keyring, ownerTrust } = crowd(PEOPLE, Date.now());
  await ana.goToPlace("#/roots");
  await ana.see(ana.page.getByRole("button", { name: t("keyring.choose") }));
  const startedMs = performance.now();
  await ana.page.locator("input[type=file]").setInputFiles([
    { name: "keyring.pgp", mimeType: "application/octet-stream", buffer: keyring },
    { name: "ownertrust.txt", mimeType: "text/plain", buffer: Buffer.from(ownerTrust) },
  ]);
  await ana.page.getByText(t("keyring.taken", { count: PEOPLE })).waitFor({ timeout: 10 * 60_000 });
  const importedMs = performance.now() - startedMs;
  await ana.press(t("roots.makeOf", { name: nameOf(0) }));
  await ana.see(ana.page.getByText(t("why.root", { name: nameOf(0), amount: "120", full: "120" })));
  return importedMs;
}

/** The picture is there two frames after everybody is counted in the page. */
async function openMap({ page, words }: Person): Promise<number> {
  const startedMs = performance.now();
  await page.getByRole("link", { name: words.t("map.title") }).click();
  await page.getByText(words.t("map.drawn", { count: PEOPLE + 1 })).waitFor({ timeout: 60_000 });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  return performance.now() - startedMs;
}

/** A turn of the wheel in each frame, closer and back. */
function pullAndZoom({ page }: Person): Promise<number[]> {
  return page.evaluate(async (frames) => {
    const canvas = document.querySelector("canvas.map");
    const { left = 0, top = 0, width = 0, height = 0 } = canvas?.getBoundingClientRect() ?? {};
    const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true };
    const framesMs: number[] = [];
    let beforeMs = performance.now();
    for (let turn = 0; turn < frames; turn++) {
      canvas?.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: turn < frames / 2 ? -20 : 20 }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      framesMs.push(performance.now() - beforeMs);
      beforeMs = performance.now();
    }
    return framesMs;
  }, FRAMES);
}

/** From a press or a key to the next picture, while people are chosen one after the other. */
async function chooseMany({ page, words }: Person): Promise<number[]> {
  await page.getByRole("application", { name: words.t("map.title") }).focus();
  const box = await page.locator("canvas.map").boundingBox();
  if (box === null) throw new Error("there is no map");
  const interactions = await interactionsDuring(page, async () => {
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"])
      for (let turn = 0; turn < 6; turn++) await page.keyboard.press(key);
    for (let turn = 0; turn < 12; turn++)
      await page.mouse.click(box.x + box.width * (0.3 + 0.03 * turn), box.y + box.height * (0.4 + 0.02 * turn));
    // What the last one changed is drawn by then.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  });
  return interactions.map(({ untilPictureMs }) => untilPictureMs);
}
