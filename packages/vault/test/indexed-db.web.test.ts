import { randomBytes } from "node:crypto";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { vaultStoreCases } from "../src/conformance.ts";
import { Vault } from "../src/index.ts";
import { deleteIndexedDbVault, type IndexedDb, type IndexedDbVaultStore, openIndexedDbVault } from "../src/indexed-db.ts";
import { createPlatformKey, platformWrappingKey } from "../src/platform-key.ts";

const { subtle } = globalThis.crypto;
const deps = {
  random: (length: number) => new Uint8Array(randomBytes(length)),
  deriveKey: async () => new Uint8Array(32),
};
const newBrowser = (): IndexedDb => ({ factory: new IDBFactory(), keyRange: IDBKeyRange });
const open = (browser: IndexedDb, lost: (reason: string) => void = () => undefined): Promise<IndexedDbVaultStore> =>
  openIndexedDbVault(browser, { name: "vault", lost });
const protectedBy = (key: CryptoKey) => ({ kind: "key", key: platformWrappingKey(subtle, key) }) as const;
const write = (name: number, value: number) => ({ key: Uint8Array.of(name), value: Uint8Array.of(value) });

describe("the IndexedDB store", () => {
  it.each(vaultStoreCases)("$name", async ({ run }) => {
    const store = await open(newBrowser());
    await run(store);
    await store.close();
  });

  it("M20: of two openings the later writes and the earlier stores nothing more", async () => {
    const browser = newBrowser();
    const first = await open(browser);
    await first.apply([write(1, 1)]);
    const second = await open(browser);
    await expect(first.apply([write(1, 2), write(2, 2)])).rejects.toMatchObject({ failure: { code: "vault/takenOver" } });
    expect(first.isTakenOver).toBe(true);
    expect(await second.get(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
    expect(await second.get(Uint8Array.of(2))).toBeUndefined();
    await second.apply([write(1, 3)]);
    expect(await second.get(Uint8Array.of(1))).toEqual(Uint8Array.of(3));
  });

  it("stores no more than the bytes of a view", async () => {
    const store = await open(newBrowser());
    const large = new Uint8Array(1_000).fill(9);
    await store.apply([{ key: large.subarray(0, 1), value: large.subarray(10, 12) }]);
    const found = await store.get(Uint8Array.of(9));
    expect([found?.length, found?.buffer.byteLength]).toEqual([2, 2]);
  });

  it("W9: a database of a newer program is named as such and left alone", async () => {
    const browser = newBrowser();
    await new Promise<void>((resolve) => {
      const request = browser.factory.open("vault", 2);
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
    });
    await expect(open(browser)).rejects.toMatchObject({ failure: { code: "vault/newer" } });
    expect(await browser.factory.databases()).toEqual([{ name: "vault", version: 2 }]);
  });

  it("W8: says so when the database is deleted behind its back, and refuses from then on", async () => {
    const browser = newBrowser();
    const lost: string[] = [];
    const store = await open(browser, (reason) => lost.push(reason));
    await deleteIndexedDbVault(browser, "vault");
    expect(lost).toEqual(["replaced"]);
    await expect(store.apply([write(1, 1)])).rejects.toMatchObject({ failure: { code: "vault/notStored" } });
    await expect(store.get(Uint8Array.of(1))).rejects.toMatchObject({ failure: { code: "vault/notStored" } });
  });
});

describe("a vault under a key of the browser", () => {
  it("W4: opens with the stored key, which cannot be exported, and with no other", async () => {
    const browser = newBrowser();
    const store = await open(browser);
    const key = await createPlatformKey(subtle);
    await store.writeKey("vault", key);
    await (await Vault.create(store, deps, protectedBy(key))).close();

    const again = await open(browser);
    const found = await again.readKey("vault");
    if (found === undefined) throw new TypeError("the key is gone");
    await expect(subtle.exportKey("raw", found)).rejects.toThrow();
    expect((await Vault.open(again, deps, protectedBy(found))).isLocked).toBe(false);
    const other = protectedBy(await createPlatformKey(subtle));
    await expect(Vault.open(again, deps, other)).rejects.toMatchObject({ failure: { code: "vault/wrongKey" } });
  });

  it("forgets the key", async () => {
    const store = await open(newBrowser());
    await store.writeKey("vault", await createPlatformKey(subtle));
    await store.writeKey("vault", undefined);
    expect(await store.readKey("vault")).toBeUndefined();
  });
});
