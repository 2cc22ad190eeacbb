// The own identity: name, settings, what can be taken elsewhere, and its end.
import type { BackupKey } from "./account/backup.ts";
import { toClientError } from "./account/create.ts";
import { revokeAtHome, sayGoodbye } from "./account/delete.ts";
import { change } from "./account/publish.ts";
import { formatRevocation } from "./account/revoke.ts";
import { announceSuccession, offerSuccession } from "./account/succession.ts";
import type { Core } from "./core.ts";
import { assertKeeper } from "./devices/keepers.ts";
import { tellNow } from "./devices/own-state.ts";
import { removeDevice } from "./devices/remove.ts";
import { ClientError } from "./failure.ts";
import type { RecoverySheet, RevocationCertificate, SelfSnapshot, Settings, Successor } from "./snapshots.ts";
import { SELF } from "./store/tables.ts";
import type { Account } from "./surface.ts";
import type { Tasks } from "./tasks.ts";
import { selfSnapshot } from "./views.ts";

export class ClientAccount implements Account {
  readonly #core: Core;
  readonly #tasks: Tasks;
  readonly #close: () => Promise<void>;

  constructor(core: Core, tasks: Tasks, close: () => Promise<void>) {
    this.#core = core;
    this.#tasks = tasks;
    this.#close = close;
  }

  snapshot(): SelfSnapshot {
    return selfSnapshot(this.#core);
  }

  async rename(name: string): Promise<void> {
    const core = this.#core;
    const { fieldsOf, renamedSecret } = await import("./account/rename.ts");
    try {
      await core.ledger.transact(async (tx) => {
        const account = tx.get(core.tables.account, SELF) ?? core.account;
        const isFindable = account.isFindable === true;
        const fields = await fieldsOf(core, await renamedSecret(core, assertKeeper(core), { name, isFindable }));
        tx.put(core.tables.account, SELF, { ...account, ...fields });
        tellNow(core, tx, "name", { name: fields.name });
      });
    } catch (error) {
      throw toClientError(error);
    }
  }

  async setFindable(isFindable: boolean): Promise<void> {
    const core = this.#core;
    if ((core.account.isFindable === true) === isFindable) return;
    const { fieldsOf } = await import("./account/rename.ts");
    await core.ledger.transact(async (tx) => {
      const account = tx.get(core.tables.account, SELF) ?? core.account;
      const secret = await (await core.secret()).setFindable(isFindable, core.nowMs);
      tx.put(core.tables.account, SELF, { ...account, ...(await fieldsOf(core, secret)) });
    });
  }

  async changeNode(nodeUrl: string): Promise<void> {
    await (await import("./account/home.ts")).changeHome(this.#core, nodeUrl);
  }

  async updateSettings(settings: Partial<Settings>): Promise<void> {
    await change(this.#core, { settings: { ...this.#core.account.settings, ...settings } });
  }

  async exportBackup(
    passphrase: string,
    { withMessages = false }: { readonly withMessages?: boolean } = {},
  ): Promise<Uint8Array> {
    const core = this.#core;
    assertKeeper(core);
    const { FULL_VERSION, newBackupKey, sealBackup } = await import("./account/backup.ts");
    if (withMessages) return this.#exportFull(await newBackupKey(core.deps, passphrase, FULL_VERSION));
    const bytes = await sealBackup(core, passphrase);
    await change(core, { backupAtMs: core.nowMs });
    return bytes;
  }

  async keepBackupPassphrase(passphrase: string): Promise<void> {
    const core = this.#core;
    assertKeeper(core);
    const { FULL_VERSION, newBackupKey } = await import("./account/backup.ts");
    const kept = passphrase === "" ? undefined : await newBackupKey(core.deps, passphrase, FULL_VERSION);
    await core.ledger.transact(async (tx) => {
      const { keptBackupKey: _, ...account } = tx.get(core.tables.account, SELF) ?? core.account;
      tx.put(core.tables.account, SELF, kept === undefined ? account : { ...account, keptBackupKey: kept });
    });
  }

  async exportKeptBackup(): Promise<Uint8Array> {
    const { keptBackupKey } = this.#core.account;
    if (keptBackupKey === undefined) throw new ClientError({ code: "export/noKeptPassphrase" });
    return this.#exportFull(keptBackupKey);
  }

  async #exportFull(key: BackupKey): Promise<Uint8Array> {
    const core = this.#core;
    assertKeeper(core);
    const { sealFullBackup } = await import("./account/full-backup.ts");
    const bytes = await sealFullBackup(core, key, (done, total) => core.emit({ kind: "backup", done, total }));
    await change(core, { backupAtMs: core.nowMs });
    return bytes;
  }

  backUpAtNode({ onlyIfDue = false }: { readonly onlyIfDue?: boolean } = {}): Promise<void> {
    return onlyIfDue ? this.#tasks.backups.ifDue() : this.#tasks.backups.now();
  }

  setNodeBackup(isAutomatic: boolean): Promise<boolean> {
    return this.#tasks.backups.setAutomatic(isAutomatic);
  }

  async recoverySheet(): Promise<RecoverySheet> {
    return (await import("./account/recovery.ts")).makeRecoverySheet(this.#core);
  }

  async revocationCertificate(): Promise<RevocationCertificate> {
    const core = this.#core;
    const armored = await (await core.secret()).revocationCertificate(core.nowMs);
    await change(core, { revocationAtMs: core.nowMs });
    const { link, fingerprint, name } = this.snapshot();
    const made = { armored, link, fingerprint, name };
    return { ...made, text: formatRevocation(made) };
  }

  async exportForGpg(passphrase: string): Promise<string> {
    if (passphrase === "") throw new ClientError({ code: "export/passphraseEmpty" });
    return (await this.#core.secret()).exportForGpg(passphrase);
  }

  exportCertificate(): Promise<string> {
    const { deps, account, nowMs } = this.#core;
    return deps.identity.armorCertificate(account.certificate, { atMs: nowMs });
  }

  offerSuccession(oldLink: string): Promise<string> {
    return offerSuccession(this.#core, oldLink);
  }

  announceSuccession(offer: string): Promise<Successor> {
    return announceSuccession(this.#core, offer);
  }

  async revokeDevice(deviceId: string): Promise<void> {
    await removeDevice(this.#core, deviceId);
  }

  async deleteIdentity(): Promise<{ readonly isRevoked: boolean }> {
    const core = this.#core;
    assertKeeper(core);
    await sayGoodbye(core);
    await this.#tasks.settled();
    const isRevoked = await revokeAtHome(core);
    core.stop("client/deleted");
    await this.#close();
    await core.deps.vault.erase();
    return { isRevoked };
  }
}
