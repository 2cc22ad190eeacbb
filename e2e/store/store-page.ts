// The IndexedDB store of a vault in a page of its own, for vault-store.test.ts: every case that a store has to pass, and what only a real
// browser can say about two tabs and about keys that cannot be taken out.
import { Vault } from "@p2pcrypt/vault";
import { vaultStoreCases } from "@p2pcrypt/vault/conformance";
import { deleteIndexedDbVault, type IndexedDbVaultStore, openIndexedDbVault } from "@p2pcrypt/vault/indexed-db";
import { createPlatformKey, platformWrappingKey } from "@p2pcrypt/vault/platform-key";

declare global {
  interface Window {
    /** @returns what each case says: `ok`, or why not. */
    runCases: () => Promise<Record<string, string>>;
    /** Stores one byte under one key, keeping the store open. @returns `ok`, or the error's code. */
    storeByte: (name: number, value: number) => Promise<string>;
    readByte: (name: number) => Promise<number | undefined>;
    /** Makes a vault under a key of this browser. @returns how taking the key out ends. */
    makeVault: () => Promise<string>;
    /** @returns whether it opens with the key that the browser kept. */
    reopenVault: () => Promise<boolean>;
  }
}

const browser = { factory: indexedDB, keyRange: IDBKeyRange };
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const deps = { random, deriveKey: () => Promise.reject(new Error("no passphrase here")) };
const open = (name: string): Promise<IndexedDbVaultStore> => openIndexedDbVault(browser, { name, lost: () => undefined });
let held: Promise<IndexedDbVaultStore> | undefined;
const holding = (): Promise<IndexedDbVaultStore> => {
  held ??= open("held");
  return held;
};

window.runCases = async () => {
  const said: Record<string, string> = {};
  for (const { name, run } of vaultStoreCases) {
    await deleteIndexedDbVault(browser, "case");
    const store = await open("case");
    said[name] = await run(store).then(() => "ok", String);
    await store.close();
  }
  return said;
};

window.storeByte = async (name, value) => {
  const store = await holding();
  return store.apply([{ key: Uint8Array.of(name), value: Uint8Array.of(value) }]).then(() => "ok", codeOf);
};

window.readByte = async (name) => (await (await holding()).get(Uint8Array.of(name)))?.[0];

window.makeVault = async () => {
  const store = await open("vault");
  const key = await createPlatformKey(crypto.subtle);
  await store.writeKey("vault", key);
  await (await Vault.create(store, deps, { kind: "key", key: platformWrappingKey(crypto.subtle, key) })).close();
  return crypto.subtle.exportKey("raw", key).then(
    () => "taken out",
    ({ name }: DOMException) => name,
  );
};

window.reopenVault = async () => {
  const store = await open("vault");
  const key = await store.readKey("vault");
  if (key === undefined) return false;
  const vault = await Vault.open(store, deps, { kind: "key", key: platformWrappingKey(crypto.subtle, key) });
  return !vault.isLocked;
};

function codeOf(error: unknown): string {
  const failure = error instanceof Error && "failure" in error ? error.failure : undefined;
  return typeof failure === "object" && failure !== null && "code" in failure ? String(failure.code) : String(error);
}
