// What every part of the client works with: state, nodes, time, and who is woken when something changed.
import { encodeHex } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { assertKeeper } from "./devices/keepers.ts";
import type { ClientEvent, ClientListener, StopCode, Unsubscribe } from "./events.ts";
import { ClientError } from "./failure.ts";
import type { BlobDeps, FileDeps } from "./files/file-ports.ts";
import { UploadDigests } from "./files/upload-digests.ts";
import type { OpenSecret } from "./identity-port.ts";
import { guardedBlobs, guardedTransport } from "./net/egress.ts";
import { Links } from "./net/links.ts";
import { neededNodes } from "./net/needed-nodes.ts";
import { identifyNode } from "./net/node-facts.ts";
import type { ClientDeps } from "./ports.ts";
import { Pump, type Step } from "./run/pump.ts";
import type { NodeSnapshot } from "./snapshots.ts";
import { Ledger } from "./store/ledger.ts";
import type { AccountRow } from "./store/rows.ts";
import { Sessions } from "./store/sessions.ts";
import { createTables, SELF, type Tables } from "./store/tables.ts";
import type { AuthenticationSnapshot } from "./trust-snapshots.ts";

export class Core {
  readonly deps: ClientDeps;
  readonly files: FileDeps | undefined;
  readonly blobs: BlobDeps | undefined;
  readonly tables: Tables = createTables();
  readonly ledger: Ledger;
  readonly sessions: Sessions;
  readonly links: Links;
  /** How far each contact is authenticated, as last computed. */
  readonly authentications = new Map<IdentityId, AuthenticationSnapshot>();
  readonly uploadDigests = new UploadDigests();
  /** Nodes that the person named: nobody else led the client there. */
  readonly chosenNodeUrls = new Set<string>();
  readonly #listeners = new Set<ClientListener>();
  readonly #changed: ((table: string, id: string) => void)[] = [];
  readonly #pumps = new Set<Pump>();
  readonly #nodeChanged: (() => void)[] = [];
  #secret: { readonly of: Uint8Array; readonly open: Promise<OpenSecret> } | undefined;
  #isStopped = false;

  constructor(deps: ClientDeps) {
    const homeNodeUrl = (): string | undefined => this.tables.account.get(SELF)?.homeNodeUrl;
    const transport = guardedTransport(deps.transport, homeNodeUrl, this.chosenNodeUrls);
    this.deps = { ...deps, transport };
    const blobs = deps.files ?? deps.blobs;
    this.blobs = blobs && { subtle: blobs.subtle, blobs: guardedBlobs(blobs.blobs, homeNodeUrl) };
    this.files = deps.files && this.blobs && { ...deps.files, ...this.blobs };
    this.ledger = new Ledger({
      vault: deps.vault,
      emit: (event) => this.emit(event),
      changed: (table, id) => {
        for (const run of this.#changed) run(table, id);
      },
      vaultFailed: () => this.stop("client/vaultFailed"),
    });
    this.sessions = new Sessions(deps.vault, { crypto: deps.crypto, verifyCredential: deps.identity.verifyCredential });
    const { clock, timers, random } = deps;
    const identify = (description: Parameters<typeof identifyNode>[1]) =>
      identifyNode(deps.identity, description, { atMs: clock.nowMs() });
    const hear = (event: ClientEvent): void => {
      this.emit(event);
      for (const run of this.#nodeChanged) run();
    };
    const hearer = {
      stateChanged: ({ url, state }: Pick<NodeSnapshot, "url" | "state">) =>
        hear({ kind: "node", node: { url, state, isHome: url === homeNodeUrl() } }),
      closed: (url: string) => hear({ kind: "nodeForgotten", url }),
    };
    this.links = new Links({ transport, clock, timers, random, identify }, hearer, () => neededNodes(this));
  }

  get nowMs(): number {
    return this.deps.clock.nowMs();
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** @throws {ClientError} client/noIdentity */
  get account(): AccountRow {
    const account = this.tables.account.get(SELF);
    if (account === undefined) throw new ClientError({ code: "client/noIdentity" });
    return account;
  }

  /** The identity's secret key, parsed once. @throws {ClientError} device/limited */
  async secret(): Promise<OpenSecret> {
    const secret = assertKeeper(this);
    if (this.#secret?.of !== secret)
      this.#secret = { of: secret, open: this.deps.identity.openSecret(secret, { atMs: this.nowMs }) };
    return this.#secret.open;
  }

  /** 16 random bytes as 32 hex characters. */
  newId(): string {
    return encodeHex(this.deps.random(16));
  }

  subscribe(listener: ClientListener): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: ClientEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        // A listener's defect is the application's: it surfaces there and leaves the client's own work whole.
        Promise.reject(error);
      }
    }
  }

  /** Runs after each stored change of a row. */
  onChanged(run: (table: string, id: string) => void): void {
    this.#changed.push(run);
  }

  /** Runs whenever a node's connection changed. */
  onNodeChanged(run: () => void): void {
    this.#nodeChanged.push(run);
  }

  /** A task of its own; stopped with the client. */
  pump(where: string, step: () => Promise<Step>): Pump {
    const { timers, random } = this.deps;
    const failed = (error: unknown): void => {
      if (this.#isStopped) return;
      const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "defect";
      this.emit({ kind: "fault", where, code });
    };
    const pump = new Pump(step, { timers, random, failed });
    this.#pumps.add(pump);
    return pump;
  }

  get isBusy(): boolean {
    return [...this.#pumps].some((pump) => pump.isRunning);
  }

  async pumpsSettled(): Promise<void> {
    await Promise.all([...this.#pumps].map((pump) => pump.settled()));
  }

  /** For good: nothing is sent or stored any more. */
  stop(code: StopCode): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.links.close();
    this.emit({ kind: "stopped", code });
  }

  async close(): Promise<void> {
    this.#isStopped = true;
    this.links.close();
    await Promise.all([...this.#pumps].map((pump) => pump.stop()));
    await this.ledger.close();
  }
}
