// The vault's place on this device, and the key beside it that opens the vault while there is no passphrase.
import type { VaultStore, WrappingKey } from "@p2pcrypt/vault";
import { deleteIndexedDbVault, type IndexedDb, openIndexedDbVault } from "@p2pcrypt/vault/indexed-db";
import { createPlatformKey, type KeyMaker, platformWrappingKey } from "@p2pcrypt/vault/platform-key";

export interface OwnedStore {
  readonly store: VaultStore;
  readonly isTakenOver: boolean;
  deviceKey(): Promise<WrappingKey | undefined>;
  /** A new one, stored in place of the old one. */
  makeDeviceKey(): Promise<WrappingKey>;
  forgetDeviceKey(): Promise<void>;
}

/** Where vaults of this origin lie. */
export interface VaultHome {
  /** Takes the vault from whoever has it. @throws {VaultError} vault/newer, vault/notStored */
  open(lost: (reason: "evicted" | "replaced") => void): Promise<OwnedStore>;
  /** Removes all of it. Whoever has it open must have let it go. */
  remove(): Promise<void>;
}

const DATABASE = "p2pcrypt";
const KEY = "vault";

export function browserVaultHome(indexedDb: IndexedDb, subtle: KeyMaker): VaultHome {
  return {
    async open(lost) {
      const store = await openIndexedDbVault(indexedDb, { name: DATABASE, lost });
      return {
        store,
        get isTakenOver() {
          return store.isTakenOver;
        },
        async deviceKey() {
          const key = await store.readKey(KEY);
          return key === undefined ? undefined : platformWrappingKey(subtle, key);
        },
        async makeDeviceKey() {
          const key = await createPlatformKey(subtle);
          await store.writeKey(KEY, key);
          return platformWrappingKey(subtle, key);
        },
        forgetDeviceKey: () => store.writeKey(KEY, undefined),
      };
    },
    remove: () => deleteIndexedDbVault(indexedDb, DATABASE),
  };
}
