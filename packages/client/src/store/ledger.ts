// All of the client's durable state, changed by one transaction at a time: stage, store as one batch, then show.
// Code that runs inside a transaction never waits for the network.
import type { Vault } from "@p2pcrypt/vault";
import type { ClientEvent } from "../events.ts";
import { ClientError } from "../failure.ts";
import { Lane } from "../run/lane.ts";
import { decodeStored } from "./stored-json.ts";
import { INDEX_STORE, type Table } from "./table.ts";
import { Tx } from "./tx.ts";

export interface LedgerDeps {
  readonly vault: Vault;
  readonly emit: (event: ClientEvent) => void;
  /** A row was stored: called once per row and transaction, before the transaction's own events. */
  readonly changed: (table: string, id: string) => void;
  /** The vault did not take a batch. What is on the disk is no longer known: the client must stop. */
  readonly vaultFailed: (cause: unknown) => void;
}

/** A browser's store answers many questions nearly as fast as one. */
const READS_AT_ONCE = 32;

export class Ledger {
  readonly #deps: LedgerDeps;
  readonly #lane = new Lane();
  #isClosed = false;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
  }

  /** Reads every row of a table. */
  async load<Row>(table: Table<Row>): Promise<void> {
    const index = await this.#deps.vault.get(INDEX_STORE, table.name);
    if (index === undefined) return;
    const ids = decodeStored<string[]>(index);
    for (let at = 0; at < ids.length; at += READS_AT_ONCE) {
      const some = ids.slice(at, at + READS_AT_ONCE);
      const rows = await Promise.all(some.map((id) => this.#deps.vault.get(table.name, id)));
      for (const [i, id] of some.entries()) {
        const bytes = rows[i];
        if (bytes !== undefined) table.restore(id, decodeStored<Row>(bytes));
      }
    }
  }

  /**
   * Runs a job alone. What it staged is stored at once when it resolves, and forgotten when it rejects.
   *
   * @throws {ClientError} client/closed. Otherwise what the job or the vault throws.
   */
  transact<Result>(job: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#lane.run(async () => {
      if (this.#isClosed) throw new ClientError({ code: "client/closed" });
      const tx = new Tx(this.#deps.vault);
      try {
        const result = await job(tx);
        await this.#store(tx);
        return result;
      } catch (error) {
        tx.discard();
        throw error;
      }
    });
  }

  async #store(tx: Tx): Promise<void> {
    try {
      await tx.write();
    } catch (cause) {
      this.#isClosed = true;
      this.#deps.vaultFailed(cause);
      throw cause;
    }
    for (const { table, id } of tx.apply()) this.#deps.changed(table, id);
    for (const event of tx.events()) this.#deps.emit(event);
  }

  /** Waits for the running transaction; later ones are refused. */
  close(): Promise<void> {
    return this.#lane.run(async () => {
      this.#isClosed = true;
    });
  }
}
