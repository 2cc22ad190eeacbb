import { Vault } from "@p2pcrypt/vault";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";
import { expect, it } from "vitest";
import { Tx } from "../store/tx.ts";
import { changedSoFar, noteChanged } from "./changed.ts";

it("an entry that changes often is looked at again once", async () => {
  const deps = { random: (size: number) => new Uint8Array(size).fill(7), deriveKey: async () => new Uint8Array(32) };
  const tx = new Tx(await Vault.create(new MemoryVaultStore(), deps, { kind: "key", key: new Uint8Array(32) }));
  await noteChanged(tx, "a", [3]);
  await noteChanged(tx, "a", [4, 3]);
  await noteChanged(tx, "b", [3]);
  expect(await changedSoFar(tx)).toEqual({ a: [3, 4], b: [3] });
});
