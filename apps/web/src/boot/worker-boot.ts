// The boot of a page with a worker: one worker at a time, its state translated into the page's. Ending a worker is how keys are
// forgotten.
import type { Linking, LinkingOffer, LinkingRun, LinkingTerms, SelfSnapshot } from "@p2pcrypt/client";
import { Caller } from "../protocol/caller.ts";
import type { ClientNotice, ClientOperations, HostState } from "../protocol/client-protocol.ts";
import type { Port } from "../protocol/port.ts";
import { WebError } from "../protocol/web-error.ts";
import { type ClientCaller, RemoteClient } from "../remote/remote-client.ts";
import type { Boot, BootState, DeviceSettings, PageFiles, StorageSnapshot } from "./boot.ts";
import { identityNote, readSettings, type TextStore, writeSettings } from "./device-settings.ts";
import type { Updates } from "./updates.ts";

export interface WorkerHandle {
  readonly port: Port;
  terminate(): void;
}

export interface WorkerBootDeps {
  readonly obstacle: BootState | undefined;
  /** `failed`: the script does not load or stopped by an error. */
  readonly startWorker: (failed: () => void) => WorkerHandle;
  readonly texts: TextStore;
  readonly storage: () => Promise<StorageSnapshot>;
  readonly persist: () => Promise<boolean>;
  readonly proposedHomeNode: () => Promise<string | undefined>;
  readonly updates: Updates;
  /** The page's end of a connection that the worker wants. */
  readonly serveDirect: (port: MessagePort, stunUrls: readonly string[]) => void;
}

export class WorkerBoot implements Boot {
  readonly #deps: WorkerBootDeps;
  readonly #listeners = new Set<() => void>();
  #state: BootState;
  #settings: DeviceSettings;
  #hasPassphrase = false;
  #compare: ((offer: LinkingOffer) => Promise<void>) | undefined;
  #told: ((done: number, total: number) => void) | undefined;
  #worker: WorkerHandle | undefined;
  #caller: ClientCaller | undefined;
  #client: RemoteClient | undefined;

  constructor(deps: WorkerBootDeps) {
    this.#deps = deps;
    this.#settings = readSettings(deps.texts);
    this.#state = deps.obstacle ?? { kind: "loading" };
    deps.updates.subscribe(() => this.#changed());
    if (deps.obstacle === undefined) this.#begin();
  }

  state(): BootState {
    return this.#state;
  }

  isStoring(): boolean {
    return this.#client?.isStoring === true;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #begin(): void {
    const caller = this.#startWorker();
    // A state that ended it stopped the worker before it could answer: that is told already, and is no failure.
    caller.call("begin", undefined).catch(() => (this.#caller === caller ? this.#failed() : undefined));
  }

  async create(identity: ClientOperations["create"]["request"]): Promise<SelfSnapshot> {
    return (await this.#fresh()).call("create", identity);
  }

  async importBackup(backup: ClientOperations["importBackup"]["request"]): Promise<void> {
    await (await this.#fresh()).call("importBackup", backup);
  }

  async importOpenPgp(key: ClientOperations["importOpenPgp"]["request"]): Promise<void> {
    await (await this.#fresh()).call("importOpenPgp", key);
  }

  async importRecovery({ told, ...recovery }: Parameters<Boot["importRecovery"]>[0]): Promise<void> {
    this.#told = told;
    await (await this.#fresh()).call("importRecovery", recovery);
  }

  async link({ compare, ...linking }: Linking): Promise<void> {
    const caller = await this.#fresh();
    this.#compare = async (offer) => {
      const isEqual = await compare(offer);
      await caller.call("answerLinking", { isEqual });
    };
    try {
      await caller.call("link", linking);
    } finally {
      this.#compare = undefined;
    }
  }

  async cancelJoining(): Promise<void> {
    await this.#running().call("cancelJoining", undefined);
  }

  startLinking(as: LinkingTerms, passphrase?: string): Promise<LinkingRun | undefined> {
    return this.#running().call("startLinking", { ...as, ...(passphrase === undefined ? {} : { passphrase }) });
  }

  makeKeeper(deviceId: string, passphrase?: string): Promise<boolean> {
    return this.#running().call("makeKeeper", { deviceId, ...(passphrase === undefined ? {} : { passphrase }) });
  }

  unlock(passphrase: string): Promise<boolean> {
    return this.#running().call("unlock", { passphrase });
  }

  async lock(): Promise<void> {
    if (this.#state.kind !== "open" || !this.#hasPassphrase) throw new WebError({ code: "web/notNow" });
    await this.#restart();
  }

  hasPassphrase(): boolean {
    return this.#hasPassphrase;
  }

  changePassphrase(change: ClientOperations["changePassphrase"]["request"]): Promise<boolean> {
    return this.#running().call("changePassphrase", change);
  }

  async takeOver(): Promise<void> {
    const caller = this.#state.kind === "inUse" ? this.#running() : this.#startWorker();
    await caller.call("takeOver", undefined);
  }

  async discard(): Promise<void> {
    if (this.#state.kind !== "ended") throw new WebError({ code: "web/notNow" });
    await this.#startWorker().call("discard", undefined);
  }

  readonly files: PageFiles = {
    offer: (ref, file) => this.#running().call("offerFile", { ref, file }),
    take: (ref) => this.#running().call("takeFile", { ref }),
    sizeOf: (ref) => this.#running().call("fileSize", { ref }),
    read: (ref, at, size) => this.#running().call("readFile", { ref, at, size }),
    pieces: async (ref) => {
      const { port1, port2 } = new MessageChannel();
      await this.#running().call("giveFile", { ref, port: port1 }, undefined, [port1]);
      return port2;
    },
    letGo: (ref) => this.#running().call("letFileGo", { ref }),
  };

  async watchCallKeys(callId: string, port: MessagePort): Promise<void> {
    await this.#running().call("watchCallKeys", { callId, port }, undefined, [port]);
  }

  storage(): Promise<StorageSnapshot> {
    return this.#deps.storage();
  }

  persist(): Promise<boolean> {
    return this.#deps.persist();
  }

  settings(): DeviceSettings {
    return this.#settings;
  }

  updateSettings(change: Partial<DeviceSettings>): void {
    this.#settings = { ...this.#settings, ...change };
    writeSettings(this.#deps.texts, this.#settings);
    this.#changed();
  }

  proposedHomeNode(): Promise<string | undefined> {
    return this.#deps.proposedHomeNode();
  }

  build(): ReturnType<Boot["build"]> {
    return this.#deps.updates.build();
  }

  async update(): Promise<void> {
    await this.#finish();
    this.#deps.updates.apply();
  }

  /** Lets everything that is being written finish, and stores nothing more. */
  async #finish(): Promise<void> {
    if (this.#caller !== undefined) await this.#caller.call("end", undefined);
    this.#stopWorker();
  }

  /** A caller for a new identity: also where the last one was deleted or thrown away. */
  async #fresh(): Promise<ClientCaller> {
    if (this.#state.kind === "ended") await this.#restart();
    return this.#running();
  }

  async #restart(): Promise<void> {
    await this.#finish();
    await this.#startWorker().call("begin", undefined);
  }

  #startWorker(): ClientCaller {
    this.#stopWorker();
    const worker = this.#deps.startWorker(() => {
      if (this.#worker === worker) this.#failed();
    });
    this.#worker = worker;
    this.#caller = new Caller<ClientOperations, ClientNotice>(worker.port, (notice) => {
      if (this.#worker === worker) this.#noticed(notice);
    });
    return this.#caller;
  }

  #stopWorker(): void {
    this.#caller?.end();
    this.#worker?.terminate();
    [this.#caller, this.#worker, this.#client] = [undefined, undefined, undefined];
  }

  /** What is left of the keys is forgotten with the worker, once it answered what was asked. */
  async #stopSettled(): Promise<void> {
    const worker = this.#worker;
    await this.#caller?.settled();
    if (this.#worker === worker) this.#stopWorker();
  }

  #noticed(notice: ClientNotice): void {
    if (notice.kind === "events") this.#client?.received(notice.events);
    // An answer that comes when it is over already says nothing.
    else if (notice.kind === "linkingOffer") this.#compare?.(notice.offer).catch(() => undefined);
    else if (notice.kind === "direct") this.#deps.serveDirect(notice.port, notice.stunUrls);
    else if (notice.kind === "restoring") this.#told?.(notice.done, notice.total);
    else if (notice.kind === "state") this.#enter(notice.state);
    else {
      this.#hasPassphrase = notice.hasPassphrase;
      this.#changed();
    }
  }

  #enter(state: HostState): void {
    const { texts } = this.#deps;
    if (state.kind === "open") {
      this.#hasPassphrase = state.hasPassphrase;
      this.#client = new RemoteClient(this.#running(), state.snapshot);
      identityNote.write(texts);
      this.#setState({ kind: "open", client: this.#client });
      return;
    }
    if (state.kind === "fresh" && identityNote.isThere(texts)) {
      identityNote.remove(texts); // told once; whoever comes again starts afresh
      this.#setState({ kind: "ended", reason: "evicted" });
      return;
    }
    if (state.kind === "locked") this.#hasPassphrase = true;
    if (state.kind === "ended" && state.reason === "deleted") {
      identityNote.remove(texts);
      this.#hasPassphrase = false;
    }
    this.#setState(state);
    if (state.kind === "ended") void this.#stopSettled();
  }

  readonly #failed = (): void => {
    this.#stopWorker();
    this.#setState({ kind: "ended", reason: "workerFailed" });
  };

  #running(): ClientCaller {
    if (this.#caller === undefined) throw new WebError({ code: "web/notNow" });
    return this.#caller;
  }

  #setState(state: BootState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
