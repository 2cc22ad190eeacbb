/** What a batch stores: values by store and name (undefined deletes), and entries by collection. */
export interface BatchContent {
  readonly values: readonly { readonly store: string; readonly name: string; readonly bytes: Uint8Array | undefined }[];
  readonly appends: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** Changes that are stored together by one `commit`. Of two changes to one name the later one counts. */
export class Batch {
  readonly #commit: (content: BatchContent) => Promise<void>;
  readonly #values = new Map<string, { store: string; name: string; bytes: Uint8Array | undefined }>();
  readonly #appends = new Map<string, Uint8Array[]>();
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

  /** Durable once it resolves. @throws {VaultError} vault/locked, takenOver, notStored: nothing of it is stored. */
  commit(): Promise<void> {
    if (this.#isCommitted) throw new RangeError("a batch commits once");
    this.#isCommitted = true;
    return this.#commit({ values: [...this.#values.values()], appends: this.#appends });
  }

  #set(store: string, name: string, bytes: Uint8Array | undefined): void {
    this.#values.set(`${store.length}:${store}${name}`, { store, name, bytes });
  }
}
