// A file that two browsers, or a browser and a terminal, hand each other, and what their connections and the node have of it.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { diskFiles, sinkRef } from "../../apps/cli/src/files/disk-files.ts";
import { Spool } from "../../apps/cli/src/files/spool.ts";
import { takePicture } from "../rig/look.ts";
import { Peer } from "../rig/peer.ts";
import type { Person } from "../rig/person.ts";
import type { Stage } from "../rig/stage.ts";
import { openConversation } from "./begin.ts";
import { attachPaths, cardOf } from "./files.ts";
import { verify } from "./vouch.ts";

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
  writeFileSync(path, randomBytes(BYTES));
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
  expect(hashOf(saved)).toBe(hashOf(path));
  const reads = readsOf(to).slice(before);
  if (!isCut) expect(reads).toEqual([]);
  else {
    expect(reads).toHaveLength(1);
    expect(Number(/^bytes=(\d+)-$/.exec(reads[0] ?? "")?.[1])).toBeGreaterThan(2 ** 20);
  }
}

/** A browser and a terminal who verified each other, in both directions. Whoever tries again meets somebody else. */
export async function handToTerminal(stage: Stage, person: Person): Promise<void> {
  const peer = await Peer.create(
    `Terra ${randomBytes(2).toString("hex")}`,
    stage.node.url,
    undefined,
    diskFiles(new Spool(stage.folder)),
  );
  try {
    await peer.meet(person);
    await peer.vouchFor(person.name);
    await verify(person, peer.name);
    await openConversation(person, peer.name);
    const path = join(stage.folder, "from-terminal.bin");
    writeFileSync(path, randomBytes(4 * 2 ** 20));
    const before = readsOf(person).length;
    await peer.client.files.send(peer.conversation?.id ?? "", { ref: path, name: "from-terminal.bin" });
    const card = cardOf(person, "from-terminal.bin");
    await card.getByRole("button", { name: person.words.t("file.fetch") }).click({ timeout: PATIENCE_MS });
    await card.getByRole("button", { name: person.words.t("file.save") }).waitFor({ timeout: PATIENCE_MS });
    expect(readsOf(person).slice(before)).toEqual([]);
    const heard = peer.file("from-terminal.bin");
    await attachPaths(person, path);
    const { conversationId, id, author } = await heard;
    const fetched = peer.fetched();
    await peer.client.files.download(conversationId, { id, author }, sinkRef(stage.folder, "terra", "fetched.bin"));
    expect(await fetched).toBe(true);
    expect(hashOf(join(stage.folder, "fetched.bin"))).toBe(hashOf(path));
  } finally {
    await peer.close();
  }
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
