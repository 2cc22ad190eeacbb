// What would keep this identity safe and is not done yet. Offered until done, never in the way.
import type { Client } from "@p2pcrypt/client";
import type { Boot, StorageSnapshot } from "../boot/boot.ts";
import { Model } from "./model.ts";

export type SafetyStep = "passphrase" | "sheet" | "backup" | "revocation" | "storage";

export interface SafetySnapshot {
  readonly open: readonly SafetyStep[];
  readonly storage: StorageSnapshot | undefined;
  /** The browser was asked and promised nothing. */
  readonly wasDenied: boolean;
}

export class Safety extends Model<SafetySnapshot> {
  readonly #boot: Boot;
  readonly #client: Client;

  constructor(boot: Boot, client: Client) {
    super({ open: [], storage: undefined, wasDenied: false });
    this.#boot = boot;
    this.#client = client;
    this.until(boot.subscribe(() => this.#read()));
    this.until(client.subscribe((event) => (event.kind === "self" ? this.#read() : undefined)));
    this.#read();
    void this.#loadStorage();
  }

  /** Asks the browser, which may ask the person. */
  async keepStorage(): Promise<void> {
    const isKept = await this.#boot.persist();
    this.update({ wasDenied: !isKept });
    await this.#loadStorage();
  }

  #read(): void {
    const { safety, limited } = this.#client.account.snapshot();
    const { storage } = this.getSnapshot();
    const open: SafetyStep[] = [];
    if (!this.#boot.hasPassphrase()) open.push("passphrase");
    // They are made on a keeper.
    const hasKey = limited === undefined;
    if (hasKey && safety.canHaveRecoverySheet && safety.recoverySheetAtMs === undefined) open.push("sheet");
    // What no sheet brings back.
    if (hasKey && !safety.canHaveRecoverySheet && safety.backupAtMs === undefined) open.push("backup");
    if (hasKey && safety.revocationAtMs === undefined) open.push("revocation");
    if (storage?.isPersistent === false) open.push("storage");
    this.update({ open });
  }

  async #loadStorage(): Promise<void> {
    this.update({ storage: await this.#boot.storage() });
    this.#read();
  }
}
