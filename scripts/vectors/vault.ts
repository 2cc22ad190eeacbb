// A vault's header and its values (spec/protocol/vault.md).
import { deriveKeyArgon2id } from "../../packages/vault/src/argon2.ts";
import { sealHeader } from "../../packages/vault/src/header.ts";
import { Sealing } from "../../packages/vault/src/sealing.ts";
import { counting, type VectorFile } from "./vector-file.ts";

export async function vaultVectors(random: (length: number) => Uint8Array): Promise<VectorFile> {
  const [vault, dataKey, key, passphrase] = [counting(0xe0, 16), counting(1), counting(0x40), "correct horse \u00e9"];
  const deps = { random, deriveKey: deriveKeyArgon2id };
  const sealing = new Sealing(vault, dataKey, random);
  const seal = sealing.batch(5);
  const places = [
    { store: "contacts", name: "ana", page: 0 },
    { store: "collection", name: "history", page: 3 },
  ];
  return {
    spec: "vault.md",
    vault,
    data_key: dataKey,
    header_by_key: { key, bytes: await sealHeader(deps, vault, dataKey, { kind: "key", key }) },
    header_by_passphrase: { passphrase, bytes: await sealHeader(deps, vault, dataKey, { kind: "passphrase", passphrase }) },
    hidden_name: { store: "contacts", name: "ana", hidden: sealing.hideName("contacts", "ana") },
    values: places.map((place, at) => {
      const value = counting(at, 20 + at);
      return { ...place, batch: 5, value, bytes: seal(place, value) };
    }),
  };
}
