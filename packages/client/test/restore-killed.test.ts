// A restore that is killed at any write leaves a vault that says so and holds nothing that is used; the next restore is whole.
import { type ClientDeps, createClient, importClient, openClient, type Recovery, recoverClient } from "@p2pcrypt/client";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client, Entry } from "../src/index.ts";
import { DyingDisk } from "./support/dying-disk.ts";
import { acquaintedPair, heard, NODE_URL, newVault, type Person, say, type World } from "./support/world.ts";

const PASS = "correct horse";
const SAID = Array.from({ length: 20 }, (_, i) => `message ${i}`);

let world: World;
let ana: Person;
let ben: Person;
beforeEach(async () => {
  ({ world, ana, ben } = await acquaintedPair());
  for (const text of SAID) await say(ana, text);
  await world.until("all came", () => heard(ben).length === SAID.length);
  const self = await ben.client.conversations.noteToSelf();
  await ben.client.conversations.send(self, "remember");
  await world.until("noted", () => ben.client.conversations.get(self)?.queued === 0);
});
afterEach(() => world.close(ana));

/** What stands in each conversation. */
async function everythingIn(client: Client): Promise<readonly (readonly string[])[]> {
  const all: string[][] = [];
  for (const { id } of client.conversations.list()) {
    const entries: readonly Entry[] = await client.conversations.history(id, { limit: 1_000 });
    all.push(entries.flatMap((entry) => (entry.kind === "text" ? [entry.text] : [])).reverse());
  }
  return all.sort((a, b) => b.length - a.length);
}

function whenKilled(error: Error): undefined {
  if (error.message !== "killed") throw error;
}

/** Kills it at each of its writes in turn. @returns how many it has. */
async function killedAtEveryWrite(restore: (deps: ClientDeps) => Promise<Client>): Promise<number> {
  for (let writes = 0; ; writes++) {
    const disk = new MemoryVaultStore();
    await newVault(disk, `Ben ${writes}`);
    const outcome = await restore(await world.depsOn("Ben", new DyingDisk(disk, writes))).catch(whenKilled);
    if (outcome !== undefined) {
      await outcome.close();
      return writes;
    }
    const opened = openClient(await world.depsOn("Ben", disk));
    await expect(opened).rejects.toMatchObject({
      code: writes < 2 ? "client/noIdentity" : "client/restoreUnfinished",
    });
    // Killed once more, while the rest of the first one is taken out or soon after.
    await restore(await world.depsOn("Ben", new DyingDisk(disk, 1 + (writes % 4)))).catch(() => undefined);
    const again = await restore(await world.depsOn("Ben", disk));
    expect(await everythingIn(again)).toEqual([SAID, ["remember"]]);
    expect([again.contacts.list().length, again.account.snapshot().name]).toEqual([1, "Ben"]);
    await again.close();
    const reopened = await openClient(await world.depsOn("Ben", disk));
    expect(await everythingIn(reopened)).toEqual([SAID, ["remember"]]);
    await reopened.close();
  }
}

describe("a restore that is killed", () => {
  it("from a file is whole or not there, wherever it was", async () => {
    const bytes = await ben.client.account.exportBackup(PASS, { withMessages: true });
    await ben.client.close();
    const writes = await killedAtEveryWrite((deps) => importClient(deps, { bytes, passphrase: PASS }));
    expect(writes).toBeGreaterThan(5);
  });

  it("from the node, by the sheet, is whole or not there, wherever it was", async () => {
    const sheet: Recovery = { text: (await ben.client.account.recoverySheet()).text };
    await ben.client.account.backUpAtNode();
    await ben.client.close();
    const writes = await killedAtEveryWrite((deps) => {
      // A node takes so many questions in a minute.
      world.time.jump(60_000);
      return recoverClient(deps, { ...sheet, backup: "newest" });
    });
    expect(writes).toBeGreaterThan(5);
  });

  it("by the sheet alone is there or not: it is one write", async () => {
    const sheet: Recovery = { text: (await ben.client.account.recoverySheet()).text };
    await ben.client.close();
    for (const writes of [0, 1, 2]) {
      const disk = new MemoryVaultStore();
      await newVault(disk, `Ben ${writes}`);
      const killed = await recoverClient(await world.depsOn("Ben", new DyingDisk(disk, writes)), sheet).catch(() => undefined);
      expect(killed === undefined).toBe(writes < 2);
      await killed?.close();
      const opened = await openClient(await world.depsOn("Ben", disk)).catch((error: { code: string }) => error.code);
      expect(opened === "client/noIdentity").toBe(writes < 2);
      if (typeof opened !== "string") await opened.close();
    }
  });

  it("leaves nothing to an identity that begins there instead", async () => {
    const bytes = await ben.client.account.exportBackup(PASS, { withMessages: true });
    await ben.client.close();
    const disk = new MemoryVaultStore();
    await newVault(disk, "Carl");
    const half = importClient(await world.depsOn("Carl", new DyingDisk(disk, 5)), { bytes, passphrase: PASS });
    await expect(half).rejects.toThrow("killed");
    const deps = await world.depsOn("Carl", disk);
    const carl = await createClient(deps, { name: "Carl", homeNodeUrl: NODE_URL });
    expect([carl.contacts.list(), carl.conversations.list()]).toEqual([[], []]);
    expect(await disk.range({ from: Uint8Array.of(3), to: Uint8Array.of(255), limit: 9 })).toEqual([]);
    await carl.close();
  });
});
