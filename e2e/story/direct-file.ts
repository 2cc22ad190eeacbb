// A file that two browsers hand each other, and what their connections and the node have of it.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { takePicture } from "../rig/look.ts";
import type { Person } from "../rig/person.ts";
import type { Stage } from "../rig/stage.ts";
import { attachPaths, cardOf } from "./files.ts";

/** Less than what makes the reader look whether the node is faster. */
const BYTES = 20 * 2 ** 20;
const PATIENCE_MS = 60_000;

/** Where each read of a blob by this person began. */
const readsOf = ({ proxy }: Person) =>
  proxy.recorded.filter(({ method, path }) => method === "GET" && path.startsWith("/v1/blobs/")).map(({ range }) => range);

/** Bytes that came over the newest connection of this page, and the kinds of both ends. */
function channelOf({ page }: Person) {
  return page.evaluate(async () => {
    const stats = [...((await window.connections.at(-1)?.getStats())?.values() ?? [])];
    const channel = stats.find(({ type }) => type === "data-channel");
    const kinds = stats.filter(({ type }) => /^(local|remote)-candidate$/.test(type)).map((one) => String(one.candidateType));
    return { bytes: Number(channel?.bytesReceived ?? 0), kinds: [...new Set(kinds)] };
  });
}

/** Two who verified each other, with connections that are watched. `isCut`: in the middle of it. */
export async function handOver(stage: Stage, from: Person, to: Person, { isCut }: { readonly isCut: boolean }): Promise<void> {
  const name = isCut ? "cut.bin" : "whole.bin";
  const path = join(stage.folder, name);
  const bytes = randomBytes(BYTES);
  writeFileSync(path, bytes);
  const before = readsOf(to).length;
  const connections = () => to.page.evaluate(() => window.connections.length);
  const opened = await connections();
  await attachPaths(from, path);
  const card = cardOf(to, name);
  const fetch = card.getByRole("button", { name: to.words.t("file.fetch") });
  await fetch.waitFor({ timeout: PATIENCE_MS });
  expect(await connections()).toBe(opened); // nothing before the person asks (K1)
  await fetch.click();
  await expect.poll(async () => (await channelOf(to)).bytes, { timeout: PATIENCE_MS, interval: 20 }).toBeGreaterThan(2 ** 20);
  if (isCut) await to.page.evaluate(() => window.connections.at(-1)?.close());
  else {
    await card.getByText(to.words.t("file.directly")).waitFor({ timeout: PATIENCE_MS });
    await takePicture(to.page, "file-directly");
    expect((await channelOf(to)).kinds).not.toContain("relay");
  }
  const save = card.getByRole("button", { name: to.words.t("file.save") });
  await save.waitFor({ timeout: PATIENCE_MS });
  const downloading = to.page.waitForEvent("download");
  await save.click();
  const saved = join(stage.folder, `saved ${name}`);
  await (await downloading).saveAs(saved);
  const hash = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
  expect(hash(readFileSync(saved))).toBe(hash(bytes));
  const reads = readsOf(to).slice(before);
  if (!isCut) expect(reads).toEqual([]);
  else {
    expect(reads).toHaveLength(1);
    expect(Number(/^bytes=(\d+)-$/.exec(reads[0] ?? "")?.[1])).toBeGreaterThan(2 ** 20);
  }
}
