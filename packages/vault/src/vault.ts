// A client's encrypted store: named values and ordered collections over a small key-value port. A batch is stored whole or not at all.
import { concatBytes } from "@p2pcrypt/bytes";
import { Batch, type BatchContent } from "./batch.ts";
import {
  decodePage,
  decodeTail,
  EMPTY_TAIL,
  encodePage,
  encodeTail,
  PAGE_ENTRIES,
  pageOf,
  TAIL_ENTRIES,
  type Tail,
} from "./collection.ts";
import { type HeaderDeps, openHeader, type Protection, protectionOf, sealHeader } from "./header.ts";
import { type Place, Sealing } from "./sealing.ts";
import { COUNTER_KEY, decodeCounter, encodeCounter, HEADER_KEY, pageKey, tailKey, valueKey } from "./store-keys.ts";
import { VaultError } from "./vault-error.ts";
import type { StoreWrite, VaultStore } from "./vault-store.ts";

export interface CollectionEntry {
  /** From 1, without gaps. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

const COLLECTION_STORE = "collection";
const MAX_TAILS_IN_MEMORY = 256;
/** Opening a page costs a millisecond or two; whoever scrolls or searches comes back to the same ones. */
const MAX_PAGES_IN_MEMORY = 128;
const ERASE_STEP = 500;

export class Vault {
  readonly #store: VaultStore;
  readonly #deps: HeaderDeps;
  readonly #vaultId: Uint8Array;
  #sealing: Sealing | undefined;
  #dataKey: Uint8Array | undefined;
  #batches: number;
  readonly #tails = new Map<string, Tail>();
  readonly #pages = new Map<string, readonly Uint8Array[]>();
  /** Commits run one after the other. */
  #lane: Promise<unknown> = Promise.resolve();

  private constructor(
    store: VaultStore,
    deps: HeaderDeps,
    opened: { vaultId: Uint8Array; dataKey: Uint8Array; batches: number },
  ) {
    this.#store = store;
    this.#deps = deps;
    this.#vaultId = opened.vaultId;
    this.#batches = opened.batches;
    this.#setKey(opened.dataKey);
  }

  /** What an existing vault asks for; undefined when there is none. @throws {VaultError} vault/damaged, vault/newer */
  static async protection(store: VaultStore): Promise<Protection["kind"] | undefined> {
    const header = await store.get(HEADER_KEY);
    return header === undefined ? undefined : protectionOf(header);
  }

  /** @throws {VaultError} vault/exists */
  static async create(store: VaultStore, deps: HeaderDeps, protection: Protection): Promise<Vault> {
    if ((await store.get(HEADER_KEY)) !== undefined) throw new VaultError({ code: "vault/exists" });
    const [vaultId, dataKey] = [deps.random(16), deps.random(32)];
    await store.apply([
      { key: HEADER_KEY, value: await sealHeader(deps, vaultId, dataKey, protection) },
      { key: COUNTER_KEY, value: encodeCounter(0) },
    ]);
    return new Vault(store, deps, { vaultId, dataKey, batches: 0 });
  }

  /** @throws {VaultError} vault/missing, and what is wrong with passphrase, key or header */
  static async open(store: VaultStore, deps: HeaderDeps, protection: Protection): Promise<Vault> {
    const header = await store.get(HEADER_KEY);
    if (header === undefined) throw new VaultError({ code: "vault/missing" });
    const { vaultId, dataKey } = await openHeader(deps, header, protection);
    return new Vault(store, deps, { vaultId, dataKey, batches: decodeCounter(await store.get(COUNTER_KEY)) });
  }

  get isLocked(): boolean {
    return this.#sealing === undefined;
  }

  /** Forgets the keys. Everything but `unlock` and `close` is refused until then. A commit that began is finished first. */
  async lock(): Promise<void> {
    await this.#lane;
    this.#sealing?.wipe();
    this.#dataKey?.fill(0);
    this.#sealing = undefined;
    this.#dataKey = undefined;
    this.#tails.clear();
    this.#pages.clear();
  }

  /** @throws {VaultError} as `open` */
  async unlock(protection: Protection): Promise<void> {
    const header = await this.#store.get(HEADER_KEY);
    if (header === undefined) throw new VaultError({ code: "vault/missing" });
    this.#setKey((await openHeader(this.#deps, header, protection)).dataKey);
  }

  /** Wraps the same data key anew; values stay as they are. The old passphrase opens nothing from then on. */
  async changeProtection(protection: Protection): Promise<void> {
    const dataKey = this.#dataKey;
    if (dataKey === undefined) throw new VaultError({ code: "vault/locked" });
    const header = await sealHeader(this.#deps, this.#vaultId, dataKey, protection);
    await this.#inLane(() => this.#store.apply([{ key: HEADER_KEY, value: header }]));
  }

  /** @throws {VaultError} vault/locked, vault/damaged */
  async get(store: string, name: string): Promise<Uint8Array | undefined> {
    const sealing = this.#unlocked();
    const sealed = await this.#store.get(valueKey(sealing.hideName(store, name)));
    return sealed === undefined ? undefined : sealing.open({ store, name, page: 0 }, sealed);
  }

  batch(): Batch {
    return new Batch((content) => this.#inLane(() => this.#commit(content)));
  }

  /** Newest first. `before`: only smaller numbers. @throws {VaultError} vault/locked, vault/damaged */
  async readPage(
    collection: string,
    { before = Number.POSITIVE_INFINITY, limit }: { readonly before?: number; readonly limit: number },
  ): Promise<readonly CollectionEntry[]> {
    const tail = await this.#tail(collection);
    const found: CollectionEntry[] = [];
    let number = Math.min(tail.start + tail.entries.length, before - 1);
    while (number > 0 && found.length < limit) {
      const [first, entries] =
        number > tail.start ? [tail.start + 1, tail.entries] : await this.#page(collection, pageOf(number));
      for (; number >= first && found.length < limit; number--) {
        const bytes = entries[number - first];
        if (bytes === undefined) throw new VaultError({ code: "vault/damaged" });
        found.push({ number, bytes });
      }
    }
    return found;
  }

  /** How many entries a collection has. */
  async count(collection: string): Promise<number> {
    const tail = await this.#tail(collection);
    return tail.start + tail.entries.length;
  }

  /** Takes out everything that was stored, at once. Keys and protection stay. */
  async clear(): Promise<void> {
    await this.#inLane(async () => {
      this.#unlocked();
      const keys: Uint8Array[] = [];
      const to = Uint8Array.of(0xff);
      for (let from = valueKey(new Uint8Array(0)); ; ) {
        const pairs = await this.#store.range({ from, to, limit: ERASE_STEP });
        keys.push(...pairs.map(({ key }) => key));
        const last = pairs.at(-1);
        if (last === undefined || pairs.length < ERASE_STEP) break;
        from = concatBytes(last.key, Uint8Array.of(0));
      }
      await this.#store.apply(keys.map((key) => ({ key, value: undefined })));
      this.#tails.clear();
      this.#pages.clear();
    });
  }

  /** Destroys the wrapped key first, which makes the rest unreadable, then removes the rest. The vault is locked afterwards. */
  async erase(): Promise<void> {
    await this.#inLane(() => this.#store.apply([{ key: HEADER_KEY, value: undefined }]));
    await this.lock();
    const all = { from: new Uint8Array(0), to: Uint8Array.of(0xff), limit: ERASE_STEP };
    for (let pairs = await this.#store.range(all); pairs.length > 0; pairs = await this.#store.range(all)) {
      await this.#store.apply(pairs.map(({ key }) => ({ key, value: undefined })));
    }
  }

  /** Locks and closes the store. */
  async close(): Promise<void> {
    await this.lock();
    await this.#store.close();
  }

  async #commit({ values, appends, replacements }: BatchContent): Promise<void> {
    const sealing = this.#unlocked();
    const number = this.#batches + 1;
    const seal = sealing.batch(number);
    const writes: StoreWrite[] = [{ key: COUNTER_KEY, value: encodeCounter(number) }];
    for (const { store, name, bytes } of values) {
      const key = valueKey(sealing.hideName(store, name));
      writes.push({ key, value: bytes === undefined ? undefined : seal({ store, name, page: 0 }, bytes) });
    }
    const tails = new Map<string, Tail>();
    const changedPages = new Map<string, readonly Uint8Array[]>();
    for (const collection of new Set([...appends.keys(), ...replacements.keys()])) {
      const change = { added: appends.get(collection) ?? [], replaced: replacements.get(collection) ?? new Map() };
      const { tail, pages, writes: sealed } = await this.#changed(sealing, seal, collection, change);
      for (const [page, content] of pages) changedPages.set(pageName(collection, page), content);
      tails.set(collection, tail);
      writes.push(...sealed);
    }
    // A number is used once, also when the store fails: a batch that was stored in spite of an error keeps its own.
    this.#batches = number;
    await this.#store.apply(writes);
    for (const [collection, tail] of tails) remember(this.#tails, collection, tail, MAX_TAILS_IN_MEMORY);
    for (const [name, content] of changedPages) remember(this.#pages, name, content, MAX_PAGES_IN_MEMORY);
  }

  async #changed(
    sealing: Sealing,
    seal: (place: Place, value: Uint8Array) => Uint8Array,
    collection: string,
    { added, replaced }: { readonly added: readonly Uint8Array[]; readonly replaced: ReadonlyMap<number, Uint8Array> },
  ): Promise<{
    readonly tail: Tail;
    readonly pages: ReadonlyMap<number, readonly Uint8Array[]>;
    readonly writes: readonly StoreWrite[];
  }> {
    const before = await this.#tail(collection);
    const hidden = sealing.hideName(COLLECTION_STORE, collection);
    const entries = [...before.entries];
    const pages = new Map<number, Uint8Array[]>();
    let { start } = before;
    const pageToChange = async (page: number): Promise<Uint8Array[]> => {
      const isNew = start % PAGE_ENTRIES === 0 && page === pageOf(start + 1);
      const content = pages.get(page) ?? (isNew ? [] : [...(await this.#page(collection, page))[1]]);
      pages.set(page, content);
      return content;
    };
    for (const [number, bytes] of replaced) {
      if (!Number.isSafeInteger(number) || number < 1 || number > start + entries.length)
        throw new RangeError(`the collection has no entry ${number}`);
      if (number > start) entries[number - start - 1] = bytes;
      else (await pageToChange(pageOf(number)))[(number - 1) % PAGE_ENTRIES] = bytes;
    }
    entries.push(...added);
    while (entries.length >= TAIL_ENTRIES) {
      (await pageToChange(pageOf(start + 1))).push(...entries.splice(0, TAIL_ENTRIES));
      start += TAIL_ENTRIES;
    }
    const tail: Tail = { start, entries };
    const writes: StoreWrite[] = [...pages].map(([page, content]) => ({
      key: pageKey(hidden, page),
      value: seal({ store: COLLECTION_STORE, name: collection, page: page + 1 }, encodePage(content)),
    }));
    writes.push({ key: tailKey(hidden), value: seal({ store: COLLECTION_STORE, name: collection, page: 0 }, encodeTail(tail)) });
    return { tail, pages, writes };
  }

  async #tail(collection: string): Promise<Tail> {
    const sealing = this.#unlocked();
    const known = this.#tails.get(collection);
    if (known !== undefined) return known;
    const sealed = await this.#store.get(tailKey(sealing.hideName(COLLECTION_STORE, collection)));
    const tail =
      sealed === undefined
        ? EMPTY_TAIL
        : decodeTail(sealing.open({ store: COLLECTION_STORE, name: collection, page: 0 }, sealed));
    remember(this.#tails, collection, tail, MAX_TAILS_IN_MEMORY);
    return tail;
  }

  /** @returns the number of the first entry, and the entries. */
  async #page(collection: string, page: number): Promise<readonly [number, readonly Uint8Array[]]> {
    const sealing = this.#unlocked();
    const name = pageName(collection, page);
    const first = page * PAGE_ENTRIES + 1;
    const known = this.#pages.get(name);
    if (known !== undefined) return [first, known];
    const batches = this.#batches;
    const sealed = await this.#store.get(pageKey(sealing.hideName(COLLECTION_STORE, collection), page));
    if (sealed === undefined) throw new VaultError({ code: "vault/damaged" });
    const content = decodePage(sealing.open({ store: COLLECTION_STORE, name: collection, page: page + 1 }, sealed));
    // What a commit wrote while this was read is newer.
    const isNewest = batches === this.#batches && !this.#pages.has(name);
    if (isNewest) remember(this.#pages, name, content, MAX_PAGES_IN_MEMORY);
    return [first, content];
  }

  #setKey(dataKey: Uint8Array): void {
    this.#dataKey = dataKey;
    this.#sealing = new Sealing(this.#vaultId, dataKey, this.#deps.random);
  }

  #unlocked(): Sealing {
    if (this.#sealing === undefined) throw new VaultError({ code: "vault/locked" });
    return this.#sealing;
  }

  #inLane<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = this.#lane.then(job);
    this.#lane = result.catch(() => undefined); // the caller has the rejection
    return result;
  }
}

function pageName(collection: string, page: number): string {
  return `${page}/${collection}`;
}

/** The newest use stays longest. */
function remember<Value>(all: Map<string, Value>, name: string, value: Value, most: number): void {
  all.delete(name);
  all.set(name, value);
  const [oldest] = all.keys();
  if (all.size > most && oldest !== undefined) all.delete(oldest);
}
