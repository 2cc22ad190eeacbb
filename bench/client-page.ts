// The SDK alone in a browser's page, for the suite client-web: fills IndexedDB with a vault that was made elsewhere, then opens it as an
// application would. In a page because long tasks are counted there only; in a worker it is the same code on the same engine.
import { openClient, openPgpIdentity } from "@p2pcrypt/client";
import { createXWingCrypto } from "@p2pcrypt/session";
import { Vault } from "@p2pcrypt/vault";
import { openIndexedDbVault } from "@p2pcrypt/vault/indexed-db";

declare global {
  interface Window {
    fillVault: () => Promise<void>;
    openVault: () => Promise<{ readonly conversations: number; readonly listMs: number; readonly longestTaskMs: number }>;
  }
}

const KEY = new Uint8Array(32).fill(7);
const WRITES_AT_ONCE = 500;
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const openStore = () =>
  openIndexedDbVault({ factory: indexedDB, keyRange: IDBKeyRange }, { name: "bench", lost: () => undefined });

/** Pairs come as: uint32 length of the key, key, uint32 length of the value, value. */
window.fillVault = async () => {
  const bytes = new Uint8Array(await (await fetch("/pairs")).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const store = await openStore();
  let at = 0;
  const taken = (): Uint8Array => {
    const end = at + 4 + view.getUint32(at);
    const part = bytes.subarray(at + 4, end);
    at = end;
    return part;
  };
  while (at < bytes.length) {
    const writes = [];
    while (at < bytes.length && writes.length < WRITES_AT_ONCE) writes.push({ key: taken(), value: taken() });
    await store.apply(writes);
  }
  await store.close();
};

window.openVault = async () => {
  let longestTaskMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  });
  observer.observe({ entryTypes: ["longtask"] });
  const startMs = performance.now();
  const vault = await Vault.open(await openStore(), { random, deriveKey: async () => KEY }, { kind: "key", key: KEY });
  const unreachable = async (): Promise<never> => {
    throw new Error("nobody is asked here");
  };
  const client = await openClient({
    clock: { nowMs: () => Date.now() },
    timers: { after: () => () => undefined },
    random,
    vault,
    crypto: createXWingCrypto(random),
    identity: openPgpIdentity,
    transport: { call: unreachable, open: unreachable },
    deriveKey: async () => KEY,
  });
  const conversations = client.conversations.list().length;
  const listMs = performance.now() - startMs;
  // Entries are handed out after the task that they tell of.
  await new Promise((resolve) => setTimeout(resolve, 200));
  Object.assign(window, { client }); // what is measured next is what an application holds on to
  return { conversations, listMs, longestTaskMs };
};
