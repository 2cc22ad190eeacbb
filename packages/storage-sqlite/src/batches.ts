// Runs calls on the store's logic, many in one transaction: the fsync of a COMMIT is paid once for all of them. Answers are given after
// the COMMIT, so nobody ever sees what a power cut could still lose.
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { checkpointBytes } from "@p2pcrypt/api/signed-bytes";
import { type AppendOutcome, type LogicOptions, StorageError, StoreLogic } from "@p2pcrypt/storage";
import type { Answer, Call, Method } from "./calls.ts";
import { isFatal, toStorageError } from "./database.ts";
import { SqliteRows } from "./sqlite-rows.ts";

export interface BatchOptions extends LogicOptions {
  /** Ed25519 by the node's checkpoint key: begun before the COMMIT, told after it. */
  readonly signCheckpoint?: (bytes: Uint8Array) => Promise<Uint8Array>;
}

export class Batches {
  readonly #database: DatabaseSync;
  readonly #rows: SqliteRows;
  readonly #logic: StoreLogic;
  readonly #options: BatchOptions;
  /** Set by an I/O error: from then on only reading is tried. */
  #failure: StorageError | undefined;

  constructor(database: DatabaseSync, options: BatchOptions) {
    this.#database = database;
    this.#options = options;
    this.#rows = new SqliteRows(database);
    this.#logic = new StoreLogic(this.#rows, { ...options, sha256: (bytes) => hash("sha256", bytes, "buffer") });
  }

  /** One run after the other: the next begins when the one before has answered. */
  async run(calls: readonly Call[]): Promise<Answer[]> {
    const together = this.#transaction(calls);
    if (together !== undefined) return Promise.all(together);
    // One of them cannot be stored. Alone, the others can: reads go on when the disk is full.
    return Promise.all(calls.map((call) => this.#transaction([call])?.[0] ?? { code: this.#lastCode }));
  }

  #lastCode: StorageError["code"] = "storage/failed";

  /** @returns undefined when nothing of it was stored. */
  #transaction(calls: readonly Call[]): (Answer | Promise<Answer>)[] | undefined {
    const isWriting = calls.some(({ method }) => !READS.has(method));
    if (isWriting && this.#failure !== undefined) {
      this.#lastCode = this.#failure.code;
      return undefined;
    }
    try {
      if (isWriting) this.#database.exec("BEGIN IMMEDIATE");
      const answers = calls.map((call) => this.#answer(call));
      this.#rows.flush();
      const signed = answers.map((answer, i) => (calls[i]?.method === "append" ? this.#signed(answer) : answer));
      if (isWriting) this.#database.exec("COMMIT");
      return signed;
    } catch (cause) {
      const error = toStorageError(cause);
      this.#lastCode = error.code;
      if (isFatal(cause)) this.#failure = error;
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.#rows.forget();
      return undefined;
    }
  }

  #signed(answer: Answer): Answer | Promise<Answer> {
    const { signCheckpoint, nodeId } = this.#options;
    if (signCheckpoint === undefined || !("value" in answer)) return answer;
    const outcome = answer.value as AppendOutcome;
    if (outcome.kind !== "appended") return answer;
    const { stream, timeMs } = outcome;
    const head = { node: nodeId, stream: stream.id, configVersion: stream.configuration.version, ...stream.head, timeMs };
    return signCheckpoint(checkpointBytes(head)).then(
      (signature) => ({ value: { ...outcome, signature } }),
      () => answer, // the node's own thread signs instead
    );
  }

  #answer({ method, args }: Call): Answer {
    try {
      return { value: this.#call(method, args) };
    } catch (error) {
      // Found while reading, before this call wrote anything.
      if (error instanceof StorageError && error.code === "storage/damaged" && READS.has(method)) return { code: error.code };
      throw error;
    }
  }

  #call(method: Method, args: readonly never[]): unknown {
    const target: object = Object.hasOwn(ROW_METHODS, method) ? this.#rows : this.#logic;
    const run: unknown = Reflect.get(target, method);
    if (typeof run !== "function") throw new RangeError(`no method ${method}`);
    return Reflect.apply(run, target, args);
  }
}

const ROW_METHODS = { identitiesByTerm: true, expire: true, usage: true, note: true, putNote: true };
const READS: ReadonlySet<Method> = new Set([
  "stream",
  "read",
  "certificate",
  "identitiesByTerm",
  "profile",
  "keyPackageStock",
  "usage",
  "note",
]);
