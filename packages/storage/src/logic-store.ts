// A store whose rows are at hand: each call is one step of the logic, nothing in between.
import type { StreamId } from "@p2pcrypt/api";
import type {
  Append,
  AppendOutcome,
  CertificateEntry,
  ClaimedKeyPackage,
  ConfigureOutcome,
  ConfigureRequest,
  CreateOutcome,
  KeyPackageClaim,
  KeyPackagePublication,
  KeyPackageStock,
  NewStream,
  NodeStore,
  Page,
  ReadRange,
  StoredProfile,
  StoreUsage,
  StreamState,
} from "./node-store.ts";
import type { Rows } from "./rows.ts";
import { StorageError } from "./storage-error.ts";
import { type LogicOptions, StoreLogic } from "./store-logic.ts";

export class LogicStore implements NodeStore {
  readonly #rows: Rows;
  readonly #logic: StoreLogic;
  #isClosed = false;

  constructor(rows: Rows, options: LogicOptions) {
    this.#rows = rows;
    this.#logic = new StoreLogic(rows, options);
  }

  createStream(stream: NewStream): Promise<CreateOutcome> {
    return this.#step(() => this.#logic.createStream(stream));
  }

  stream(id: StreamId): Promise<StreamState | undefined> {
    return this.#step(() => this.#logic.stream(id));
  }

  append(append: Append): Promise<AppendOutcome> {
    return this.#step(() => this.#logic.append(append));
  }

  read(range: ReadRange): Promise<Page | undefined> {
    return this.#step(() => this.#logic.read(range));
  }

  configure(id: StreamId, configure: ConfigureRequest): Promise<ConfigureOutcome> {
    return this.#step(() => this.#logic.configure(id, configure));
  }

  deleteStream(id: StreamId, version: number): Promise<boolean> {
    return this.#step(() => this.#logic.deleteStream(id, version));
  }

  certificate(identity: string): Promise<Uint8Array | undefined> {
    return this.#step(() => this.#logic.certificate(identity));
  }

  putCertificate(
    identity: string,
    entry: CertificateEntry,
    previous: Uint8Array | undefined,
  ): Promise<"stored" | "changed" | "quota" | "collision"> {
    return this.#step(() => this.#logic.putCertificate(identity, entry, previous));
  }

  identitiesByTerm(term: string, limit: number): Promise<readonly string[]> {
    return this.#step(() => this.#rows.identitiesByTerm(term, limit));
  }

  profile(identity: string): Promise<StoredProfile | undefined> {
    return this.#step(() => this.#logic.profile(identity));
  }

  putProfile(identity: string, profile: StoredProfile): Promise<{ kind: "stored" | "same" | "older"; sequence: number }> {
    return this.#step(() => this.#logic.putProfile(identity, profile));
  }

  publishKeyPackages(publication: KeyPackagePublication): Promise<KeyPackageStock | "quota"> {
    return this.#step(() => this.#logic.publishKeyPackages(publication));
  }

  keyPackageStock(identity: string, device: Uint8Array): Promise<KeyPackageStock> {
    return this.#step(() => this.#logic.keyPackageStock(identity, device));
  }

  claimKeyPackages(claim: KeyPackageClaim): Promise<readonly ClaimedKeyPackage[] | undefined> {
    return this.#step(() => this.#logic.claimKeyPackages(claim));
  }

  useNonce(nonce: Uint8Array, forgetMs: number): Promise<boolean> {
    return this.#step(() => this.#logic.useNonce(nonce, forgetMs));
  }

  expire(nowMs: number, limit: number): Promise<number> {
    return this.#step(() => this.#rows.expire(nowMs, limit));
  }

  usage(): Promise<StoreUsage> {
    return this.#step(() => this.#rows.usage());
  }

  note(name: string): Promise<Uint8Array | undefined> {
    return this.#step(() => this.#rows.note(name));
  }

  putNote(name: string, value: Uint8Array): Promise<void> {
    return this.#step(() => this.#rows.putNote(name, value));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #step<Result>(run: () => Result): Promise<Result> {
    if (this.#isClosed) throw new StorageError("storage/closed");
    return run();
  }
}
