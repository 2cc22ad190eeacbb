import { Vault } from "@p2pcrypt/vault";
import { deleteIndexedDbVault, openIndexedDbVault } from "@p2pcrypt/vault/indexed-db";
import { platformWrappingKey } from "@p2pcrypt/vault/platform-key";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noteRestoring } from "../../../packages/client/src/store/restoring.ts";
import type { AccountRow } from "../../../packages/client/src/store/rows.ts";
import { decodeStored } from "../../../packages/client/src/store/stored-json.ts";
import { SELF } from "../../../packages/client/src/store/tables.ts";
import { REMOTE_METHODS } from "../src/protocol/client-protocol.ts";
import { Browser, HOME, random, type Tab } from "./support/browser.ts";

let browser: Browser;
beforeEach(() => {
  browser = new Browser();
});
afterEach(() => browser.end());

async function ana(): Promise<Tab> {
  const tab = browser.tab();
  await tab.reaches("fresh");
  await tab.boot.create({ name: "Ana", homeNodeUrl: HOME });
  return tab;
}

describe("a page and its worker", () => {
  it("makes an identity, and has it again after a reload", async () => {
    const tab = await ana();
    const { identityId, name, homeNodeUrl } = tab.client.account.snapshot();
    expect([name, homeNodeUrl]).toEqual(["Ana", HOME]);
    await tab.boot.update();
    const again = browser.tab();
    await again.reaches("open");
    expect(again.client.account.snapshot()).toMatchObject({ identityId, name });
  });

  it("refuses a name or a node without leaving anything half made", async () => {
    const tab = browser.tab();
    await tab.reaches("fresh");
    await expect(tab.boot.create({ name: " ", homeNodeUrl: HOME })).rejects.toMatchObject({ failure: { code: "name/empty" } });
    await expect(tab.boot.create({ name: "Ana", homeNodeUrl: "ftp://x" })).rejects.toMatchObject({
      failure: { code: "nodeUrl/malformed" },
    });
    expect(tab.boot.state().kind).toBe("fresh");
    await tab.boot.create({ name: "Ana", homeNodeUrl: HOME });
    await expect(tab.boot.create({ name: "Ana", homeNodeUrl: HOME })).rejects.toMatchObject({ failure: { code: "web/notNow" } });
  });

  it("answers reads from events: a change is there when the call that made it resolves", async () => {
    const tab = await ana();
    const heard: string[] = [];
    tab.client.subscribe(({ kind }) => heard.push(kind));
    await tab.client.account.rename("Anna");
    expect(tab.client.account.snapshot().name).toBe("Anna");
    expect(heard).toContain("self");
    const { link } = tab.client.account.snapshot();
    await expect(tab.client.contacts.add(link)).rejects.toMatchObject({ failure: { code: "link/own" } });
  });

  it("W5: a passphrase locks: a wrong one opens nothing, the right one does, and it can be changed and taken away", async () => {
    const tab = await ana();
    expect(await tab.boot.changePassphrase({ next: "first" })).toBe(true);
    expect(tab.boot.hasPassphrase()).toBe(true);
    expect(await tab.boot.changePassphrase({ present: "guess", next: "mine" })).toBe(false);
    expect(await tab.boot.changePassphrase({ next: "mine" })).toBe(false);
    await tab.boot.lock();
    expect(tab.boot.state().kind).toBe("locked");
    expect(await tab.boot.unlock("guess")).toBe(false);
    expect(tab.boot.state().kind).toBe("locked");
    expect(await tab.boot.unlock("first")).toBe(true);
    expect(await tab.boot.changePassphrase({ present: "first", next: "second" })).toBe(true);
    await tab.boot.lock();
    expect([await tab.boot.unlock("first"), await tab.boot.unlock("second")]).toEqual([false, true]);
    expect(await tab.boot.changePassphrase({ present: "second", next: "" })).toBe(true);
    expect(tab.boot.hasPassphrase()).toBe(false);
    await tab.boot.update();
    const again = browser.tab();
    await again.reaches("open");
  });

  it("W4: under a passphrase no key of the browser is left beside the vault", async () => {
    const tab = await ana();
    await tab.boot.changePassphrase({ next: "secret" });
    await tab.boot.update();
    const store = await openIndexedDbVault(browser.indexedDb, { name: "p2pcrypt", lost: () => undefined });
    expect(await store.readKey("vault")).toBeUndefined();
    await store.close();
  });

  it("M20: a second tab is told, takes over when asked, and the first stops before the second begins", async () => {
    const first = await ana();
    const second = browser.tab();
    await second.reaches("inUse");
    const order: string[] = [];
    first.boot.subscribe(() => order.push(`first ${first.boot.state().kind}`));
    second.boot.subscribe(() => order.push(`second ${second.boot.state().kind}`));
    await second.boot.takeOver();
    await first.reaches("ended");
    expect(first.boot.state()).toEqual({ kind: "ended", reason: "takenOver" });
    expect(second.client.account.snapshot().name).toBe("Ana");
    expect(order).toEqual(["first ended", "second open"]);
    await first.boot.takeOver();
    await second.reaches("ended");
    expect(first.boot.state().kind).toBe("open");
  });

  it("W8: a database that is deleted behind the page's back ends the session, and a reload says what happened", async () => {
    const tab = await ana();
    await deleteIndexedDbVault(browser.indexedDb, "p2pcrypt");
    await tab.reaches("ended");
    const again = browser.tab();
    await again.reaches("ended");
    expect(again.boot.state()).toEqual({ kind: "ended", reason: "evicted" });
    await again.boot.create({ name: "Ana", homeNodeUrl: HOME });
    expect(again.boot.state().kind).toBe("open");
  });

  it("W8: a vault without its key, and a damaged one, are named and left as they are", async () => {
    const tab = await ana();
    await tab.boot.update();
    const store = await openIndexedDbVault(browser.indexedDb, { name: "p2pcrypt", lost: () => undefined });
    await store.writeKey("vault", undefined);
    await store.close();
    const without = browser.tab();
    await without.reaches("ended");
    expect(without.boot.state()).toEqual({ kind: "ended", reason: "vaultDamaged" });
    const damaged = await openIndexedDbVault(browser.indexedDb, { name: "p2pcrypt", lost: () => undefined });
    await damaged.apply([{ key: Uint8Array.of(0), value: Uint8Array.of(1, 2, 3) }]);
    await damaged.close();
    const later = browser.tab();
    await later.reaches("ended");
    expect(later.boot.state()).toEqual({ kind: "ended", reason: "vaultDamaged" });
  });

  it("a restore that was broken off is said to be, nothing of it is kept, and it begins again", async () => {
    const tab = await ana();
    const bytes = await tab.client.account.exportBackup("pass", { withMessages: true });
    await tab.client.account.deleteIdentity();
    const fresh = browser.tab();
    await fresh.reaches("fresh");
    // The note that a restore leaves until it is whole.
    await expect(fresh.boot.create({ name: " ", homeNodeUrl: HOME })).rejects.toMatchObject({ failure: { code: "name/empty" } });
    await fresh.boot.update();
    const store = await openIndexedDbVault(browser.indexedDb, { name: "p2pcrypt", lost: () => undefined });
    const key = await store.readKey("vault");
    if (key === undefined) throw new TypeError("no key");
    const deps = { random, deriveKey: async () => new Uint8Array(32) };
    const vault = await Vault.open(store, deps, { kind: "key", key: platformWrappingKey(crypto.subtle, key) });
    await noteRestoring(vault);
    await vault.close();
    const again = browser.tab();
    await again.reaches("ended");
    expect(again.boot.state()).toEqual({ kind: "ended", reason: "restoreUnfinished" });
    await again.boot.importBackup({ bytes, passphrase: "pass" });
    expect(again.client.account.snapshot().name).toBe("Ana");
  });

  it("W8: what does not open any more is erased when the person says so, and the browser can begin anew", async () => {
    const tab = await ana();
    await expect(tab.boot.discard()).rejects.toMatchObject({ failure: { code: "web/notNow" } });
    await tab.boot.update();
    const store = await openIndexedDbVault(browser.indexedDb, { name: "p2pcrypt", lost: () => undefined });
    await store.writeKey("vault", undefined);
    await store.close();
    const later = browser.tab();
    await later.reaches("ended");
    expect(later.boot.state()).toEqual({ kind: "ended", reason: "vaultDamaged" });
    await later.boot.discard();
    expect(later.boot.state()).toEqual({ kind: "ended", reason: "deleted" });
    await later.boot.create({ name: "Ana again", homeNodeUrl: HOME });
    expect(later.client.account.snapshot().name).toBe("Ana again");
  });

  it("deletes an identity with its database, and can begin anew", async () => {
    const tab = await ana();
    expect(await tab.client.account.deleteIdentity()).toEqual({ isRevoked: false });
    expect(tab.boot.state()).toEqual({ kind: "ended", reason: "deleted" });
    expect(await browser.indexedDb.factory.databases()).toEqual([]);
    const again = browser.tab();
    await again.reaches("fresh");
  });

  it("W7: whatever a page asks in whatever order, no secret key comes back", async () => {
    const tab = await ana();
    const junk: unknown[] = [undefined, null, 0, "", "x", {}, [], { part: "account" }, random(4)];
    const client = tab.client;
    for (const part of ["account", "contacts", "conversations", "verification", "core", "#core", "constructor", "__proto__"]) {
      const known = Object.entries(REMOTE_METHODS).find(([name]) => name === part)?.[1] ?? [];
      const methods = [...known, "constructor", "#core", "deps", "snapshot", "__proto__"];
      for (const method of methods) {
        if (EXPORTS.has(method) || method === "deleteIdentity") continue;
        for (const args of [[], [junk], junk.slice(0, 3), [client.account.snapshot().identityId, "x"]])
          await callRaw(tab, { part, method, args });
      }
    }
    await callRaw(tab, { part: "account", method: "rename", args: "not a list" });
    const secrets = await secretsOf(tab);
    const posted = tab.workers.flatMap((worker) => worker.posted.map(texts)).join("\n");
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets)
      for (const form of ["hex", "base64", "base64url"] as const) expect(posted).not.toContain(secret.toString(form));
  });
});

/** What a person exports on purpose. */
const EXPORTS = new Set(["exportBackup", "exportKeptBackup", "exportForGpg", "recoverySheet", "showScanCode"]);

let calls = 1_000_000;
async function callRaw(tab: Tab, request: unknown): Promise<void> {
  calls += 1;
  const id = calls;
  const worker = tab.workers.at(-1);
  if (worker === undefined) throw new TypeError("no worker");
  tab.pages.at(-1)?.post({ kind: "call", id, op: "client", request });
  while (!worker.posted.some((message) => idOf(message) === id)) await new Promise((resolve) => setImmediate(resolve));
}

function idOf(message: unknown): unknown {
  return typeof message === "object" && message !== null && "kind" in message && message.kind !== "notice" && "id" in message
    ? message.id
    : undefined;
}

async function secretsOf(tab: Tab): Promise<readonly Buffer[]> {
  await tab.boot.update();
  const store = await openIndexedDbVault(browser.indexedDb, { name: "p2pcrypt", lost: () => undefined });
  const key = await store.readKey("vault");
  if (key === undefined) throw new TypeError("no key");
  const deps = { random, deriveKey: async () => new Uint8Array(32) };
  const vault = await Vault.open(store, deps, { kind: "key", key: platformWrappingKey(crypto.subtle, key) });
  const bytes = await vault.get("account", SELF);
  if (bytes === undefined) throw new TypeError("no account");
  const { secret, device, inbox } = decodeStored<AccountRow>(bytes);
  if (secret === undefined) throw new TypeError("no secret");
  await vault.close();
  return [
    secret.slice(-40),
    device.signatureSecretKey,
    inbox.readToken,
    inbox.contactToken,
    inbox.adminSecretKey,
    ...inbox.keys.map(({ secretKey }) => secretKey.slice(0, 32)),
  ].map((one) => Buffer.from(one));
}

/** A message as text, with its bytes in every usual form. */
function texts(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) => {
    if (typeof value === "bigint") return String(value);
    if (!(value instanceof Uint8Array)) return value;
    const bytes = Buffer.from(value);
    return [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")];
  });
}
