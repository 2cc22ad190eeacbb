// The client as applications hold it: the surface over core, tasks and views.

import type { Vault } from "@p2pcrypt/vault";
import { accountOf, createAccount } from "./account/create.ts";
import type { OpenedBackup } from "./account/full-backup.ts";
import { parseNodeUrl } from "./account/node-url.ts";
import { ClientAccount } from "./account.ts";
import type { Calls } from "./call-surface.ts";
import type { CallKeysListener } from "./calls/call-keys.ts";
import { ClientCalls, ClientGroupCalls } from "./calls.ts";
import { ClientContacts } from "./contacts.ts";
import { eraseAllDue } from "./conversation/sweep.ts";
import { ClientConversations } from "./conversations.ts";
import { Core } from "./core.ts";
import type { Devices, Linking } from "./device-surface.ts";
import type { LinkingJoin } from "./devices/linking-join.ts";
import { ClientDevices } from "./devices.ts";
import type { ClientListener, Unsubscribe } from "./events.ts";
import { ClientError } from "./failure.ts";
import { ClientFiles } from "./files.ts";
import type { GroupCalls } from "./group-call-surface.ts";
import { ClientGroups } from "./groups.ts";
import type { Messages } from "./message-surface.ts";
import { ClientMessages } from "./messages.ts";
import type { Backup, NewIdentity, Recovery } from "./origins.ts";
import { type ClientDeps, ConnectionError } from "./ports.ts";
import { within } from "./run/within.ts";
import type { FoundBackup, NodeSnapshot } from "./snapshots.ts";
import { assertReadable, writeFormat } from "./store/format.ts";
import { hasUnfinishedRestore } from "./store/restoring.ts";
import type { AccountRow } from "./store/rows.ts";
import { loadTables, SELF } from "./store/tables.ts";
import type { Account, Client, Contacts, Conversations, Files, Groups, Search, Verification } from "./surface.ts";
import { Tasks } from "./tasks.ts";
import { ClientTrust } from "./trust.ts";
import type { Trust } from "./trust-surface.ts";
import { ClientVerification } from "./verification.ts";

const TELL_STORED_MS = 10_000;

/** Whether a vault holds an identity. */
export async function hasIdentity(vault: Vault): Promise<boolean> {
  return (await vault.get("account", SELF)) !== undefined;
}

/** A new identity in a vault that has none. Works offline. @throws {ClientError} client/identityExists, name/*, nodeUrl/*, import/badKey */
export async function createClient(deps: ClientDeps, identity: NewIdentity): Promise<Client> {
  await assertEmpty(deps);
  return begin(deps, await createAccount(deps, identity));
}

/**
 * A new device of the identity on a recovery sheet. Asks the home node what it knows about the identity; without an answer the sheet is
 * enough. Contacts are asked again by their links, and take this device into the conversations that they still have.
 *
 * @throws {ClientError} recovery/*, client/identityExists, name/*, nodeUrl/*
 */
export async function recoverClient(deps: ClientDeps, recovery: Recovery): Promise<Client> {
  await assertEmpty(deps);
  const { recoverAccount, wantedBackup } = await import("./account/recovery.ts");
  const account = await recoverAccount(deps, recovery);
  const backup = recovery.backup === undefined ? undefined : await wantedBackup(deps, recovery);
  if (backup === undefined) return begin(deps, account);
  const { opened, madeAtMs } = backup;
  // What the sheet's key and the directory say of the identity, and what the backup has of its certificate.
  const whole = await accountOf(deps, { ...opened.content, homeNodeUrl: account.homeNodeUrl });
  if (whole.identityId !== account.identityId) throw new ClientError({ code: "export/damaged" });
  const { recoverySheetAtMs = 0 } = account;
  const total = opened.threads.reduce((sum, { entries }) => sum + entries, 0);
  const begun = { ...whole, recoverySheetAtMs, restoredFromMs: madeAtMs };
  const told = (done: number): void => recovery.told?.(total + done, total * 2);
  const { storeRestored } = await import("./account/restored.ts");
  return new ClientOnCore(await storeRestored(deps, begun, opened.content, opened, told));
}

/** Backups at the home node that this sheet opens, the newest first. @throws {ClientError} recovery/*, nodeUrl/*, node/*, backup/notPossible */
export async function findBackups(deps: ClientDeps, recovery: Recovery): Promise<readonly FoundBackup[]> {
  const [{ backupsFor }, { shownBackup }] = await Promise.all([
    import("./account/recovery.ts"),
    import("./account/node-backup-find.ts"),
  ]);
  return (await backupsFor(deps, recovery)).found.map(shownBackup);
}

/** @throws {ClientError} client/noIdentity, client/restoreUnfinished, client/newerVault */
export async function openClient(deps: ClientDeps): Promise<Client> {
  await assertReadable(deps.vault);
  const core = new Core(deps);
  await loadTables(core.ledger, core.tables);
  if (core.tables.account.get(SELF) === undefined) {
    const isHalf = await hasUnfinishedRestore(deps.vault);
    throw new ClientError({ code: isHalf ? "client/restoreUnfinished" : "client/noIdentity" });
  }
  await eraseAllDue(core);
  return new ClientOnCore(core);
}

/**
 * A new device of the identity in a backup, with what was said when the backup has it. Its contacts are asked to take it in.
 *
 * @throws {ClientError} export/*, client/identityExists
 */
export async function importClient(deps: ClientDeps, backup: Backup): Promise<Client> {
  await assertEmpty(deps);
  const { backupVersion, FULL_VERSION, openBackup } = await import("./account/backup.ts");
  const { bytes, passphrase } = backup;
  const full = backupVersion(bytes) === FULL_VERSION ? await openWithMessages(deps, bytes, passphrase) : undefined;
  const content = full?.content ?? (await openBackup(deps, bytes, passphrase));
  const homeNodeUrl = parseNodeUrl(backup.homeNodeUrl ?? content.homeNodeUrl);
  const account = await accountOf(deps, { ...content, homeNodeUrl });
  const { storeRestored } = await import("./account/restored.ts");
  return new ClientOnCore(await storeRestored(deps, account, content, full, backup.told ?? (() => undefined)));
}

/**
 * A new device of the identity of whoever shows the code. Nothing is stored before the other device has handed everything over.
 *
 * @returns `client` rejects with linking/*, nodeUrl/*, client/identityExists
 */
export function linkClient(deps: ClientDeps, linking: Linking): { readonly client: Promise<Client>; cancel(): void } {
  let join: LinkingJoin | undefined;
  let isCancelled = false;
  const run = async (): Promise<Client> => {
    await assertEmpty(deps);
    // Few sessions need it, and a browser loads it then.
    const [joining, grants] = await Promise.all([import("./devices/linking-join.ts"), import("./devices/grant.ts")]);
    join = await joining.LinkingJoin.begin(deps, linking);
    if (isCancelled) join.cancel();
    const { account, grant } = await join.handed;
    const core = new Core(deps);
    await writeFormat(deps.vault);
    await core.ledger.transact(async (tx) => grants.putGrant(core, tx, account, grant));
    // The other side learns it from the profile as well: it is not waited for long.
    const told = within(join.stored(), TELL_STORED_MS, deps.timers, () => new ConnectionError("connection/timeout"));
    await told.catch(() => undefined);
    return new ClientOnCore(core);
  };
  return {
    client: run(),
    cancel: () => {
      isCancelled = true;
      join?.cancel();
    },
  };
}

async function openWithMessages(deps: ClientDeps, bytes: Uint8Array, passphrase: string): Promise<OpenedBackup> {
  const { openFullBackup } = await import("./account/full-backup.ts");
  return openFullBackup(deps, bytes, passphrase);
}

async function begin(deps: ClientDeps, account: AccountRow): Promise<Client> {
  const core = new Core(deps);
  await writeFormat(deps.vault);
  await core.ledger.transact(async (tx) => tx.put(core.tables.account, SELF, account));
  return new ClientOnCore(core);
}

/** What a restore left that was not finished goes. */
async function assertEmpty({ vault }: ClientDeps): Promise<void> {
  if (await hasIdentity(vault)) throw new ClientError({ code: "client/identityExists" });
  // Half of a backup: of the same one a second half would follow the first.
  if (await hasUnfinishedRestore(vault)) await vault.clear();
}

class ClientOnCore implements Client {
  readonly account: Account;
  readonly devices: Devices;
  readonly contacts: Contacts;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly groups: Groups;
  readonly verification: Verification;
  readonly trust: Trust;
  readonly files: Files;
  readonly calls: Calls;
  readonly groupCalls: GroupCalls;
  readonly search: Search;
  readonly #core: Core;
  readonly #tasks: Tasks;
  #closing: Promise<void> | undefined;

  constructor(core: Core) {
    this.#core = core;
    this.#tasks = new Tasks(core);
    this.account = new ClientAccount(core, this.#tasks, () => this.close());
    this.devices = new ClientDevices(core);
    this.contacts = new ClientContacts(core);
    this.conversations = new ClientConversations(core, this.#tasks);
    this.messages = new ClientMessages(core);
    this.groups = new ClientGroups(core, this.conversations);
    this.verification = new ClientVerification(core, this.#tasks);
    this.trust = new ClientTrust(core, this.#tasks.trustBook);
    this.files = new ClientFiles(core, this.#tasks.transfers);
    this.calls = new ClientCalls(core, this.#tasks.calls);
    this.groupCalls = new ClientGroupCalls(core, this.#tasks.calls);
    this.search = this.#tasks.search;
  }

  subscribe(listener: ClientListener): Unsubscribe {
    return this.#core.subscribe(listener);
  }

  start(): void {
    if (!this.#core.isStopped) this.#tasks.start();
  }

  watchCallKeys(callId: string, listener: CallKeysListener): Unsubscribe {
    return this.#tasks.calls.watchKeys(callId, listener);
  }

  nodes(): readonly NodeSnapshot[] {
    return this.#core.links.snapshots(this.#core.account.homeNodeUrl);
  }

  retryNow(): void {
    this.#core.links.retryNow();
  }

  settled(): Promise<void> {
    return this.#tasks.settled();
  }

  close(): Promise<void> {
    this.#closing ??= this.#tasks.close();
    return this.#closing;
  }
}
