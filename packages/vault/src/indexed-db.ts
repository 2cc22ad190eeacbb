// A vault's store in a browser's IndexedDB. Values are sealed before they come here. Every commit is written through to the disk and
// checks first that nobody took the vault over: whoever opened it last is the one who writes (C5, M20).
import { VaultError } from "./vault-error.ts";
import type { RangeBounds, StoredPair, StoreWrite, VaultStore } from "./vault-store.ts";

const SCHEMA_VERSION = 1;
const PAIRS = "pairs";
const OWNER = "owner";
const KEYS = "keys";
const FENCE = "fence";

/** The browser's IndexedDB, or one of a test. */
export interface IndexedDb {
  readonly factory: IDBFactory;
  readonly keyRange: Pick<typeof IDBKeyRange, "bound" | "upperBound">;
}

export interface IndexedDbVaultOptions {
  readonly name: string;
  /** The database went away behind our back: `evicted` by the browser, `replaced` by a newer version of this program. */
  readonly lost: (reason: "evicted" | "replaced") => void;
}

/** Makes the database when there is none, and takes it from whoever has it open. @throws {VaultError} vault/newer, vault/notStored */
export async function openIndexedDbVault(indexedDb: IndexedDb, options: IndexedDbVaultOptions): Promise<IndexedDbVaultStore> {
  const database = await openDatabase(indexedDb.factory, options.name);
  try {
    return new IndexedDbVaultStore(indexedDb, database, await takeFence(database), options.lost);
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** Removes everything, keys included. Resolves when it is gone. */
export function deleteIndexedDbVault({ factory }: IndexedDb, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(notStored(request.error));
  });
}

export class IndexedDbVaultStore implements VaultStore {
  readonly #keyRange: IndexedDb["keyRange"];
  readonly #database: IDBDatabase;
  readonly #fence: number;
  #isTakenOver = false;

  constructor(indexedDb: IndexedDb, database: IDBDatabase, fence: number, lost: IndexedDbVaultOptions["lost"]) {
    this.#keyRange = indexedDb.keyRange;
    this.#database = database;
    this.#fence = fence;
    database.onclose = () => lost("evicted");
    database.onversionchange = () => {
      // Somebody deletes or upgrades the database; holding on to it would only make them wait.
      database.close();
      lost("replaced");
    };
  }

  /** Whether another opening took the vault, as far as a refused commit has shown. */
  get isTakenOver(): boolean {
    return this.#isTakenOver;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const value: unknown = await this.#read(PAIRS, (pairs) => pairs.get(key.slice()));
    return value === undefined ? undefined : toBytes(value);
  }

  async range({ from, to, limit }: RangeBounds): Promise<readonly StoredPair[]> {
    // Every key is above the empty one; not every implementation takes an empty buffer for a key.
    const isFromStart = from.length === 0;
    const range = isFromStart
      ? this.#keyRange.upperBound(to.slice(), true)
      : this.#keyRange.bound(from.slice(), to.slice(), false, true);
    const transaction = this.#begin([PAIRS], "readonly");
    const pairs = transaction.objectStore(PAIRS);
    const [keys, values] = await Promise.all([
      answerOf(pairs.getAllKeys(range, limit)),
      answerOf<unknown[]>(pairs.getAll(range, limit)),
    ]);
    return keys.map((key, at) => ({ key: toBytes(key), value: toBytes(values[at]) }));
  }

  async apply(writes: readonly StoreWrite[]): Promise<void> {
    const transaction = this.#begin([PAIRS, OWNER], "readwrite");
    const done = completed(transaction);
    const pairs = transaction.objectStore(PAIRS);
    const fence = transaction.objectStore(OWNER).get(FENCE);
    fence.onsuccess = () => {
      if (fence.result !== this.#fence) {
        this.#isTakenOver = true;
        transaction.abort();
        return;
      }
      for (const { key, value } of writes) {
        // A view would be stored with the whole buffer that it looks at.
        if (value === undefined) pairs.delete(key.slice());
        else pairs.put(value.slice(), key.slice());
      }
    };
    try {
      await done;
    } catch (cause) {
      throw this.#isTakenOver ? new VaultError({ code: "vault/takenOver" }) : notStored(cause);
    }
  }

  /** A key that lies beside the sealed values, and that no script can read. */
  async readKey(name: string): Promise<CryptoKey | undefined> {
    const key: unknown = await this.#read(KEYS, (keys) => keys.get(name));
    return key instanceof CryptoKey ? key : undefined;
  }

  /** `key` undefined forgets it. @throws {VaultError} vault/notStored */
  async writeKey(name: string, key: CryptoKey | undefined): Promise<void> {
    const transaction = this.#begin([KEYS], "readwrite");
    const keys = transaction.objectStore(KEYS);
    if (key === undefined) keys.delete(name);
    else keys.put(key, name);
    await completed(transaction).catch((cause: unknown) => {
      throw notStored(cause);
    });
  }

  async close(): Promise<void> {
    this.#database.onclose = null;
    this.#database.onversionchange = null;
    this.#database.close();
  }

  #read<Result>(store: string, ask: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
    return answerOf(ask(this.#begin([store], "readonly").objectStore(store)));
  }

  #begin(stores: readonly string[], mode: "readonly" | "readwrite"): IDBTransaction {
    return begin(this.#database, stores, mode);
  }
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, SCHEMA_VERSION);
    request.onupgradeneeded = () => {
      for (const store of [PAIRS, OWNER, KEYS]) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => {
      const isNewer = request.error?.name === "VersionError";
      reject(isNewer ? new VaultError({ code: "vault/newer", version: SCHEMA_VERSION + 1 }) : notStored(request.error));
    };
  });
}

async function takeFence(database: IDBDatabase): Promise<number> {
  const transaction = begin(database, [OWNER], "readwrite");
  const done = completed(transaction);
  const owner = transaction.objectStore(OWNER);
  const last = owner.get(FENCE);
  let fence = 1;
  last.onsuccess = () => {
    fence = (typeof last.result === "number" ? last.result : 0) + 1;
    owner.put(fence, FENCE);
  };
  await done.catch((cause: unknown) => {
    throw notStored(cause);
  });
  return fence;
}

/** @throws {VaultError} vault/notStored when the connection is gone. */
function begin(database: IDBDatabase, stores: readonly string[], mode: "readonly" | "readwrite"): IDBTransaction {
  try {
    // Chromium answers before the disk has it unless it is told not to.
    return database.transaction([...stores], mode, { durability: "strict" });
  } catch (cause) {
    throw notStored(cause);
  }
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new VaultError({ code: "vault/notStored" }));
  });
}

function answerOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new VaultError({ code: "vault/damaged" }, { cause: request.error }));
  });
}

function notStored(cause: unknown): VaultError {
  return cause instanceof VaultError ? cause : new VaultError({ code: "vault/notStored" }, { cause });
}

/** Keys come back as buffers, values as they went in. */
function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new VaultError({ code: "vault/damaged" });
}
