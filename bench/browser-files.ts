// Files between two browsers: until the first picture is on the screen, and what a large file takes of memory on its way.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person } from "../e2e/rig/person.ts";
import { befriend } from "../e2e/story/begin.ts";
import { attachPaths, cardOf } from "../e2e/story/files.ts";
import { browserMib } from "./browser-memory.ts";
import { NodeProcess } from "./node-process.ts";
import { type Result, rounded } from "./result.ts";

/** P2PCRYPT_BENCH_FILE_MB=100 makes a smaller one. */
const MEGABYTES = Number(process.env["P2PCRYPT_BENCH_FILE_MB"] ?? 1_000);
const SAMPLE_MS = 250;
const PATIENCE_MS = 20 * 60_000;

export async function measureBrowserFiles(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const node = await NodeProcess.start();
  const open = (name: string): Promise<Person> => Person.open(name, { folder: join(folder, name), nodeUrl: node.url });
  const [ana, ben] = [await open("Ana"), await open("Ben")];
  try {
    // Saved as browsers do that let nobody choose a file to write into.
    await ben.page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
    await befriend(ana, ben);
    return [...(await firstPicture(ana, ben, folder)), ...(await largeFile(ana, ben, folder))];
  } finally {
    await ana.close();
    await ben.close();
    await node.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstPicture(ana: Person, ben: Person, folder: string): Promise<Result[]> {
  const path = join(folder, "photograph.jpg");
  writeFileSync(path, Buffer.from(await photograph(ana)));
  const startedMs = performance.now();
  await attachPaths(ana, path);
  const card = cardOf(ben, "photograph.jpg");
  await card.getByRole("img").waitFor();
  const smallMs = performance.now() - startedMs;
  const askedMs = performance.now();
  await card.getByRole("button", { name: ben.words.t("file.fetch") }).click();
  await card.getByRole("button", { name: ben.words.t("file.enlarge") }).waitFor();
  return [
    { name: "a photograph chosen until it is seen small elsewhere", value: rounded(smallMs), unit: "ms" },
    { name: "the same asked for until it is there whole", value: rounded(performance.now() - askedMs), unit: "ms" },
  ];
}

/** 12 million pixels, as a telephone takes them. */
function photograph({ page }: Person): Promise<number[]> {
  return page.evaluate(async () => {
    const canvas = new OffscreenCanvas(4_000, 3_000);
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    for (let at = 0; at < 4_000; at++) {
      pen.fillStyle = `hsl(${(at * 37) % 360} 60% 50%)`;
      pen.fillRect((at * 97) % 4_000, (at * 53) % 3_000, 120, 90);
    }
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
}

async function largeFile(ana: Person, ben: Person, folder: string): Promise<Result[]> {
  const path = join(folder, "large.bin");
  for (let at = 0; at < MEGABYTES; at++) writeFileSync(path, randomBytes(1_000_000), { flag: at === 0 ? "w" : "a" });
  const card = cardOf(ben, "large.bin");
  const fetch = card.getByRole("button", { name: ben.words.t("file.fetch") });
  const save = card.getByRole("button", { name: ben.words.t("file.save") });
  const up = await watched(ana, async () => {
    await attachPaths(ana, path);
    await fetch.waitFor({ timeout: PATIENCE_MS });
  });
  const down = await watched(ben, async () => {
    await fetch.click();
    await save.waitFor({ timeout: PATIENCE_MS });
  });
  const kept = await watched(ben, async () => {
    const downloading = ben.page.waitForEvent("download");
    await save.click();
    const download = await downloading;
    const failure = await download.failure();
    if (failure !== null) throw new Error(`not saved: ${failure}`);
    await download.delete();
  });
  return [
    {
      name: `${MEGABYTES} MB from one browser to another, both ways`,
      value: paceOf(up.ms + down.ms, 2),
      unit: "MB/s",
      note: `${paceOf(up.ms, 1)} up, ${paceOf(down.ms, 1)} down`,
    },
    memory("the sender's browser", up),
    memory("the reader's browser", down),
    { name: `the same saved by the service worker's stream`, value: paceOf(kept.ms, 1), unit: "MB/s" },
    memory("the reader's browser while it saves", kept),
  ];
}

function paceOf(ms: number, ways: number): number {
  return rounded((ways * MEGABYTES * 1_000) / ms);
}

interface Watched {
  readonly ms: number;
  readonly idleMib: number;
  readonly peakMib: number;
}

async function watched(person: Person, run: () => Promise<void>): Promise<Watched> {
  const idleMib = browserMib(person.profileFolder);
  let peakMib = idleMib;
  const sampling = setInterval(() => {
    peakMib = Math.max(peakMib, browserMib(person.profileFolder));
  }, SAMPLE_MS);
  const startedMs = performance.now();
  try {
    await run();
  } finally {
    clearInterval(sampling);
  }
  return { ms: performance.now() - startedMs, idleMib, peakMib };
}

function memory(who: string, { idleMib, peakMib }: Watched): Result {
  const note = `${peakMib} of ${idleMib}, all processes together`;
  return { name: `most memory above idle, ${who}`, value: peakMib - idleMib, unit: "MiB", goal: { atMost: 150 }, note };
}
