// A browser without a window: its database and locks, and tabs whose worker runs in this process behind the real protocol.
import { randomBytes } from "node:crypto";
import type { RandomBytes } from "@p2pcrypt/bytes";
import { ConnectionError, type NodeTransport, openPgpIdentity } from "@p2pcrypt/client";
import { createXWingCrypto } from "@p2pcrypt/session";
import { VirtualTime } from "@p2pcrypt/testkit";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { TextStore } from "../../src/boot/device-settings.ts";
import { WorkerBoot } from "../../src/boot/worker-boot.ts";
import type { ClientNotice, ClientOperations } from "../../src/protocol/client-protocol.ts";
import { serve } from "../../src/protocol/serve.ts";
import { ClientHost } from "../../src/worker/client-host.ts";
import { Egress } from "../../src/worker/egress.ts";
import { HeldFiles } from "../../src/worker/files/held-files.ts";
import { LocalFiles } from "../../src/worker/files/local-files.ts";
import { webIdentityLock } from "../../src/worker/identity-lock.ts";
import { browserVaultHome } from "../../src/worker/owned-store.ts";
import { type End, portPair } from "./port-pair.ts";

export const HOME = "https://home.example";
export const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));

const OFFLINE: NodeTransport = {
  call: () => Promise.reject(new ConnectionError("connection/unreachable")),
  open: () => Promise.reject(new ConnectionError("connection/unreachable")),
};

export class Browser {
  readonly time = new VirtualTime(Date.UTC(2030, 0, 1));
  readonly indexedDb = { factory: new IDBFactory(), keyRange: IDBKeyRange };
  readonly texts = new MemoryTexts();
  readonly #tabs: Tab[] = [];
  #channel = `identity ${randomBytes(8).toString("hex")}`;

  /** A page that was just opened. */
  tab(): Tab {
    const tab = new Tab(this, this.#channel);
    this.#tabs.push(tab);
    return tab;
  }

  /** Closes every tab as a person does: nothing is said before. */
  async end(): Promise<void> {
    for (const tab of this.#tabs) await tab.boot.update();
  }
}

export class Tab {
  readonly boot: WorkerBoot;
  /** What each worker of this tab posted to the page, the last one's last. */
  readonly workers: End[] = [];
  /** The page's ends, for saying what the boot would not. */
  readonly pages: End[] = [];

  constructor(browser: Browser, channel: string) {
    this.boot = new WorkerBoot({
      obstacle: undefined,
      startWorker: () => this.#startWorker(browser, channel),
      texts: browser.texts,
      storage: () => Promise.reject(new TypeError("not part of this test")),
      persist: async () => false,
      proposedHomeNode: async () => HOME,
      updates: {
        build: () => ({ hash: "", isUpdateWaiting: false }),
        subscribe: () => () => undefined,
        apply: () => undefined,
      },
      serveDirect: () => undefined,
    });
  }

  /** Resolves once the page is in that state. */
  async reaches(kind: ReturnType<WorkerBoot["state"]>["kind"]): Promise<void> {
    if (this.boot.state().kind === kind) return;
    await new Promise<void>((resolve) => {
      const stop = this.boot.subscribe(() => {
        if (this.boot.state().kind !== kind) return;
        stop();
        resolve();
      });
    });
  }

  get client() {
    const state = this.boot.state();
    if (state.kind !== "open") throw new TypeError(`the identity is ${state.kind}`);
    return state.client;
  }

  #startWorker({ time, indexedDb }: Browser, channel: string): { readonly port: End; terminate(): void } {
    const [page, worker] = portPair();
    this.workers.push(worker);
    this.pages.push(page);
    const host = new ClientHost({
      client: {
        clock: time,
        timers: time,
        random,
        crypto: createXWingCrypto(random),
        identity: openPgpIdentity,
        transport: OFFLINE,
        // The slow one is the vault's own test.
        deriveKey: async ({ passphrase, salt }) =>
          new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.concat([Buffer.from(passphrase), salt]))),
      },
      home: browserVaultHome(indexedDb, crypto.subtle),
      lock: webIdentityLock({
        locks: {
          request: (name: string, ...rest: never[]) =>
            Reflect.apply(navigator.locks.request, navigator.locks, [`${name} ${channel}`, ...rest]),
        },
        openChannel: () => new BroadcastChannel(channel),
        timers: time,
      }),
      egress: new Egress(HOME),
      files: new LocalFiles(async () => new HeldFiles()),
      tell: (notice) => tell(notice),
    });
    const tell = serve<ClientOperations, ClientNotice>(worker, host.handlers());
    return { port: page, terminate: () => undefined };
  }
}

export class MemoryTexts implements TextStore {
  readonly #texts = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#texts.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#texts.set(key, value);
  }

  removeItem(key: string): void {
    this.#texts.delete(key);
  }
}
