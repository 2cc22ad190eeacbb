// What every vault store must do. Each case gets an empty store and throws when the store does otherwise.
import { compareBytes, equalBytes } from "@p2pcrypt/bytes";
import type { VaultStore } from "./vault-store.ts";

export interface VaultStoreCase {
  readonly name: string;
  readonly run: (store: VaultStore) => Promise<void>;
}

const key = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const ALL = { from: key(), to: key(0xff, 0xff), limit: 1000 };

export const vaultStoreCases: readonly VaultStoreCase[] = [
  {
    name: "answers undefined for a key that was never stored",
    run: async (store) => expectValue(await store.get(key(1)), undefined),
  },
  {
    name: "stores, replaces and deletes in one batch, the last change of a key counting",
    run: async (store) => {
      await store.apply([write(1, 10), write(2, 20)]);
      await store.apply([write(1, 11), { key: key(2), value: undefined }, write(3, 30), write(3, 31)]);
      expectValue(await store.get(key(1)), key(11));
      expectValue(await store.get(key(2)), undefined);
      expectValue(await store.get(key(3)), key(31));
    },
  },
  {
    name: "keeps its own copy of what it is given and gives",
    run: async (store) => {
      const [name, value] = [key(1), key(10)];
      await store.apply([{ key: name, value }]);
      name.fill(9);
      value.fill(9);
      (await store.get(key(1)))?.fill(9);
      expectValue(await store.get(key(1)), key(10));
    },
  },
  {
    name: "orders keys as bytes, shorter first, and keeps to the bounds and the limit",
    run: async (store) => {
      const keys = [key(2), key(1, 255), key(1), key(1, 0), key(200), key(16)];
      await store.apply(keys.map((k) => ({ key: k, value: k })));
      const sorted = [...keys].sort(compareBytes);
      expectKeys(
        (await store.range(ALL)).map((pair) => pair.key),
        sorted,
      );
      expectKeys(
        (await store.range({ ...ALL, limit: 2 })).map((pair) => pair.key),
        sorted.slice(0, 2),
      );
      const some = await store.range({ from: key(1, 0), to: key(16), limit: 10 });
      expectKeys(
        some.map((pair) => pair.key),
        [key(1, 0), key(1, 255), key(2)],
      );
    },
  },
  {
    name: "stores empty and large values",
    run: async (store) => {
      const large = new Uint8Array(1_000_000).fill(7);
      await store.apply([
        { key: key(1), value: key() },
        { key: key(2), value: large },
      ]);
      expectValue(await store.get(key(1)), key());
      expectValue(await store.get(key(2)), large);
    },
  },
];

function write(name: number, value: number): { key: Uint8Array; value: Uint8Array } {
  return { key: key(name), value: key(value) };
}

function expectValue(actual: Uint8Array | undefined, expected: Uint8Array | undefined): void {
  const isSame = actual === undefined || expected === undefined ? actual === expected : equalBytes(actual, expected);
  if (!isSame) throw new Error(`expected ${expected?.slice(0, 40)}, got ${actual?.slice(0, 40)}`);
}

function expectKeys(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  if (actual.join(";") !== expected.join(";")) throw new Error(`expected ${expected.join(";")}, got ${actual.join(";")}`);
}
