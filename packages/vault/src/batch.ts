/** What a batch stores: values by store and name (undefined deletes), entries by collection, and others in place of entries. */
export interface BatchContent {
  readonly values: readonly { readonly store: string; readonly name: string; readonly bytes: Uint8Array | undefined }[];
  readonly appends: ReadonlyMap<string, readonly Uint8Array[]>;
  /** By collection and number of the entry. */
  readonly replacements: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>;
}

/** Changes that are stored together by one `commit`. Of two changes to one name the later one counts. */
export class Batch {
  readonly #commit: (content: BatchContent) => Promise<void>;
  readonly #values = new Map<string, { store: string; name: string; bytes: Uint8Array | undefined }>();
  readonly #appends = new Map<string, Uint8Array[]>();
  readonly #replacements = new Map<string, Map<number, Uint8Array>>();
  #isCommitted = false;

  constructor(commit: (content: BatchContent) => Promise<void>) {
    this.#commit = commit;
  }

  put(store: string, name: string, bytes: Uint8Array): void {
    this.#set(store, name, bytes.slice());
  }

  delete(store: string, name: string): void {
    this.#set(store, name, undefined);
  }

  append(collection: string, bytes: Uint8Array): void {
    const entries = this.#appends.get(collection) ?? [];
    this.#appends.set(collection, entries);
    entries.push(bytes.slice());
  }

  /** Puts something else in place of an entry that was stored before this batch. What it was is gone. */
  replace(collection: string, number: number, bytes: Uint8Array): void {
    const entries = this.#replacements.get(collection) ?? new Map<number, Uint8Array>();
    this.#replacements.set(collection, entries);
    entries.set(number, bytes.slice());
  }

  /** Durable once it resolves. @throws {VaultError} vault/locked, takenOver, notStored: nothing of it is stored. {RangeError} no such entry. */
  commit(): Promise<void> {
    if (this.#isCommitted) throw new RangeError("a batch commits once");
    this.#isCommitted = true;
    return this.#commit({ values: [...this.#values.values()], appends: this.#appends, replacements: this.#replacements });
  }

  #set(store: string, name: string, bytes: Uint8Array | undefined): void {
    this.#values.set(`${store.length}:${store}${name}`, { store, name, bytes });
  }
}
