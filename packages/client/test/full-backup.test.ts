// A backup with messages: what it brings back, what it never holds, and what happens to one that is not whole.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Entry } from "../src/index.ts";
import { groupIdOf, groupOf, sayIn, told } from "./support/group-world.ts";
import { acquaintedPair, contactOf, conversationOf, heard, idOf, type Person, say, type World } from "./support/world.ts";

const PASS = "correct horse";

let world: World;
let ana: Person;
let ben: Person;

beforeEach(async () => {
  ({ world, ana, ben } = await acquaintedPair());
});
afterEach(() => world.close(ana));

async function said(by: Person, to: Person, text: string): Promise<void> {
  await say(by, text);
  await world.until(`${text} came`, () => heard(to).includes(text));
}

async function texts(person: Person, id = conversationOf(person)?.id ?? ""): Promise<readonly string[]> {
  const entries: readonly Entry[] = await person.client.conversations.history(id, { limit: 1_000 });
  return entries.flatMap((entry) => (entry.kind === "text" ? [entry.text] : [])).reverse();
}

async function everything(person: Person): Promise<Uint8Array> {
  return person.client.account.exportBackup(PASS, { withMessages: true });
}

describe("a backup with messages", () => {
  it("brings back what was said on an empty machine, where the conversation goes on, and what was deleted stays deleted", async () => {
    await said(ana, ben, "to be deleted");
    await ben.client.conversations.clear(conversationOf(ben)?.id ?? "");
    for (let i = 0; i < 300; i++) await say(ana, `message ${i}`);
    await world.until("all came", () => heard(ben).includes("message 299"));
    await ben.client.conversations.arrange(conversationOf(ben)?.id ?? "", { isPinned: true, folder: "Work" });
    const done: number[] = [];
    ben.client.subscribe((event) => {
      if (event.kind === "backup") done.push(event.done / event.total);
    });
    const bytes = await everything(ben);
    expect([done.length > 1, done.at(-1)]).toEqual([true, 1]);
    const deviceId = ben.client.account.snapshot().deviceId;
    await ben.client.close();

    const again = await world.imported("Ben", bytes, PASS);
    expect(again.client.account.snapshot().deviceId).not.toBe(deviceId);
    const expected = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    expect(await texts(again)).toEqual(expected);
    expect(conversationOf(again)).toMatchObject({
      arrangement: { isPinned: true, folder: "Work" },
      last: { text: "message 299" },
    });
    expect((await again.client.search.find({ words: "message 17" })).hits[0]?.entry).toMatchObject({ text: "message 17" });
    expect((await again.client.search.find({ words: "deleted" })).total).toBe(0);
    await world.until("taken in", () => conversationOf(again)?.state === "active", 60_000);
    expect(again.client.conversations.list()).toHaveLength(1);
    await said(ana, again, "you are back");
    await said(again, ana, "with everything");
    expect(await texts(again)).toEqual([...expected, "you are back", "with everything"]);
    await world.close(again);
  });

  it("brings its groups back, too: whoever administers one takes the new device in, and everybody sees it", async () => {
    const carl = await world.person("Carl");
    await world.acquainted(carl, ana);
    await ana.client.groups.create("Garden", [idOf(ben), idOf(carl)]);
    await world.until("all are in", () => [ana, ben, carl].every((one) => groupOf(one)?.members.length === 3));
    await sayIn(carl, "before");
    await world.until("came", () => groupOf(ben)?.last?.kind === "text");
    const bytes = await everything(ben);
    await ben.client.close();
    const again = await world.imported("Ben", bytes, PASS);
    await world.until("in the group", () => groupOf(again)?.state === "active", 60_000);
    const { deviceId } = again.client.account.snapshot();
    const devicesOf = (one: Person) => groupOf(one)?.members.find(({ identityId }) => identityId === idOf(again))?.deviceIds;
    for (const one of [ana, carl]) await world.until("seen", () => devicesOf(one)?.includes(deviceId) === true);
    expect((await told(carl)).at(-1)).toMatchObject({ what: "deviceAdded" });
    await sayIn(again, "back");
    await world.until("read", () => groupOf(carl)?.last?.kind === "text" && groupOf(ana)?.last?.kind === "text");
    expect(await texts(again, groupIdOf(again))).toEqual(["before", "back"]);
    expect(groupOf(ana)?.pending ?? []).toEqual([]);
    await world.close(again, carl);
  });

  it("never holds session state, device keys or tokens", async () => {
    await said(ana, ben, "hello");
    await ben.client.close();
    const { core, tasks } = await world.inside("Ben", ben.disk);
    const { account } = core;
    const { openFullBackup, sealFullBackup } = await import("../src/account/full-backup.ts");
    const { newBackupKey } = await import("../src/account/backup.ts");
    const sealed = await sealFullBackup(core, await newBackupKey(core.deps, PASS, 2), () => undefined);
    const opened = await openFullBackup(core.deps, sealed, PASS);
    const pieces: unknown[] = [];
    for await (const piece of opened.pieces()) pieces.push(piece);
    const held = JSON.stringify([opened.content, opened.threads, ...pieces], (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("hex") : typeof value === "bigint" ? String(value) : value,
    );
    expect(held).toContain("hello");
    const [group] = core.tables.groups.all();
    const secrets = [
      account.device.signatureSecretKey,
      account.inbox.readToken,
      account.inbox.adminSecretKey,
      ...account.inbox.keys.map(({ secretKey }) => secretKey),
      ...core.tables.keyPackages.all().map(({ privatePackage }) => privatePackage),
      group?.tokens.readToken ?? new Uint8Array(0),
      group?.tokens.writeToken ?? new Uint8Array(0),
      group?.adminSecretKey ?? new Uint8Array(0),
    ];
    for (const secret of secrets) expect(held).not.toContain(Buffer.from(secret).toString("hex"));
    await tasks.close();
  });

  it("is restored whole or not at all", async () => {
    for (let i = 0; i < 3; i++) await said(ana, ben, `message ${i}`);
    const bytes = await everything(ben);
    await ben.client.close();
    const flipped = bytes.slice();
    flipped[bytes.length - 60] = (flipped[bytes.length - 60] ?? 0) ^ 1;
    for (const broken of [bytes.subarray(0, bytes.length - 1), bytes.subarray(0, bytes.length - 45), flipped])
      await expect(world.imported("Ben", broken, PASS)).rejects.toMatchObject({ code: "export/damaged" });
    await expect(world.imported("Ben", bytes, "wrong")).rejects.toMatchObject({ code: "export/wrongPassphrase" });
    await expect(world.imported("Ben", bytes.subarray(0, 60), PASS)).rejects.toMatchObject({ code: "export/notAnExport" });
  });

  it("keeps what was said in groups, which the new device is not in until somebody adds it", async () => {
    await ana.client.groups.create("Garden", [idOf(ben)]);
    await world.until("both in", () =>
      ben.client.conversations.list().some(({ kind, state }) => kind === "group" && state === "active"),
    );
    const garden = groupIdOf(ben);
    await ben.client.conversations.send(garden, "beans are up");
    await world.until("heard", () => heard(ana).includes("beans are up"));
    await ben.client.settled();
    const bytes = await everything(ben);
    await ben.client.close();
    const again = await world.imported("Ben", bytes, PASS);
    expect(again.client.conversations.get(garden)).toMatchObject({ kind: "group", name: "Garden", state: "removed" });
    expect(await texts(again, garden)).toEqual(["beans are up"]);
    expect(contactOf(again, ana)?.state).toBe("accepted");
    await world.close(again);
  });

  it("is made without asking once its passphrase is kept", async () => {
    await expect(ben.client.account.exportKeptBackup()).rejects.toMatchObject({ code: "export/noKeptPassphrase" });
    await ben.client.account.keepBackupPassphrase(PASS);
    await said(ana, ben, "kept");
    const [one, other] = [await ben.client.account.exportKeptBackup(), await ben.client.account.exportKeptBackup()];
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false);
    await ben.client.close();
    const again = await world.imported("Ben", other, PASS);
    expect(await texts(again)).toEqual(["kept"]);
    await world.close(again);
  });
});
