// Files that are larger than a browser would hold: sealed in its own folder as they come, through a node that dies and pages that are
// loaded again, and saved with little memory.
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createCanary, findTraces } from "./attack/at-rest.ts";
import type { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";
import { befriend } from "./story/begin.ts";
import { attachPaths, cardOf } from "./story/files.ts";

const stage = useStage();

const MIB = 2 ** 20;
/** More than what is saved from memory. */
const BYTES = 72 * MIB;

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

it("W4: a large file goes on after the node was killed and both pages were loaded again, is saved whole, and lies nowhere in the clear", async () => {
  const [ana, ben] = [await stage().person("Ana"), await stage().person("Ben")];
  await befriend(ana, ben);
  const [canary, name] = [createCanary("film"), `${createCanary("name")}.bin`];
  const path = join(stage().folder, name);
  writeFileSync(path, Buffer.concat([Buffer.from(canary.repeat(40_000)), randomBytes(BYTES)]));
  const hash = await hashOf(path);
  await attachPaths(ana, path);
  await expect.poll(() => progressOf(ana), { timeout: 60_000 }).toBeGreaterThan(8 * MIB);
  for (const person of [ana, ben]) person.complaints.expect(/ERR_|WebSocket connection/);
  await stage().node.kill();
  // What is sent on after a reload was copied meanwhile.
  await expect.poll(() => keptBytes(ana), { timeout: 60_000 }).toBeGreaterThan(BYTES);
  await stage().node.start();
  await ana.page.reload();
  const card = cardOf(ben, name);
  await card.getByRole("button", { name: ben.words.t("file.fetch") }).click({ timeout: 60_000 });
  await expect.poll(() => progressOf(ben), { timeout: 60_000 }).toBeGreaterThan(8 * MIB);
  const before = reads(ben);
  await ben.page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
  await ben.page.reload();
  const save = card.getByRole("button", { name: ben.words.t("file.save") });
  await save.waitFor({ timeout: 60_000 });
  expect(reads(ben) - before).toBe(1);
  // The copy is not needed any more.
  await expect.poll(() => keptBytes(ana)).toBe(0);
  const downloading = ben.page.waitForEvent("download");
  await save.click();
  const download = await downloading;
  const saved = join(stage().folder, "saved.bin");
  await download.saveAs(saved);
  expect([download.suggestedFilename(), await hashOf(saved)]).toEqual([name, hash]);
  await download.delete();
  await ana.closeBrowser();
  await ben.closeBrowser();
  // Ana's browser itself notes the path that she chose.
  expect(findTraces(ana.profileFolder, [canary])).toEqual([]);
  expect(findTraces(ben.profileFolder, [canary, name.slice(0, -4)])).toEqual([]);
  for (const person of [ana, ben]) await person.restartBrowser();
});
