// The identity of this origin, from a closed vault to a running client, for one page. Lives in the client worker; owns lock, vault, keys
// and the client, and tells the page what it may show.
import {
  type Client,
  type ClientDeps,
  ClientError,
  createClient,
  hasIdentity,
  hasUnfinishedRestore,
  importClient,
  type LinkingRun,
  linkClient,
  type NewIdentity,
  openClient,
  type Recovery,
  recoverClient,
  type SelfSnapshot,
  type StopCode,
} from "@p2pcrypt/client";
import { type Protection, Vault, VaultError } from "@p2pcrypt/vault";
import type { ClientNotice, ClientOperations, HostState } from "../protocol/client-protocol.ts";
import { servePieces } from "../protocol/pieces.ts";
import type { Handlers } from "../protocol/serve.ts";
import { WebError } from "../protocol/web-error.ts";
import { callClient, snapshotOf } from "./client-calls.ts";
import type { Egress } from "./egress.ts";
import { EventBatches } from "./event-batches.ts";
import { fileKeyOf } from "./files/file-key.ts";
import type { LocalFiles } from "./files/local-files.ts";
import { followTransfers } from "./files/transfer-files.ts";
import type { HeldLock, IdentityLock } from "./identity-lock.ts";
import type { OwnedStore, VaultHome } from "./owned-store.ts";

export interface HostDeps {
  /** Everything of a client but its vault. */
  readonly client: Omit<ClientDeps, "vault">;
  readonly home: VaultHome;
  readonly lock: IdentityLock;
  readonly egress: Egress;
  readonly files: LocalFiles;
  readonly tell: (notice: ClientNotice) => void;
}

type EndReason = Extract<HostState, { readonly kind: "ended" }>["reason"];

export class ClientHost {
  readonly #deps: HostDeps;
  readonly #events: EventBatches;
  #held: HeldLock | undefined;
  #owned: OwnedStore | undefined;
  #vault: Vault | undefined;
  #client: Client | undefined;
  #protection: Protection["kind"] | undefined;
  #ended: EndReason | "let go" | undefined;
  #wasEvicted = false;
  /** While this browser is being linked. */
  #joining: { readonly answer: (isEqual: boolean) => void; readonly cancel: () => void } | undefined;
  /** Whatever opens, closes or protects runs one after the other. */
  #lane: Promise<unknown> = Promise.resolve();

  constructor(deps: HostDeps) {
    this.#deps = deps;
    this.#events = new EventBatches((events) => deps.tell({ kind: "events", events }));
  }

  handlers(): Handlers<ClientOperations> {
    return {
      begin: () => done(this.#inLane(() => this.#begin("ifFree"))),
      takeOver: () => done(this.#inLane(() => this.#begin("takeOver"))),
      discard: () => done(this.#inLane(() => this.#discard())),
      create: (identity) => this.#inLane(() => this.#enter((deps) => createClient(deps, identity))),
      importOpenPgp: (key) => this.#inLane(() => this.#enter((deps) => createClient(deps, fromKey(key)))),
      importBackup: (backup) => this.#inLane(() => this.#enter((deps) => importClient(deps, backup))),
      importRecovery: (recovery) => this.#inLane(() => this.#enter((deps) => recoverClient(deps, this.#fromSheet(recovery)))),
      link: (linking) => this.#inLane(() => this.#enter((deps) => this.#link(deps, linking))),
      answerLinking: async ({ isEqual }) => void this.#joining?.answer(isEqual),
      cancelJoining: async () => void this.#joining?.cancel(),
      startLinking: (asked) => this.#startLinking(asked),
      makeKeeper: (asked) => this.#makeKeeper(asked),
      unlock: ({ passphrase }) => this.#inLane(() => this.#unlock(passphrase)),
      changePassphrase: (change) => this.#inLane(() => this.#changePassphrase(change)),
      end: () => done(this.#inLane(() => this.#close())),
      client: (call) => this.#call(call),
      offerFile: async ({ ref, file }) => void this.#deps.files.offer(ref, file),
      takeFile: ({ ref }) => this.#deps.files.take(ref),
      fileSize: ({ ref }) => this.#deps.files.sizeOf(ref),
      readFile: ({ ref, at, size }) => this.#deps.files.read(ref, at, size),
      giveFile: async ({ ref, port }) => void servePieces(port, (at, into) => this.#deps.files.fill(ref, at, into)),
      letFileGo: ({ ref }) => done(this.#deps.files.letGo(ref)),
      watchCallKeys: async ({ callId, port }) => this.#watchCallKeys(callId, port),
      retryNow: async () => void this.#running().retryNow(),
      settled: () => done(this.#running().settled()),
    };
  }

  async #begin(how: "ifFree" | "takeOver"): Promise<void> {
    if (this.#held !== undefined || this.#ended !== undefined) throw new WebError({ code: "web/notNow" });
    const lost = (): void => void this.#inLane(() => this.#end("takenOver"));
    this.#held = how === "ifFree" ? await this.#deps.lock.acquire(how, lost) : await this.#deps.lock.acquire(how, lost);
    if (this.#held === undefined) return this.#tellState({ kind: "inUse" });
    try {
      this.#owned = await this.#deps.home.open((reason) => this.#lost(reason));
      this.#protection = await Vault.protection(this.#owned.store);
      if (this.#protection === "passphrase") return this.#tellState({ kind: "locked" });
      if (this.#protection === undefined) return this.#tellState({ kind: "fresh" });
      await this.#openWithDeviceKey(this.#owned);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      await this.#end(reason);
    }
  }

  /** For what does not open any more, or may not be used: nothing is revoked, the identity lives on where else it is. */
  async #discard(): Promise<void> {
    if (this.#held !== undefined || this.#ended !== undefined) throw new WebError({ code: "web/notNow" });
    const held = await this.#deps.lock.acquire("ifFree", () => undefined);
    if (held === undefined) return this.#tellState({ kind: "inUse" });
    try {
      await this.#deps.home.remove();
    } finally {
      held.release();
    }
    this.#tellEnd("deleted");
  }

  async #openWithDeviceKey(owned: OwnedStore): Promise<void> {
    const key = await owned.deviceKey();
    // Without its key nothing will ever open this vault again.
    if (key === undefined) throw new VaultError({ code: "vault/wrongKey" });
    this.#vault = await this.#openVault(owned, { kind: "key", key });
    // A vault that was made and never filled: the page was closed between both.
    if (await hasIdentity(this.#vault)) return this.#run(await openClient(this.#clientDeps(this.#vault)));
    if (!(await hasUnfinishedRestore(this.#vault))) return this.#tellState({ kind: "fresh" });
    await this.#close();
    await this.#deps.home.remove();
    this.#tellEnd("restoreUnfinished");
  }

  /** The first client of a vault: a new identity, or one that was elsewhere. */
  async #enter(make: (deps: ClientDeps) => Promise<Client>): Promise<SelfSnapshot> {
    const owned = this.#owned;
    if (owned === undefined || this.#client !== undefined || this.#ended !== undefined)
      throw new WebError({ code: "web/notNow" });
    if (this.#protection === "passphrase") throw new ClientError({ code: "client/identityExists" });
    const vault = this.#vault ?? (await this.#makeVault(owned));
    this.#vault = vault;
    const client = await make(this.#clientDeps(vault)).catch(async (error: unknown) => {
      // A restore that broke off: half of it is nothing to go on with.
      if (await hasUnfinishedRestore(vault)) {
        await vault.erase();
        this.#vault = undefined;
      }
      throw error;
    });
    this.#run(client);
    return client.account.snapshot();
  }

  async #link(deps: ClientDeps, linking: ClientOperations["link"]["request"]): Promise<Client> {
    let answer: (isEqual: boolean) => void = () => undefined;
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const { client, cancel } = linkClient(deps, {
      ...linking,
      compare: async (offer) => {
        this.#deps.tell({ kind: "linkingOffer", offer });
        return answered;
      },
    });
    this.#joining = { answer, cancel };
    try {
      return await client;
    } finally {
      this.#joining = undefined;
    }
  }

  #fromSheet({ withBackup, ...sheet }: ClientOperations["importRecovery"]["request"]): Recovery {
    const told = (done: number, total: number): void => this.#deps.tell({ kind: "restoring", done, total });
    return withBackup ? { ...fromSheet(sheet), backup: "newest", told } : fromSheet(sheet);
  }

  /** Whoever is confirmed after this is this identity too: the passphrase is asked for again (W7). */
  async #startLinking(asked: ClientOperations["startLinking"]["request"]): Promise<LinkingRun | undefined> {
    const { form, passphrase, ...as } = asked;
    return (await this.#isOwner(passphrase)) ? this.#running().devices.startLinking(form, as) : undefined;
  }

  async #makeKeeper({ deviceId, passphrase }: ClientOperations["makeKeeper"]["request"]): Promise<boolean> {
    if (!(await this.#isOwner(passphrase))) return false;
    await this.#running().devices.makeKeeper(deviceId);
    return true;
  }

  /** False for a wrong passphrase, where there is one. */
  async #isOwner(passphrase = ""): Promise<boolean> {
    const owned = this.#owned;
    if (owned === undefined) throw new WebError({ code: "web/notNow" });
    return this.#protection !== "passphrase" || this.#isPassphrase(owned, passphrase);
  }

  async #makeVault({ store, makeDeviceKey }: OwnedStore): Promise<Vault> {
    const vault = await Vault.create(store, this.#vaultDeps, { kind: "key", key: await makeDeviceKey() });
    this.#protection = "key";
    return vault;
  }

  async #unlock(passphrase: string): Promise<boolean> {
    const owned = this.#owned;
    if (owned === undefined || this.#protection !== "passphrase" || this.#vault !== undefined)
      throw new WebError({ code: "web/notNow" });
    try {
      const vault = await this.#openVault(owned, { kind: "passphrase", passphrase });
      this.#vault = vault;
      this.#run(await openClient(this.#clientDeps(vault)));
    } catch (error) {
      if (error instanceof VaultError && error.code === "vault/wrongPassphrase") return false;
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      await this.#end(reason);
    }
    return true;
  }

  async #changePassphrase({ present, next }: ClientOperations["changePassphrase"]["request"]): Promise<boolean> {
    const [owned, vault] = [this.#owned, this.#vault];
    if (owned === undefined || vault === undefined || this.#client === undefined) throw new WebError({ code: "web/notNow" });
    if (this.#protection === "passphrase" && !(await this.#isPassphrase(owned, present ?? ""))) return false;
    if (next === "") await vault.changeProtection({ kind: "key", key: await owned.makeDeviceKey() });
    else {
      await vault.changeProtection({ kind: "passphrase", passphrase: next });
      await owned.forgetDeviceKey();
    }
    this.#protection = next === "" ? "key" : "passphrase";
    this.#deps.tell({ kind: "passphrase", hasPassphrase: next !== "" });
    return true;
  }

  async #isPassphrase({ store }: OwnedStore, passphrase: string): Promise<boolean> {
    try {
      await (await Vault.open(store, this.#vaultDeps, { kind: "passphrase", passphrase })).lock();
      return true;
    } catch (error) {
      if (error instanceof VaultError && error.code === "vault/wrongPassphrase") return false;
      throw error;
    }
  }

  async #call(call: ClientOperations["client"]["request"]): Promise<unknown> {
    const { egress } = this.#deps;
    const answer = await callClient(this.#running(), call, (link, isNode) =>
      isNode ? egress.chooseNode(link) : egress.choose(link),
    );
    if (call.part === "account" && call.method === "deleteIdentity") {
      await this.#inLane(async () => {
        await this.#close();
        await this.#deps.home.remove();
        this.#tellEnd("deleted");
      });
    }
    this.#events.flush();
    return answer;
  }

  #watchCallKeys(callId: string, port: MessagePort): undefined {
    this.#running().watchCallKeys?.(callId, (keys) => {
      port.postMessage(keys);
      if (keys === undefined) port.close();
    });
    return undefined;
  }

  #run(client: Client): void {
    this.#client = client;
    this.#deps.egress.follow(client);
    followTransfers(client, this.#deps.files);
    this.#tellState({ kind: "open", hasPassphrase: this.#protection === "passphrase", snapshot: snapshotOf(client) });
    client.subscribe((event) => {
      this.#events.add(event);
      // An identity is deleted by a call, which ends in its own way.
      if (event.kind === "stopped" && event.code !== "client/deleted") this.#stopped(event.code);
    });
    client.start();
  }

  #stopped(code: Exclude<StopCode, "client/deleted">): void {
    const reason = (): EndReason => {
      if (code === "client/cloned") return "cloned";
      if (code === "client/removed") return "removed";
      if (this.#owned?.isTakenOver === true) return "takenOver";
      return this.#wasEvicted ? "evicted" : "notStored";
    };
    void this.#inLane(() => this.#end(reason()));
  }

  #lost(reason: "evicted" | "replaced"): void {
    this.#wasEvicted = reason === "evicted";
    void this.#inLane(() => this.#end(reason === "evicted" ? "evicted" : "takenOver"));
  }

  async #end(reason: EndReason): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#close();
    this.#tellEnd(reason);
  }

  /** The lock goes last: whoever waits for it begins when nothing here writes any more. */
  async #close(): Promise<void> {
    this.#ended ??= "let go";
    await this.#client?.close();
    await this.#deps.files.lock();
    await this.#vault?.lock();
    await this.#owned?.store.close();
    this.#held?.release();
    [this.#client, this.#vault, this.#owned, this.#held] = [undefined, undefined, undefined, undefined];
  }

  #tellEnd(reason: EndReason): void {
    this.#ended = reason;
    this.#tellState({ kind: "ended", reason });
  }

  #tellState(state: HostState): void {
    this.#events.flush();
    this.#deps.tell({ kind: "state", state });
  }

  #running(): Client {
    if (this.#client === undefined) throw new WebError({ code: "web/notNow" });
    return this.#client;
  }

  #openVault({ store }: OwnedStore, protection: Protection): Promise<Vault> {
    return Vault.open(store, this.#vaultDeps, protection);
  }

  #clientDeps(vault: Vault): ClientDeps {
    const { files, client } = this.#deps;
    files.unlock(fileKeyOf(vault, client.random));
    return { ...client, vault };
  }

  get #vaultDeps(): Pick<ClientDeps, "random" | "deriveKey"> {
    return this.#deps.client;
  }

  #inLane<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = this.#lane.then(job);
    this.#lane = result.catch(() => undefined); // the caller has the rejection
    return result;
  }
}

async function done(job: Promise<void>): Promise<undefined> {
  await job;
  return undefined;
}

function fromKey({ bytes, passphrase, name, homeNodeUrl }: ClientOperations["importOpenPgp"]["request"]): NewIdentity {
  const secretKey = { bytes, ...(passphrase === undefined ? {} : { passphrase }) };
  return { homeNodeUrl, secretKey, ...(name === undefined ? {} : { name }) };
}

/** The text of a sheet's QR code is one word; its written words are many, and need to be told where the home node is. */
function fromSheet({ text, homeNodeUrl, name }: Omit<ClientOperations["importRecovery"]["request"], "withBackup">): Recovery {
  const rest = name === undefined ? {} : { name };
  if (!/\S\s+\S/.test(text)) return { text, ...rest, ...(homeNodeUrl === undefined ? {} : { homeNodeUrl }) };
  if (homeNodeUrl === undefined) throw new ClientError({ code: "nodeUrl/malformed" });
  return { words: text, homeNodeUrl, ...rest };
}

/** Failures that end the identity here until a person does something about it. */
function reasonOf(error: unknown): EndReason | undefined {
  if (error instanceof ClientError) return error.code === "client/newerVault" ? "vaultNewer" : undefined;
  if (!(error instanceof VaultError)) return undefined;
  switch (error.code) {
    case "vault/newer":
      return "vaultNewer";
    case "vault/damaged":
    case "vault/wrongKey":
    case "vault/weakProtection":
    case "vault/needsKey":
    case "vault/needsPassphrase":
      return "vaultDamaged";
    case "vault/takenOver":
      return "takenOver";
    case "vault/notStored":
      return "notStored";
    default:
      return undefined;
  }
}
