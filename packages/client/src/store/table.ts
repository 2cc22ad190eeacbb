// One kind of row, all held in memory: there are as many as contacts and conversations, not as messages. Staging belongs to the
// ledger's running transaction, of which there is one at a time.
import { encodeStored } from "./stored-json.ts";

export interface StoredWrite {
  readonly store: string;
  readonly name: string;
  /** undefined deletes. */
  readonly bytes: Uint8Array | undefined;
}

export const INDEX_STORE = "index";

export class Table<Row> {
  readonly name: string;
  readonly #rows = new Map<string, Row>();
  readonly #staged = new Map<string, Row | undefined>();

  constructor(name: string) {
    this.name = name;
  }

  /** As stored. */
  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  all(): readonly Row[] {
    return [...this.#rows.values()];
  }

  ids(): readonly string[] {
    return [...this.#rows.keys()];
  }

  /** As the running transaction sees it. */
  seen(id: string): Row | undefined {
    return this.#staged.has(id) ? this.#staged.get(id) : this.#rows.get(id);
  }

  seenIds(): readonly string[] {
    const ids = this.ids().filter((id) => !this.#staged.has(id));
    for (const [id, row] of this.#staged) if (row !== undefined) ids.push(id);
    return ids;
  }

  stage(id: string, row: Row | undefined): void {
    this.#staged.set(id, row);
  }

  restore(id: string, row: Row): void {
    this.#rows.set(id, row);
  }

  writes(): readonly StoredWrite[] {
    const writes: StoredWrite[] = [];
    let isIndexChanged = false;
    for (const [id, row] of this.#staged) {
      writes.push({ store: this.name, name: id, bytes: row === undefined ? undefined : encodeStored(row) });
      if (this.#rows.has(id) !== (row !== undefined)) isIndexChanged = true;
    }
    if (isIndexChanged) writes.push({ store: INDEX_STORE, name: this.name, bytes: encodeStored(this.seenIds()) });
    return writes;
  }

  /** Makes what was staged the truth. @returns the ids that changed. */
  apply(): readonly string[] {
    const changed = [...this.#staged.keys()];
    for (const [id, row] of this.#staged) {
      if (row === undefined) this.#rows.delete(id);
      else this.#rows.set(id, row);
    }
    this.#staged.clear();
    return changed;
  }

  discard(): void {
    this.#staged.clear();
  }
}
