import { encodeUtf8 } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vaultStoreCases } from "../src/conformance.ts";
import { type HeaderDeps, type Protection, Vault, type VaultStore } from "../src/index.ts";
import { MemoryVaultStore } from "../src/memory.ts";

let counter = 0;
/** Cheap and different for every input; the real derivation is tested with the file driver. */
const deps: HeaderDeps = {
  random: (length) => Uint8Array.from({ length }, () => (counter++ * 89) % 251),
  deriveKey: async ({ passphrase, salt }) => {
    const key = new Uint8Array(32);
    [...encodeUtf8(passphrase), ...salt].forEach((byte, i) => {
      key[i % 32] = ((key[i % 32] ?? 0) * 31 + byte) % 256;
    });
    return key;
  },
};
const SECRET: Protection = { kind: "passphrase", passphrase: "correct horse" };
const b = (text: string): Uint8Array => encodeUtf8(text);

describe("the memory store", () => {
  it.each(vaultStoreCases)("$name", ({ run }) => run(new MemoryVaultStore()));
});

describe("a vault", () => {
  it("stores a batch whole, and again after opening", async () => {
    const store = new MemoryVaultStore();
    const vault = await Vault.create(store, deps, SECRET);
    const batch = vault.batch();
    batch.put("contacts", "ana", b("1"));
    batch.put("contacts", "ben", b("2"));
    batch.append("history", b("first"));
    await batch.commit();
    expect(() => batch.commit()).toThrow(RangeError);
    const second = vault.batch();
    second.delete("contacts", "ben");
    second.append("history", b("second"));
    await second.commit();
    const again = await Vault.open(store, deps, SECRET);
    expect(await again.get("contacts", "ana")).toEqual(b("1"));
    expect(await again.get("contacts", "ben")).toBeUndefined();
    expect(await again.readPage("history", { limit: 9 })).toEqual([
      { number: 2, bytes: b("second") },
      { number: 1, bytes: b("first") },
    ]);
    await expect(Vault.create(store, deps, SECRET)).rejects.toMatchObject({ code: "vault/exists" });
  });

  it("reads histories of any length newest first, from any place", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 12 }),
        fc.nat(700),
        fc.integer({ min: 1, max: 300 }),
        async (sizes, before, limit) => {
          const store = new MemoryVaultStore();
          let vault = await Vault.create(store, deps, SECRET);
          const model: string[] = [];
          for (const [i, size] of sizes.entries()) {
            const batch = vault.batch();
            for (let n = 0; n < size; n++) {
              model.push(`entry ${model.length + 1}`);
              batch.append("history", b(model.at(-1) ?? ""));
            }
            await batch.commit();
            if (i % 3 === 2) vault = await Vault.open(store, deps, SECRET);
          }
          const expected = model.map((text, i) => ({ number: i + 1, bytes: b(text) })).reverse();
          expect(await vault.readPage("history", { limit })).toEqual(expected.slice(0, limit));
          const earlier = expected.filter(({ number }) => number < before).slice(0, limit);
          expect(await vault.readPage("history", { before, limit })).toEqual(earlier);
          expect(await vault.count("history")).toBe(model.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("puts something else in place of any entry, also beside appends, and keeps nothing of what it was", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
        fc.nat(40),
        async (count, places, added) => {
          const store = new MemoryVaultStore();
          let vault = await Vault.create(store, deps, SECRET);
          const model = Array.from({ length: count }, (_, i) => `entry ${i}`);
          const first = vault.batch();
          for (const text of model) first.append("history", b(text));
          await first.commit();
          const second = vault.batch();
          for (const [i, place] of places.entries()) {
            const at = place % count;
            model[at] = `replaced ${i}`;
            second.replace("history", at + 1, b(`replaced ${i}`));
          }
          for (let i = 0; i < added; i++) {
            model.push(`added ${i}`);
            second.append("history", b(`added ${i}`));
          }
          await second.commit();
          const read = async (): Promise<Uint8Array[]> =>
            (await vault.readPage("history", { limit: 1_000 })).map(({ bytes }) => bytes).reverse();
          expect(await read()).toEqual(model.map(b));
          vault = await Vault.open(store, deps, SECRET);
          expect(await read()).toEqual(model.map(b));
        },
      ),
      { numRuns: 40 },
    );
    const vault = await Vault.create(new MemoryVaultStore(), deps, SECRET);
    const batch = vault.batch();
    batch.replace("history", 1, b("nothing there"));
    await expect(batch.commit()).rejects.toThrow(RangeError);
  });

  it("behaves like a map, whatever order of puts, deletes and reopenings", async () => {
    const change = fc.record({
      name: fc.constantFrom("a", "b", "c", "store/x"),
      value: fc.option(fc.uint8Array({ maxLength: 40 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 8 }), async (batches) => {
        const store = new MemoryVaultStore();
        let vault = await Vault.create(store, deps, SECRET);
        const model = new Map<string, Uint8Array>();
        for (const changes of batches) {
          const batch = vault.batch();
          for (const { name, value } of changes) {
            if (value === null) batch.delete("s", name);
            else batch.put("s", name, value);
            if (value === null) model.delete(name);
            else model.set(name, value);
          }
          await batch.commit();
          vault = await Vault.open(store, deps, SECRET);
        }
        for (const name of ["a", "b", "c", "store/x"]) expect(await vault.get("s", name)).toEqual(model.get(name));
      }),
      { numRuns: 60 },
    );
  });

  it("W5: a wrong passphrase and an altered header give one answer, and a weakened derivation is refused before any work", async () => {
    const store = new MemoryVaultStore();
    await Vault.create(store, deps, SECRET);
    await expect(Vault.open(store, deps, { kind: "passphrase", passphrase: "wrong" })).rejects.toMatchObject({
      code: "vault/wrongPassphrase",
    });
    await expect(Vault.open(store, deps, { kind: "key", key: new Uint8Array(32) })).rejects.toMatchObject({
      code: "vault/needsPassphrase",
    });
    const header = (await store.get(Uint8Array.of(0))) ?? new Uint8Array(0);
    const codes = new Set<string>();
    for (let at = 0; at < header.length; at++) {
      const altered = header.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      const copy = store.copy();
      await copy.apply([{ key: Uint8Array.of(0), value: altered }]);
      const refusal = await Vault.open(copy, deps, SECRET).catch((error) => error.code);
      expect(refusal, `byte ${at}`).toMatch(/^vault\/(damaged|newer|needsKey|wrongPassphrase|weakProtection)$/);
      codes.add(refusal);
    }
    expect(codes).toContain("vault/weakProtection");
    let isDerived = false;
    const weak = header.slice();
    weak[33] = 1; // memory_kib from 65,536 to 16 million
    const copy = store.copy();
    await copy.apply([{ key: Uint8Array.of(0), value: weak }]);
    const watched: HeaderDeps = {
      ...deps,
      deriveKey: (input) => {
        isDerived = true;
        return deps.deriveKey(input);
      },
    };
    await expect(Vault.open(copy, watched, SECRET)).rejects.toMatchObject({ code: "vault/weakProtection" });
    expect(isDerived).toBe(false);
  });

  it("a value that was altered, cut off, moved to another name or brought from another vault is refused", async () => {
    const store = new MemoryVaultStore();
    const vault = await Vault.create(store, deps, SECRET);
    const batch = vault.batch();
    batch.put("s", "a", b("value of a"));
    batch.put("s", "b", b("value of b"));
    await batch.commit();
    const [first, second] = (await store.range({ from: Uint8Array.of(2), to: Uint8Array.of(3), limit: 9 })).slice();
    if (first === undefined || second === undefined) throw new Error("two values expected");
    const refused = async (changed: Uint8Array): Promise<void> => {
      const copy = store.copy();
      await copy.apply([{ key: first.key, value: changed }]);
      const opened = await Vault.open(copy, deps, SECRET);
      const results = await Promise.allSettled([opened.get("s", "a"), opened.get("s", "b")]);
      expect(results.filter(({ status }) => status === "rejected")).toMatchObject([{ reason: { code: "vault/damaged" } }]);
    };
    await refused(second.value);
    for (let at = 0; at < first.value.length; at += 5) {
      const altered = first.value.slice();
      altered[at] = (altered[at] ?? 0) ^ 4;
      await refused(altered);
      await refused(first.value.slice(0, at));
    }
    const other = await Vault.create(new MemoryVaultStore(), deps, SECRET);
    expect(await other.get("s", "a")).toBeUndefined();
  });

  it("no plaintext, store or name lies in the store", async () => {
    const store = new MemoryVaultStore();
    const vault = await Vault.create(store, deps, SECRET);
    const batch = vault.batch();
    batch.put("canary-store", "canary-name", b("canary-value"));
    for (let i = 0; i < 40; i++) batch.append("canary-history", b("canary-entry"));
    await batch.commit();
    const all = await store.range({ from: new Uint8Array(0), to: Uint8Array.of(255), limit: 999 });
    const text = all.map(({ key, value }) => Buffer.concat([key, value]).toString("latin1")).join("");
    expect(text).not.toContain("canary");
    expect(text).not.toContain("correct horse");
  });

  it("locks, unlocks, changes the passphrase, and the old one opens nothing", async () => {
    const store = new MemoryVaultStore();
    const vault = await Vault.create(store, deps, SECRET);
    const batch = vault.batch();
    batch.put("s", "a", b("1"));
    await batch.commit();
    await vault.changeProtection({ kind: "passphrase", passphrase: "new" });
    await vault.lock();
    await expect(vault.get("s", "a")).rejects.toMatchObject({ code: "vault/locked" });
    const refused = vault.batch();
    refused.put("s", "a", b("2"));
    await expect(refused.commit()).rejects.toMatchObject({ code: "vault/locked" });
    await expect(vault.unlock(SECRET)).rejects.toMatchObject({ code: "vault/wrongPassphrase" });
    await vault.unlock({ kind: "passphrase", passphrase: "new" });
    expect(await vault.get("s", "a")).toEqual(b("1"));
  });

  it("a batch that the store refuses changes nothing, and the next one is stored", async () => {
    const memory = new MemoryVaultStore();
    let isFull = false;
    const store: VaultStore = {
      get: (key) => memory.get(key),
      range: (bounds) => memory.range(bounds),
      apply: async (writes) => {
        if (isFull) throw new Error("full");
        await memory.apply(writes);
      },
      close: () => memory.close(),
    };
    const vault = await Vault.create(store, deps, SECRET);
    const append = async (text: string): Promise<void> => {
      const batch = vault.batch();
      batch.append("history", b(text));
      await batch.commit();
    };
    await append("1");
    isFull = true;
    await expect(append("lost")).rejects.toThrow("full");
    isFull = false;
    await append("2");
    expect((await vault.readPage("history", { limit: 9 })).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["2", "1"]);
  });

  it("clearing takes out everything at once and leaves what opens it; what comes then begins anew", async () => {
    const store = new MemoryVaultStore();
    const vault = await Vault.create(store, deps, SECRET);
    const fill = async (value: string): Promise<void> => {
      const batch = vault.batch();
      for (let n = 0; n < 600; n++) batch.put("s", `${n}`, b(value));
      for (let n = 0; n < 150; n++) batch.append("history", b(`${value} ${n}`));
      await batch.commit();
    };
    await fill("old");
    const isFull = { apply: store.apply.bind(store) };
    store.apply = async () => Promise.reject(new Error("full"));
    await expect(vault.clear()).rejects.toThrow("full");
    store.apply = isFull.apply;
    const whole = await Vault.open(store, deps, SECRET);
    expect([await whole.get("s", "599"), await whole.count("history")]).toEqual([b("old"), 150]);
    await vault.clear();
    expect(await store.range({ from: new Uint8Array(0), to: Uint8Array.of(255), limit: 9 })).toHaveLength(2);
    expect([await vault.get("s", "0"), await vault.count("history")]).toEqual([undefined, 0]);
    await fill("new");
    const again = await Vault.open(store, deps, SECRET);
    expect(await again.get("s", "1")).toEqual(b("new"));
    expect((await again.readPage("history", { before: 3, limit: 9 })).map(({ number }) => number)).toEqual([2, 1]);
  });

  it("erasing leaves nothing behind", async () => {
    const store = new MemoryVaultStore();
    const vault = await Vault.create(store, deps, SECRET);
    for (let i = 0; i < 3; i++) {
      const batch = vault.batch();
      for (let n = 0; n < 300; n++) batch.put("s", `${i}-${n}`, b("x"));
      await batch.commit();
    }
    await vault.erase();
    expect(await store.range({ from: new Uint8Array(0), to: Uint8Array.of(255), limit: 9 })).toEqual([]);
    await expect(Vault.open(store, deps, SECRET)).rejects.toMatchObject({ code: "vault/missing" });
  });
});
