import type { Vault } from "@p2pcrypt/vault";
import type { ClientEvent } from "../events.ts";
import { decodeStored, encodeStored } from "./stored-json.ts";
import type { StoredWrite, Table } from "./table.ts";

interface TouchedTable {
  readonly name: string;
  writes(): readonly StoredWrite[];
  apply(): readonly string[];
  discard(): void;
}

/** What one transaction has staged so far. Reads through it see that; others see what is stored. */
export class Tx {
  readonly #vault: Vault;
  readonly #tables = new Set<TouchedTable>();
  readonly #values = new Map<string, StoredWrite>();
  readonly #appends: { readonly collection: string; bytes: Uint8Array }[] = [];
  readonly #replacements: { readonly collection: string; readonly number: number; readonly bytes: Uint8Array }[] = [];
  readonly #events: ClientEvent[] = [];
  readonly #afterwards: (() => void)[] = [];
  readonly #otherwise: (() => void)[] = [];

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  get<Row>(table: Table<Row>, id: string): Row | undefined {
    return table.seen(id);
  }

  ids<Row>(table: Table<Row>): readonly string[] {
    return table.seenIds();
  }

  put<Row>(table: Table<Row>, id: string, row: Row): void {
    this.#tables.add(table);
    table.stage(id, row);
  }

  delete<Row>(table: Table<Row>, id: string): void {
    this.#tables.add(table);
    table.stage(id, undefined);
  }

  /** A single value outside the tables. */
  async value(store: string, name: string): Promise<Uint8Array | undefined> {
    const staged = this.#values.get(`${store}/${name}`);
    return staged === undefined ? this.#vault.get(store, name) : staged.bytes;
  }

  putValue(store: string, name: string, bytes: Uint8Array | undefined): void {
    this.#values.set(`${store}/${name}`, { store, name, bytes });
  }

  append(collection: string, row: unknown): void {
    this.#appends.push({ collection, bytes: encodeStored(row) });
  }

  /** How many entries a collection has. */
  async count(collection: string): Promise<number> {
    const staged = this.#appends.filter((one) => one.collection === collection);
    return (await this.#vault.count(collection)) + staged.length;
  }

  /** One entry of a collection, from 1. */
  async entry<Row>(collection: string, number: number): Promise<Row | undefined> {
    const replaced = this.#replacements.findLast((one) => one.collection === collection && one.number === number);
    if (replaced !== undefined) return decodeStored<Row>(replaced.bytes);
    const stored = await this.#vault.count(collection);
    const staged = this.#appends.filter((one) => one.collection === collection)[number - stored - 1];
    if (staged !== undefined || number > stored) return staged === undefined ? undefined : decodeStored<Row>(staged.bytes);
    const [found] = await this.#vault.readPage(collection, { before: number + 1, limit: 1 });
    return found === undefined ? undefined : decodeStored<Row>(found.bytes);
  }

  /** In place of an entry, also of one that this transaction appends. */
  replace(collection: string, number: number, row: unknown): void {
    this.#replacements.push({ collection, number, bytes: encodeStored(row) });
  }

  /** Heard by listeners once everything is stored. */
  emit(event: ClientEvent): void {
    this.#events.push(event);
  }

  /** Runs once everything is stored, before events: for state in memory that follows the vault. Must not throw. */
  afterwards(run: () => void): void {
    this.#afterwards.push(run);
  }

  /** Runs when nothing of this transaction is stored: for state in memory that was used up. Must not throw. */
  otherwise(run: () => void): void {
    this.#otherwise.push(run);
  }

  async write(): Promise<void> {
    const batch = this.#vault.batch();
    let writes = 0;
    for (const { store, name, bytes } of [...[...this.#tables].flatMap((table) => table.writes()), ...this.#values.values()]) {
      if (bytes === undefined) batch.delete(store, name);
      else batch.put(store, name, bytes);
      writes += 1;
    }
    for (const { collection, number, bytes } of this.#replacements) {
      const staged = this.#appends.filter((one) => one.collection === collection)[
        number - (await this.#vault.count(collection)) - 1
      ];
      if (staged === undefined) batch.replace(collection, number, bytes);
      else staged.bytes = bytes;
    }
    for (const { collection, bytes } of this.#appends) batch.append(collection, bytes);
    if (writes + this.#appends.length + this.#replacements.length > 0) await batch.commit();
  }

  apply(): readonly { readonly table: string; readonly id: string }[] {
    const changed = [...this.#tables].flatMap((table) => table.apply().map((id) => ({ table: table.name, id })));
    for (const run of this.#afterwards) run();
    return changed;
  }

  events(): readonly ClientEvent[] {
    return this.#events;
  }

  discard(): void {
    for (const table of this.#tables) table.discard();
    for (const run of this.#otherwise) run();
  }
}
