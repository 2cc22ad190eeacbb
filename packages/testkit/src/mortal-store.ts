// A node's store under a process that may die at any call of it, on a disk that may be full. What the driver stored outlives both.
import { type NodeStore, StorageError } from "@p2pcrypt/storage";
import type { Life } from "./mortal.ts";

/** A call that was made of a store, to be made of another one that is to be its twin. */
export type Write = (store: NodeStore) => Promise<unknown>;

export interface WriteFault {
  /** Writes, counted from now, that still go well. */
  afterWrites: number;
  readonly code: "storage/full" | "storage/failed";
  /** Or once. */
  readonly isForGood: boolean;
}

export class MortalStore implements NodeStore {
  /** Refuses everything that writes. */
  isFull = false;
  fault: WriteFault | undefined;
  /** Writes that were refused so far. */
  refused = 0;
  readonly #store: NodeStore;
  readonly #life: Life;
  readonly #written: (write: Write) => void;

  constructor(store: NodeStore, life: Life, written: (write: Write) => void) {
    this.#store = store;
    this.#life = life;
    this.#written = written;
  }

  createStream(...args: Parameters<NodeStore["createStream"]>): ReturnType<NodeStore["createStream"]> {
    return this.#write((store) => store.createStream(...args));
  }

  stream(...args: Parameters<NodeStore["stream"]>): ReturnType<NodeStore["stream"]> {
    return this.#life.through(() => this.#store.stream(...args));
  }

  append(...args: Parameters<NodeStore["append"]>): ReturnType<NodeStore["append"]> {
    return this.#write((store) => store.append(...args));
  }

  read(...args: Parameters<NodeStore["read"]>): ReturnType<NodeStore["read"]> {
    return this.#life.through(() => this.#store.read(...args));
  }

  configure(...args: Parameters<NodeStore["configure"]>): ReturnType<NodeStore["configure"]> {
    return this.#write((store) => store.configure(...args));
  }

  deleteStream(...args: Parameters<NodeStore["deleteStream"]>): ReturnType<NodeStore["deleteStream"]> {
    return this.#write((store) => store.deleteStream(...args));
  }

  certificate(...args: Parameters<NodeStore["certificate"]>): ReturnType<NodeStore["certificate"]> {
    return this.#life.through(() => this.#store.certificate(...args));
  }

  putCertificate(...args: Parameters<NodeStore["putCertificate"]>): ReturnType<NodeStore["putCertificate"]> {
    return this.#write((store) => store.putCertificate(...args));
  }

  identitiesByTerm(...args: Parameters<NodeStore["identitiesByTerm"]>): ReturnType<NodeStore["identitiesByTerm"]> {
    return this.#life.through(() => this.#store.identitiesByTerm(...args));
  }

  profile(...args: Parameters<NodeStore["profile"]>): ReturnType<NodeStore["profile"]> {
    return this.#life.through(() => this.#store.profile(...args));
  }

  putProfile(...args: Parameters<NodeStore["putProfile"]>): ReturnType<NodeStore["putProfile"]> {
    return this.#write((store) => store.putProfile(...args));
  }

  publishKeyPackages(...args: Parameters<NodeStore["publishKeyPackages"]>): ReturnType<NodeStore["publishKeyPackages"]> {
    return this.#write((store) => store.publishKeyPackages(...args));
  }

  keyPackageStock(...args: Parameters<NodeStore["keyPackageStock"]>): ReturnType<NodeStore["keyPackageStock"]> {
    return this.#life.through(() => this.#store.keyPackageStock(...args));
  }

  claimKeyPackages(...args: Parameters<NodeStore["claimKeyPackages"]>): ReturnType<NodeStore["claimKeyPackages"]> {
    return this.#write((store) => store.claimKeyPackages(...args));
  }

  useNonce(...args: Parameters<NodeStore["useNonce"]>): ReturnType<NodeStore["useNonce"]> {
    return this.#write((store) => store.useNonce(...args));
  }

  expire(...args: Parameters<NodeStore["expire"]>): ReturnType<NodeStore["expire"]> {
    return this.#write((store) => store.expire(...args));
  }

  usage(): ReturnType<NodeStore["usage"]> {
    return this.#life.through(() => this.#store.usage());
  }

  note(...args: Parameters<NodeStore["note"]>): ReturnType<NodeStore["note"]> {
    return this.#life.through(() => this.#store.note(...args));
  }

  putNote(...args: Parameters<NodeStore["putNote"]>): ReturnType<NodeStore["putNote"]> {
    return this.#write((store) => store.putNote(...args));
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #write<Result>(call: (store: NodeStore) => Promise<Result>): Promise<Result> {
    return this.#life.through(() => {
      const code = this.#refusal();
      if (code !== undefined) {
        this.refused += 1;
        return Promise.reject(new StorageError(code));
      }
      this.#written(call);
      return call(this.#store);
    });
  }

  #refusal(): WriteFault["code"] | undefined {
    if (this.isFull) return "storage/full";
    const { fault } = this;
    if (fault === undefined || fault.afterWrites-- > 0) return undefined;
    if (!fault.isForGood) this.fault = undefined;
    return fault.code;
  }
}
