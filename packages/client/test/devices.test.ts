import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { expect, it } from "vitest";
import { contactOf, conversationOf, faults, heard, idOf, linkOf, say, World } from "./support/world.ts";

it("a backup makes a new device, which its contacts take in", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const backup = await ben.client.account.exportBackup("correct horse");
  const tablet = await world.imported("Ben", backup, "correct horse");
  expect(idOf(tablet)).toBe(idOf(ben));
  expect(tablet.client.account.snapshot().deviceId).not.toBe(ben.client.account.snapshot().deviceId);
  await world.until("taken in", () => conversationOf(tablet)?.state === "active", 60_000);
  await say(ana, "hello, both of you");
  await world.until("both devices", () => heard(tablet).length === 1 && heard(ben).length === 1);
  await say(tablet, "from the tablet");
  await world.until("heard", () => heard(ana).length === 1);
  const own = ben.events.filter((event) => event.kind === "entry" && event.entry.kind === "text" && event.entry.isOwn);
  expect(own).toHaveLength(1);
  expect([...faults(ana), ...faults(ben), ...faults(tablet)]).toEqual([]);
  await world.close(ana, ben, tablet);
});

it("a device declared lost is removed from the conversation, and reads nothing that comes after", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const backup = await ben.client.account.exportBackup("correct horse");
  const tablet = await world.imported("Ben", backup, "correct horse");
  await world.until("taken in", () => conversationOf(tablet)?.state === "active", 60_000);
  await tablet.client.account.revokeDevice(ben.client.account.snapshot().deviceId);
  await world.until("removed", () => ["removed", "left"].includes(conversationOf(ben)?.state ?? ""), 60_000);
  await say(ana, "only for the tablet");
  await world.until("heard", () => heard(tablet).length === 1);
  await say(tablet, "good");
  await world.until("answered", () => heard(ana).length === 1);
  await world.pass(10_000);
  expect(heard(ben)).toEqual([]);
  await world.close(ana, ben, tablet);
});

it("M20: a copy of a vault that is used as well stops the original, which sends nothing more", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ben.client.close();
  const copy = new MemoryVaultStore();
  await copy.apply((await ben.disk.range({ from: new Uint8Array(0), to: new Uint8Array(65).fill(255), limit: 1e6 })).slice());
  const original = await world.again("Ben", ben.disk);
  await say(original, "from the original");
  await world.until("heard", () => heard(ana).length === 1);
  const clone = await world.again("Ben copy", copy);
  await world.until("noticed", () => clone.events.some(({ kind }) => kind === "stopped"));
  expect(clone.events.find(({ kind }) => kind === "stopped")).toMatchObject({ code: "client/cloned" });
  await expect(say(clone, "from the clone")).rejects.toMatchObject({ code: "client/cloned" });
  await world.pass(10_000);
  expect(heard(ana)).toEqual(["from the original"]);
  await world.close(ana, original, clone);
});

it("M20: an export holds no session: its import asks to be taken in and never sends under the old device's keys", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const backup = await ben.client.account.exportBackup("pass");
  await expect(world.imported("Ben", backup, "wrong one")).rejects.toMatchObject({ code: "export/wrongPassphrase" });
  await expect(world.imported("Ben", backup.slice(3), "pass")).rejects.toMatchObject({ code: "export/notAnExport" });
  const tablet = await world.imported("Ben", backup, "pass");
  expect(tablet.client.conversations.list()).toEqual([]);
  await world.close(ana, ben, tablet);
});

it("a message sender renews its keys after 150 messages, and nothing is lost on the way", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  const before = conversationOf(ana)?.code?.epoch ?? 0n;
  for (let n = 0; n < 160; n++) await say(ben, String(n));
  await world.until("all", () => heard(ana).length === 160);
  expect(heard(ana)).toEqual(Array.from({ length: 160 }, (_, n) => String(n)));
  await world.until("new epoch", () => (conversationOf(ana)?.code?.epoch ?? 0n) > before);
  await world.close(ana, ben);
});

it("a new name reaches contacts", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  await ben.client.account.rename("Benjamin");
  await world.until("renamed", () => contactOf(ana, ben)?.name === "Benjamin", 60_000);
  expect(linkOf(ben)).toContain("/#/add/");
  await world.close(ana, ben);
});
