// A file that is larger than a browser would hold: sealed in its own folder as it comes, through a node that dies and pages that are
// loaded again, and saved with little memory.
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createCanary, findTraces } from "../attack/at-rest.ts";
import type { Person } from "../rig/person.ts";
import type { Stage } from "../rig/stage.ts";
import { befriend } from "./begin.ts";
import { attachPaths, cardOf } from "./files.ts";

const MIB = 2 ** 20;
/** What a browser copies to send it on after a reload. */
const MAX_COPIED_BYTES = 256 * MIB;

const PATIENCE_MS = 5 * 60_000;

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

/** What the browser's own folder of this origin takes. */
function keptBytes({ page }: Person): Promise<number> {
  return page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("p2pcrypt-files", { create: true });
    let bytes = 0;
    for await (const handle of folder.values())
      if (handle instanceof FileSystemFileHandle) bytes += (await handle.getFile()).size;
    return bytes;
  });
}

async function progressOf(person: Person): Promise<number> {
  const bars = person.page.locator("progress");
  return (await bars.count()) === 0 ? 0 : bars.first().evaluate((bar) => (bar as HTMLProgressElement).value);
}

const reads = ({ proxy }: Person): number =>
  proxy.recorded.filter(({ method, path }) => method === "GET" && path.startsWith("/v1/blobs/")).length;

/** Sent, cut off in every way, and saved with the right hash. */
export async function survives(stage: Stage, bytes: number): Promise<void> {
  const [ana, ben] = [await stage.person("Ana"), await stage.person("Ben")];
  await befriend(ana, ben);
  const [canary, name] = [createCanary("film"), `${createCanary("name")}.bin`];
  const path = join(stage.folder, name);
  writeFileSync(path, Buffer.concat([Buffer.from(canary.repeat(40_000)), randomBytes(bytes)]));
  const hash = await hashOf(path);
  await attachPaths(ana, path);
  await expect.poll(() => progressOf(ana), { timeout: 60_000 }).toBeGreaterThan(8 * MIB);
  for (const person of [ana, ben]) person.complaints.expect(/ERR_|WebSocket connection/);
  await stage.node.kill();
  // What is sent on after a reload was copied meanwhile.
  const isCopied = bytes < MAX_COPIED_BYTES;
  if (isCopied) await expect.poll(() => keptBytes(ana), { timeout: 60_000 }).toBeGreaterThan(bytes);
  await stage.node.start();
  await ana.page.reload();
  if (!isCopied) {
    const choosing = ana.page.waitForEvent("filechooser");
    await ana.page.getByRole("button", { name: ana.words.t("file.again", { name }) }).click({ timeout: 60_000 });
    await (await choosing).setFiles(path);
  }
  const card = cardOf(ben, name);
  await card.getByRole("button", { name: ben.words.t("file.fetch") }).click({ timeout: PATIENCE_MS });
  await expect.poll(() => progressOf(ben), { timeout: 60_000 }).toBeGreaterThan(8 * MIB);
  const before = reads(ben);
  await ben.page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
  await ben.page.reload();
  const save = card.getByRole("button", { name: ben.words.t("file.save") });
  await save.waitFor({ timeout: PATIENCE_MS });
  expect(reads(ben) - before).toBe(1);
  // The copy is not needed any more.
  await expect.poll(() => keptBytes(ana), { timeout: 60_000 }).toBe(0);
  const downloading = ben.page.waitForEvent("download");
  await save.click();
  const download = await downloading;
  const saved = join(stage.folder, "saved.bin");
  await download.saveAs(saved);
  expect([download.suggestedFilename(), await hashOf(saved)]).toEqual([name, hash]);
  await download.delete();
  await ana.closeBrowser();
  await ben.closeBrowser();
  // Ana's browser itself notes the path that she chose.
  expect(findTraces(ana.profileFolder, [canary])).toEqual([]);
  expect(findTraces(ben.profileFolder, [canary, name.slice(0, -4)])).toEqual([]);
  for (const person of [ana, ben]) await person.restartBrowser();
}
