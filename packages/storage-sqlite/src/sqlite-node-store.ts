// The store as the node sees it: calls that arrive while the disk is busy wait and are stored together.
import { Worker } from "node:worker_threads";
import type { StreamId } from "@p2pcrypt/api";
import {
  type Append,
  type AppendOutcome,
  type CertificateEntry,
  type ClaimedKeyPackage,
  type ConfigureOutcome,
  type ConfigureRequest,
  type CreateOutcome,
  type KeyPackageClaim,
  type KeyPackagePublication,
  type KeyPackageStock,
  type NewStream,
  type NodeStore,
  type Page,
  type ReadRange,
  StorageError,
  type StoredProfile,
  type StoreUsage,
  type StreamState,
} from "@p2pcrypt/storage";
import type { Answer, Call, FromWriter, Method, ToWriter, WriterOptions } from "./calls.ts";

/** Keeps one transaction, and what is in memory for it, small. */
const MAX_CALLS_PER_BATCH = 512;

interface Waiting extends Call {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** @throws {StorageError} storage/inUse, newer, notADatabase, full, failed */
export async function openSqliteNodeStore(options: WriterOptions): Promise<NodeStore> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./writer.${extension}`, import.meta.url), { workerData: options });
  return new Promise((resolve, reject) => {
    worker.once("message", (message: FromWriter) => {
      if (message.kind === "open") resolve(new SqliteNodeStore(worker));
      else reject(new StorageError(message.kind === "failed" ? message.code : "storage/failed"));
    });
    worker.once("error", (cause) => reject(new StorageError("storage/failed", { cause })));
  });
}

class SqliteNodeStore implements NodeStore {
  readonly #worker: Worker;
  readonly #queue: Waiting[] = [];
  #running: readonly Waiting[] = [];
  #closing: Promise<void> | undefined;
  #failure: StorageError | undefined;
  #idle: (() => void) | undefined;
  #isSendDue = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: FromWriter) => {
      if (message.kind === "answers") this.#answered(message.answers);
    });
    worker.on("error", (cause) => this.#failed(new StorageError("storage/failed", { cause })));
    worker.on("exit", () => this.#failed(new StorageError("storage/closed")));
  }

  createStream(stream: NewStream): Promise<CreateOutcome> {
    return this.#call("createStream", stream);
  }

  stream(id: StreamId): Promise<StreamState | undefined> {
    return this.#call("stream", id);
  }

  append(append: Append): Promise<AppendOutcome> {
    return this.#call("append", append);
  }

  read(range: ReadRange): Promise<Page | undefined> {
    return this.#call("read", range);
  }

  configure(id: StreamId, configure: ConfigureRequest): Promise<ConfigureOutcome> {
    return this.#call("configure", id, configure);
  }

  deleteStream(id: StreamId, version: number): Promise<boolean> {
    return this.#call("deleteStream", id, version);
  }

  certificate(identity: string): Promise<Uint8Array | undefined> {
    return this.#call("certificate", identity);
  }

  putCertificate(
    identity: string,
    entry: CertificateEntry,
    previous: Uint8Array | undefined,
  ): Promise<"stored" | "changed" | "quota" | "collision"> {
    return this.#call("putCertificate", identity, entry, previous);
  }

  identitiesByTerm(term: string, limit: number): Promise<readonly string[]> {
    return this.#call("identitiesByTerm", term, limit);
  }

  profile(identity: string): Promise<StoredProfile | undefined> {
    return this.#call("profile", identity);
  }

  putProfile(identity: string, profile: StoredProfile): Promise<{ kind: "stored" | "same" | "older"; sequence: number }> {
    return this.#call("putProfile", identity, profile);
  }

  publishKeyPackages(publication: KeyPackagePublication): Promise<KeyPackageStock | "quota"> {
    return this.#call("publishKeyPackages", publication);
  }

  keyPackageStock(identity: string, device: Uint8Array): Promise<KeyPackageStock> {
    return this.#call("keyPackageStock", identity, device);
  }

  claimKeyPackages(claim: KeyPackageClaim): Promise<readonly ClaimedKeyPackage[] | undefined> {
    return this.#call("claimKeyPackages", claim);
  }

  useNonce(nonce: Uint8Array, forgetMs: number): Promise<boolean> {
    return this.#call("useNonce", nonce, forgetMs);
  }

  expire(nowMs: number, limit: number): Promise<number> {
    return this.#call("expire", nowMs, limit);
  }

  usage(): Promise<StoreUsage> {
    return this.#call("usage");
  }

  note(name: string): Promise<Uint8Array | undefined> {
    return this.#call("note", name);
  }

  putNote(name: string, value: Uint8Array): Promise<void> {
    return this.#call("putNote", name, value);
  }

  /** Stores what was asked for before, then lets the database go. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#running.length + this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    if (this.#failure !== undefined) return;
    const exited = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
    this.#post({ kind: "close" });
    await exited;
  }

  #call<Result>(method: Method, ...args: readonly unknown[]): Promise<Result> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#closing !== undefined) return Promise.reject(new StorageError("storage/closed"));
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ method, args: args as readonly never[], resolve, reject });
      this.#sendSoon();
    });
  }

  /** After everything that has arrived by now was read: what came together pays for one COMMIT, and for one message to the thread. */
  #sendSoon(): void {
    if (this.#isSendDue || this.#running.length > 0) return;
    this.#isSendDue = true;
    setImmediate(() => {
      this.#isSendDue = false;
      if (this.#running.length === 0) this.#send();
    });
  }

  #send(): void {
    this.#running = this.#queue.splice(0, MAX_CALLS_PER_BATCH);
    if (this.#running.length === 0) {
      this.#idle?.();
      return;
    }
    this.#post({ kind: "calls", calls: this.#running.map(({ method, args }) => ({ method, args })) });
  }

  #answered(answers: readonly Answer[]): void {
    for (const [i, { resolve, reject }] of this.#running.entries()) {
      const answer = answers[i];
      if (answer !== undefined && "value" in answer) resolve(answer.value as never);
      else reject(new StorageError(answer?.code ?? "storage/failed"));
    }
    this.#running = [];
    this.#sendSoon();
  }

  #failed(failure: StorageError): void {
    this.#failure ??= failure;
    for (const { reject } of [...this.#running, ...this.#queue.splice(0)]) reject(failure);
    this.#running = [];
    this.#idle?.();
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }
}
